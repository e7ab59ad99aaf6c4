-- When the shards of an owner, or all, are to be looked at next; null: when something happens. A
-- report wakes the worker that made it, and no dispatcher, because NOTIFY costs more than it saves:
-- while commands are at work, a dispatcher looks often enough to be half a second late at most.
create or replace function noetl_internal.next_projection(
  p_owner uuid,
  p_now timestamptz
)
returns timestamptz
language plpgsql volatile
set plan_cache_mode = force_generic_plan  -- docs/decisions/pinned-plans.md
as $function$
begin
  return (
    select
      least(
        min(d.due_at),
        case
          when
            p_owner is not null
            and exists (select from noetl.command as c where c.status = 'leased')
            then p_now + interval '400 milliseconds'
        end
      )
    from noetl_internal.due_shards(p_owner, p_now) as d
  );
end;
$function$;

comment on function noetl_internal.next_projection(uuid, timestamptz)
is 'When the shards of an owner, or all, are to be looked at next.';
