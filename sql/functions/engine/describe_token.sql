-- A token as the events tell of it: what a rebuild needs.
create or replace function noetl_internal.describe_token(p_token noetl.token)
returns jsonb
language sql stable parallel safe
as $function$
  select
    jsonb_strip_nulls(jsonb_build_object(
      'token_id', p_token.token_id, 'step', p_token.step,
      'split_ids', nullif(to_jsonb(p_token.split_ids), '[]'),
      'split_steps', nullif(to_jsonb(p_token.split_steps), '[]'),
      'has_joined', nullif(p_token.has_joined, false)
    ))
    || case
      when p_token.input is null then '{}' else jsonb_build_object('input', p_token.input)
    end
$function$;

comment on function noetl_internal.describe_token(noetl.token)
is 'A token as the events tell of it.';
