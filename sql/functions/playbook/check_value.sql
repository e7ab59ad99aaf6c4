-- Check a part of the document against the types that its place may hold, and what it contains
-- likewise.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_value(
  p_grammar jsonb,
  p_types text [],
  p_value jsonb,
  p_path text
)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
declare
  v_type text;
  v_is_older boolean;
begin
  select ltrim(t.type, '>'), t.type ~ '^>' into v_type, v_is_older
  from unnest(p_types) with ordinality as t (type, place)
  where noetl_internal.fits_type(p_grammar, ltrim(t.type, '>'), p_value)
  order by t.place
  limit 1;
  if v_type is null then
    return next noetl_internal.make_problem(
      'error', p_path,
      format(
        'is %s, expected %s', noetl_internal.describe_value(p_value),
        noetl_internal.describe_types(p_grammar, p_types)
      ),
      case
        when p_types[1] like '=%' and jsonb_typeof(p_value) = 'string'
          then noetl_internal.suggest_name(
            p_value #>> '{}', string_to_array(substr(p_types[1], 2), ',')
          )
      end
    );
    return;
  end if;
  if v_is_older then
    return next noetl_internal.make_problem(
      'warning', p_path, format('older form: %s', noetl_internal.describe_value(p_value)),
      format('Write %s.', noetl_internal.describe_types(p_grammar, p_types))
    );
  end if;
  if v_type like '[%' then
    return query
      select p.*
      from jsonb_array_elements(p_value) with ordinality as e (value, place)
      cross join lateral noetl_internal.check_value(
        p_grammar, string_to_array(trim('[]' from v_type), '/'), e.value,
        format('%s[%s]', p_path, e.place - 1)
      ) as p;
  elsif jsonb_typeof(p_value) = 'object' and p_grammar #> array['types', v_type] is null then
    return query select p.* from noetl_internal.check_node(p_grammar, v_type, p_value, p_path) as p;
  end if;
end;
$function$;

comment on function noetl_internal.check_value(jsonb, text [], jsonb, text)
is 'Check a part of the document against the types that its place may hold.';
