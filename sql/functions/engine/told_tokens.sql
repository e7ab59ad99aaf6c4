-- Every token that the events of a run tell of, as they describe it (describe_token).
create or replace function noetl_internal.told_tokens(p_execution_id bigint)
returns table (token_id integer, token jsonb)
language sql stable
as $function$
  select (t.value ->> 'token_id')::integer, t.value
  from noetl.event as e
  cross join lateral jsonb_array_elements(e.context -> 'tokens') as t (value)
  where
    e.execution_id = p_execution_id
    and e.event_type in ('playbook.initialized', 'step.enter', 'step.exit')
$function$;

comment on function noetl_internal.told_tokens(bigint)
is 'Every token that the events of a run tell of.';
