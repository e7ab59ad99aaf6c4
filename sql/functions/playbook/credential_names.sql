-- The credentials that tools name, templates included: a string under auth or credential, or what
-- an auth mapping holds under credential or key; and those that entries of the keychain name.
-- Locks: none. Never raises.
create or replace function noetl_internal.credential_names(
  p_tools jsonb,
  p_keychain jsonb
)
returns setof text
language plpgsql immutable parallel safe
as $function$
begin
  return query
    select distinct n.value #>> '{}'
    from jsonb_array_elements(p_tools) as t (tool)
    cross join lateral (
      -- A transfer opens two places.
      values (t.tool -> 'options'), (t.tool #> '{options,source}'), (t.tool #> '{options,target}')
    ) as e (ends)
    cross join lateral (values (e.ends -> 'auth'), (e.ends -> 'credential')) as o (auth)
    cross join lateral (
      select o.auth as value
      union all
      select a.value from jsonb_path_query(o.auth, '$.*') as a (value)
      where a.value in (o.auth -> 'credential', o.auth -> 'key')
      union all
      select a.value from jsonb_path_query(o.auth, '$.*.credential') as a (value)
      union all
      select a.value from jsonb_path_query(o.auth, '$.*.key') as a (value)
    ) as n
    where
      jsonb_typeof(n.value) = 'string' and jsonb_typeof(o.auth) in ('string', 'object')
      and not exists (
        select from jsonb_array_elements(noetl_internal.list_of(p_keychain)) as k (entry)
        where k.entry -> 'name' = n.value
      )
    union
    select k.entry ->> 'auth'
    from jsonb_array_elements(noetl_internal.list_of(p_keychain)) as k (entry)
    where
      jsonb_typeof(k.entry -> 'auth') = 'string'
      and coalesce(k.entry ->> 'kind', 'credential') in ('credential', 'bearer');
end;
$function$;

comment on function noetl_internal.credential_names(jsonb, jsonb)
is 'The credentials that tools name.';
