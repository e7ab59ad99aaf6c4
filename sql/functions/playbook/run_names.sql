-- A superset of the run's names that a task may read: known names that occur in its text, and names
-- that its templates read of which the document knows nothing (the caller's input may hold them).
-- "*": all of them.
-- Locks: none. Never raises.
create or replace function noetl_internal.run_names(
  p_task jsonb,
  p_known jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    with task as (
      -- Line breaks are escaped in the text of JSON, and no part of a word.
      select replace(p_task::text, '\n', ' ') as body
    ),

    word as (
      select distinct w.parts[1] as name
      from task as t
      cross join regexp_matches(t.body, '\w+', 'g') as w (parts)
    ),

    read as (
      select distinct r.parts[1] as name
      from task as t
      cross join regexp_matches(t.body, '\{[{%](.*?)[%}]\}', 'g') as x (parts)
      cross join regexp_matches(
        regexp_replace(x.parts[1], '\\"[^"]*\\"|''[^'']*''', '''''', 'g'),
        '(?<![\w.|])(?<!\|\s)(?<!\mis\s)(?<!\mnot\s)([[:alpha:]_]\w*)', 'g'
      ) as r (parts)
      where
        r.parts[1] <> all(noetl_internal.builtin_names())
        and not p_task -> 'tools' @> jsonb_build_array(jsonb_build_object('name', r.parts[1]))
    )

    select coalesce(jsonb_agg(n.name order by n.name), '[]')
    from (
      select w.name from word as w where p_known -> 'words' ? w.name
      union
      select k.name
      from jsonb_array_elements_text(p_known -> 'phrases') as k (name)
      cross join task as t
      where strpos(t.body, trim('"' from to_json(k.name)::text)) > 0
      union
      select r.name from read as r
      union
      select '*' from word as w
      where
        w.name = 'context'
        and p_task @? '$.tools[*] ? (@.kind == "python" || @.kind == "script")'
    ) as n
  );
end;
$function$;

comment on function noetl_internal.run_names(jsonb, jsonb)
is 'A superset of the run''s names that a task may read.';
