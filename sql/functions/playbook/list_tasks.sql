-- The tasks of a tool or pipeline, each with its name, its mapping and its place in the document.
-- Locks: none. Never raises.
create or replace function noetl_internal.list_tasks(
  p_tool jsonb,
  p_step text,
  p_at text
)
returns table (place bigint, name text, body jsonb, at text)
language plpgsql immutable parallel safe
as $function$
#variable_conflict use_column
begin
  return query
    select
      t.place,
      coalesce(
        n.given, noetl_internal.text_of(b.body -> 'name'),
        case when t.is_list then 'task_' || t.place else p_step end
      ),
      b.body,
      t.at || coalesce('.' || n.given, '')
    from (
      select
        e.place, e.value, true as is_list, format('%s[%s]', p_at, e.place - 1) as at
      from jsonb_array_elements(noetl_internal.list_of(p_tool)) with ordinality as e (value, place)
      union all
      select 1, p_tool, false, p_at
      where jsonb_typeof(p_tool) = 'object'
    ) as t
    cross join lateral (
      select
        case
          when noetl_internal.is_named_task(t.value)
            then (select k from jsonb_object_keys(noetl_internal.mapping_of(t.value)) as k)
        end as given
    ) as n
    cross join lateral (
      select
        noetl_internal.mapping_of(
          case when n.given is null then t.value else t.value -> n.given end
        )
          as body
    ) as b;
end;
$function$;

comment on function noetl_internal.list_tasks(jsonb, text, text)
is 'The tasks of a tool or pipeline, each with its name, its mapping and its place.';
