-- The problem of a key itself, none for a known modern one: a slip is an error, a stranger a
-- warning.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_key(
  p_keys jsonb,
  p_key text,
  p_path text
)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    select p.*
    from (
      select array(select k from jsonb_object_keys(p_keys - '*') as k order by k) as names
    ) as known
    cross join lateral (
      select noetl_internal.closest_name(p_key, known.names) as name
      where not p_keys ?| array[p_key, '*']
    ) as closest
    cross join lateral noetl_internal.make_problem(
      case when closest.name is null then 'warning' else 'error' end,
      p_path,
      format('unknown key "%s"', p_key)
      || case when closest.name is null then ' has no effect' else '' end,
      coalesce(
        'Did you mean "' || closest.name || '"?',
        'Known keys here: ' || array_to_string(known.names, ', ') || '.'
      )
    ) as p
    union all
    select p.*
    from noetl_internal.make_problem(
      'warning', p_path, format('older spelling "%s"', p_key),
      format('Write "%s".', p_keys -> p_key ->> 'modern')
    ) as p
    where p_keys -> p_key ->> 'modern' is not null
    union all
    select p.*
    from noetl_internal.make_problem(
      'info', p_path, format('"%s" is read without effect', p_key), 'It can be left out.'
    ) as p
    where (p_keys -> p_key ->> 'idle')::boolean;
end;
$function$;

comment on function noetl_internal.check_key(jsonb, text, text)
is 'The problem of a key itself: unknown, older, or without effect.';
