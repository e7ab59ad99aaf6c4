-- What the event of an outcome keeps beside its result, {"ctx", "error"}; null when there is
-- neither. Stable, as jsonb_build_object is, and so a part of the statement that calls it.
create or replace function noetl_internal.outcome_context(p_outcome noetl_internal.outcome)
returns jsonb
language sql stable parallel safe
as $function$
  select case
    when p_outcome.ctx is not null or p_outcome.error is not null
      then
        case when p_outcome.ctx is null then '{}' else jsonb_build_object('ctx', p_outcome.ctx) end
        || case
          when p_outcome.error is null then '{}' else jsonb_build_object('error', p_outcome.error)
        end
  end
$function$;

comment on function noetl_internal.outcome_context(noetl_internal.outcome)
is 'What the event of an outcome keeps beside its result.';
