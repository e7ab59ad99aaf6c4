-- How long after a checkpoint of this state the next one of its shard may be written: a second, and
-- where much is live so long that looking at the runs and loops of all 16 shards, at some 2 µs
-- each, takes a twentieth of the time; but a minute at most.
create or replace function noetl_internal.checkpoint_pause(p_state jsonb)
returns interval
language sql immutable parallel safe
as $function$
  select
    least(
      greatest(
        ((p_state ->> 'runs')::bigint + (p_state ->> 'loops')::bigint) * interval '640 us',
        interval '1 second'
      ),
      interval '1 minute'
    )
$function$;

comment on function noetl_internal.checkpoint_pause(jsonb)
is 'How long after a checkpoint the next one of its shard may be written.';
