-- The policy rules of a task in one form, conditions and values raw: workers decide by them
-- (docs/protocol.md).
-- Locks: none. Never raises.
create or replace function noetl_internal.compile_rules(
  p_rules jsonb,
  p_at text
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      coalesce(
        jsonb_agg(
          jsonb_build_object(
            'when', noetl_internal.modern_expression(
              case when r.rule ? 'when' then r.rule -> 'when' else r.rule -> 'cond' end, false
            ),
            'do', coalesce(r.action -> 'do', '"continue"'),
            'attempts', r.action -> 'attempts',
            'backoff', r.action -> 'backoff',
            'delay', r.action -> 'delay',
            'to', r.action -> 'to',
            'message', r.action -> 'message',
            'set', noetl_internal.collect_sets(r.action, r.at, 'local'),
            'at', r.at
          )
          order by r.place
        ),
        '[]'
      )
    from (
      select
        l.place,
        noetl_internal.mapping_of(l.value) as rule,
        a.action,
        format('%s[%s]', p_at, l.place - 1) || a.suffix as at
      from jsonb_array_elements(noetl_internal.list_of(p_rules)) with ordinality as l (value, place)
      cross join lateral (
        select
          case
            when l.value #> '{else,then}' is not null
              then array[l.value #> '{else,then}', '".else.then"']
            when l.value -> 'else' is not null then array[l.value -> 'else', '".else"']
            when l.value -> 'then' is not null then array[l.value -> 'then', '".then"']
            else array[l.value, '""']
          end as chosen
      ) as c
      cross join lateral (
        select noetl_internal.mapping_of(c.chosen[1]) as action, c.chosen[2] #>> '{}' as suffix
      ) as a
    ) as r
  );
end;
$function$;

comment on function noetl_internal.compile_rules(jsonb, text)
is 'The policy rules of a task in one form.';
