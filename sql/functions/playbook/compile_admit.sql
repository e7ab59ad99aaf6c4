-- The admission rules of a step in one form: [{"when": template | null, "allow", "discard"}].
-- Locks: none. Never raises.
create or replace function noetl_internal.compile_admit(
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
            'when',
            noetl_internal.compile_at(
              'condition', r.rule -> r.when_key, r.at || '.' || r.when_key
            ),
            'allow', coalesce(r.action -> 'allow', 'true'),
            'discard', coalesce(r.action -> 'discard', 'false')
          )
          order by r.place
        ),
        '[]'
      )
    from (
      select
        e.place,
        e.rule,
        format('%s[%s]', p_at, e.place - 1) as at,
        noetl_internal.find_key(e.rule, 'when', 'cond') as when_key,
        e.rule
        || noetl_internal.mapping_of(e.rule -> 'else')
        || noetl_internal.mapping_of(e.rule -> 'else' -> 'then')
        || noetl_internal.mapping_of(e.rule -> 'then') as action
      from (
        select l.place, noetl_internal.mapping_of(l.value) as rule
        from jsonb_array_elements(noetl_internal.list_of(p_rules)) with ordinality
          as l (value, place)
      ) as e
    ) as r
  );
end;
$function$;

comment on function noetl_internal.compile_admit(jsonb, text)
is 'The admission rules of a step in one form.';
