-- Every token that the events of a run tell of, as they describe it last (describe_token): the
-- first chunk changes its token's splits. What a token carries of its chunk is in the chunk's
-- event.
create or replace function noetl_internal.told_tokens(p_execution_id bigint)
returns table (token_id integer, token jsonb)
language sql stable
as $function$
  select distinct on ((t.value ->> 'token_id')::integer)
    (t.value ->> 'token_id')::integer,
    case
      when t.value ? 'max_in_flight'
        then jsonb_set(
          t.value - 'max_in_flight', '{input,_partial}',
          noetl_internal.chunk_mark(e.meta, e.result, t.value -> 'max_in_flight')
        )
      else t.value
    end
  from noetl.event as e
  cross join lateral jsonb_array_elements(e.context -> 'tokens') as t (value)
  where
    e.execution_id = p_execution_id
    and e.event_type in ('playbook.initialized', 'step.enter', 'step.exit', 'call.partial')
  order by (t.value ->> 'token_id')::integer, e.event_id desc
$function$;

comment on function noetl_internal.told_tokens(bigint)
is 'Every token that the events of a run tell of.';
