-- The keychain's entries: names that differ, kinds that exist and have a driver in this version;
-- and secrets where the engine would have to read them.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_keychain(
  p_content jsonb,
  p_compiled jsonb
)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    with entry as (
      select
        format('keychain[%s]', k.place - 1) as at, k.value ->> 'name' as name,
        coalesce(k.value ->> 'kind', 'credential') as kind,
        row_number() over (partition by k.value ->> 'name' order by k.place) as number
      from jsonb_array_elements(noetl_internal.list_of(p_content -> 'keychain'))
      with ordinality as k (value, place)
      where jsonb_typeof(k.value) = 'object'
    )

    select p.* from entry as e
    cross join lateral noetl_internal.make_problem(
      'error', e.at || '.name', format('another entry is named "%s"', e.name)
    ) as p
    where e.number > 1 and e.name is not null
    union all
    select p.* from entry as e
    cross join lateral noetl_internal.make_problem(
      'error', e.at || '.kind', format('unknown kind "%s"', e.kind),
      'Known: bearer, credential, google_id_token, oauth2, secrets, static.'
    ) as p
    where e.kind not in (
      'credential', 'bearer', 'static', 'secrets', 'oauth2', 'google_id_token'
    )
    union all
    select p.* from entry as e
    cross join lateral noetl_internal.make_problem(
      'warning', e.at || '.kind',
      format('kind "%s" has no driver in this version: what reads it fails', e.kind),
      'Kinds with a driver: bearer, credential, static.'
    ) as p
    where e.kind in ('secrets', 'oauth2', 'google_id_token')
    union all
    select distinct p.*
    from noetl_internal.list_templates(p_compiled) as t
    cross join lateral jsonb_array_elements(t.template -> 'names') as n (name)
    cross join lateral noetl_internal.make_problem(
      'error', t.template ->> 'at', 'the keychain cannot be read here',
      'Secrets never reach the engine: read them in a tool or in a step''s input.'
    ) as p
    where
      n.name ->> 0 = 'keychain' and not t.is_worker
      and not p_compiled #> '{head,workload}' ? 'keychain'
      and not p_compiled -> 'steps' @> '[{"step": "keychain"}]'
      and t.template ->> 'at' !~ '^workflow\[\d+\]\.(input|args)(\.|\[|$)';
end;
$function$;

comment on function noetl_internal.check_keychain(jsonb, jsonb)
is 'The keychain''s entries, and secrets where the engine would have to read them.';
