-- Node of map: [mapattr, base, attribute, default] or [map, base, filter node with a null base].
-- Locks: none. Raises: NE422 when the filter is not named by a plain string.
create or replace function noetl_internal.build_map(
  p_source text,
  p_at integer,
  p_base jsonb,
  p_arguments jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_named jsonb := coalesce(
    (select jsonb_object_agg(a ->> 0, a -> 1)
     from jsonb_array_elements(p_arguments) as a where a ->> 0 is not null), '{}'
  );
  v_name text := p_arguments -> 0 ->> 1;
begin
  if v_named ? 'attribute' then
    if v_named - 'attribute' - 'default' <> '{}' or jsonb_array_length(p_arguments) > 2 then
      perform noetl_internal.raise_syntax(
        p_source, p_at, 'filter "map" takes "attribute" and "default", or the name of a filter',
        'Write map(attribute="a.b") or map("upper").'
      );
    end if;
    return jsonb_build_array('mapattr', p_base, v_named -> 'attribute')
      || case when v_named ? 'default' then jsonb_build_array(v_named -> 'default') else '[]' end;
  end if;
  if jsonb_typeof(p_arguments -> 0 -> 1) is distinct from 'string'
    or p_arguments -> 0 ->> 0 is not null or v_name in ('map', 'select', 'reject', 'default', 'd')
  then
    perform noetl_internal.raise_syntax(
      p_source, p_at, 'filter "map" needs the name of a simple filter, or attribute=',
      'Write map(attribute="a.b") or map("upper").'
    );
  end if;
  v_name := case v_name when 'count' then 'length' else v_name end;
  return jsonb_build_array('map', p_base, noetl_internal.build_filter(
    p_source, p_at, v_name, 'null', p_arguments - 0
  ));
end;
$function$;

comment on function noetl_internal.build_map(text, integer, jsonb, jsonb)
  is 'Node of map: [mapattr, base, attribute, default] or [map, base, filter node with a null '
    'base].';
revoke all on function noetl_internal.build_map(text, integer, jsonb, jsonb) from public;
