-- What the two ends of a transfer need, by their types, and what a merge needs.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_transfers(p_steps jsonb)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    select p.*
    from (
      select t.tool -> 'options' as options, t.tool ->> 'at' as at
      from jsonb_path_query(p_steps, '$[*].checks.tools[*]') as t (tool)
      where t.tool ->> 'kind' = 'transfer'
    ) as w
    cross join lateral (
      select c.*
      from (values ('source'), ('target')) as e (side)
      cross join lateral noetl_internal.make_problem(
        'error', w.at || '.' || e.side, format('"%s" is missing', e.side),
        format('Write %s: {type: postgres, auth: name, table: orders}.', e.side)
      ) as c
      where not w.options ? e.side
      union all
      select c.*
      from (
        values
        ('source', '{postgres,duckdb}'::text [], '{query,table}'::text []),
        ('source', '{file}', '{path,uri}'),
        ('source', '{s3,minio,gcs}', '{uri}'),
        ('source', '{ref}', '{ref,uri}'),
        ('source', '{http}', '{url,endpoint}'),
        ('target', '{postgres,duckdb}', '{table}'),
        ('target', '{duckdb}', '{database}'),
        ('target', '{file}', '{path,uri}'),
        ('target', '{s3,minio,gcs}', '{uri}'),
        ('target', '{http}', '{url,endpoint}')
      ) as n (side, types, keys)
      cross join lateral noetl_internal.make_problem(
        'error', w.at || '.' || n.side,
        format(
          'a %s %s needs "%s"', n.side, w.options -> n.side ->> 'type',
          array_to_string(n.keys, '" or "')
        ),
        format('Add "%s".', n.keys[1])
      ) as c
      where w.options -> n.side ->> 'type' = any(n.types) and not w.options -> n.side ?| n.keys
      union all
      select c.*
      from noetl_internal.make_problem(
        'error', w.at || '.mode', 'an upsert needs a table and target.key',
        'Name the columns that tell rows apart: key: [id].'
      ) as c
      where
        w.options ->> 'mode' = 'upsert' and jsonb_typeof(w.options -> 'target') = 'object'
        and (
          not w.options -> 'target' ? 'key'
          or w.options -> 'target' ->> 'type' = any('{file,s3,minio,gcs,store,http}')
        )
    ) as p;
end;
$function$;

comment on function noetl_internal.check_transfers(jsonb)
is 'What the two ends of a transfer need, by their types.';
