-- Arguments in the order of the parameters, defaults filled in.
-- Locks: none. Raises: NE422 for too many, unknown, repeated or missing arguments.
create or replace function noetl_internal.bind_arguments(
  p_source text,
  p_at integer,
  p_what text,
  p_parameters jsonb,
  p_arguments jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_bound jsonb := '{}'::jsonb;
  v_name text;
  v_reason text;
  v_argument jsonb;
  v_position integer := 0;
begin
  for v_argument in select a from jsonb_array_elements(p_arguments) as a loop
    v_name := coalesce(v_argument ->> 0, p_parameters -> v_position ->> 0);
    v_reason := case
      when v_name is null then 'takes fewer arguments'
      when not p_parameters @> jsonb_build_array(jsonb_build_array(v_name))
        then format('has no argument "%s"', v_name)
      when v_bound ? v_name then format('got argument "%s" twice', v_name)
    end;
    exit when v_reason is not null;
    v_bound := v_bound || jsonb_build_object(v_name, v_argument -> 1);
    v_position := v_position + 1;
  end loop;
  v_reason := coalesce(v_reason, (
    select format('needs argument "%s"', p ->> 0)
    from jsonb_array_elements(p_parameters) as p
    where jsonb_array_length(p) = 1 and not v_bound ? (p ->> 0)
    limit 1
  ));
  if v_reason is not null then
    perform noetl_internal.raise_syntax(p_source, p_at, format('%s %s', p_what, v_reason), format(
      'Its arguments: %s.',
      coalesce((select string_agg(p ->> 0, ', ') from jsonb_array_elements(p_parameters) as p),
        'none')
    ));
  end if;
  return (
    select coalesce(jsonb_agg(coalesce(v_bound -> (p ->> 0), p -> 1) order by o), '[]')
    from jsonb_array_elements(p_parameters) with ordinality as x (p, o)
  );
end;
$function$;

comment on function noetl_internal.bind_arguments(text, integer, text, jsonb, jsonb)
  is 'Arguments in the order of the parameters, defaults filled in.';
revoke all on function noetl_internal.bind_arguments(text, integer, text, jsonb, jsonb) from public;
