-- What is wrong with what a report says of a cursor's frame, or null; each item has the limits of a
-- report of its own.
create or replace function noetl_internal.frame_problem(p_frame jsonb)
returns text
language sql immutable parallel safe
as $function$
  select
    case
      when jsonb_typeof(p_frame) <> 'object' then 'frame must be a mapping'
      when coalesce(jsonb_typeof(p_frame -> 'items'), '') <> 'array'
        then 'frame.items must be a list'
      when coalesce(jsonb_typeof(p_frame -> 'rows_may_return'), 'boolean') <> 'boolean'
        then 'frame.rows_may_return must be true or false'
      else (
        select min('item ' || (i.place - 1)::text || ' of the frame: ' || p.problem)
        from jsonb_array_elements(p_frame -> 'items') with ordinality as i (value, place)
        cross join lateral (
          select
            case
              when jsonb_typeof(i.value) <> 'object' then 'it must be a mapping'
              when i.value - array['result', 'error', 'ctx'] <> '{}'
                then 'it may hold result, error and ctx only'
              else noetl_internal.outcome_problem(i.value)
            end as problem
        ) as p
      )
    end
  where p_frame is not null
$function$;

comment on function noetl_internal.frame_problem(jsonb)
is 'What is wrong with what a report says of a cursor''s frame, or null.';
