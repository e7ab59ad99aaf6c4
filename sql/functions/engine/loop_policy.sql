-- What failed items do to a loop (see the comment of noetl.loop.policy).
create or replace function noetl_internal.loop_policy(p_spec jsonb)
returns text
language sql immutable parallel safe
as $function$
  select
    case
      when p_spec ->> 'mode' <> 'fanout' then coalesce(p_spec ->> 'policy', 'fail_fast')
      when (p_spec ->> 'fail_fast')::boolean then 'fail_fast'
      when (p_spec ->> 'allow_partial')::boolean then 'best_effort'
      else 'all'
    end
$function$;

comment on function noetl_internal.loop_policy(jsonb) is 'What failed items do to a loop.';
