-- The tools of a task without what only the checks need.
-- Locks: none. Never raises.
create or replace function noetl_internal.strip_places(p_tools jsonb)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      coalesce(
        jsonb_agg(
          (t.value - '{at,result,output_select}'::text []) || jsonb_build_object(
            'set', noetl_internal.strip_set_places(t.value -> 'set'),
            'rules',
            (
              select
                coalesce(
                  jsonb_agg(
                    (r.value - 'at') || jsonb_build_object(
                      'set', noetl_internal.strip_set_places(r.value -> 'set')
                    )
                    order by r.place
                  ),
                  '[]'
                )
              from jsonb_array_elements(t.value -> 'rules') with ordinality as r (value, place)
            )
          )
          order by t.place
        ),
        '[]'
      )
    from jsonb_array_elements(p_tools) with ordinality as t (value, place)
  );
end;
$function$;

comment on function noetl_internal.strip_places(jsonb)
is 'The tools of a task without what only the checks need.';
