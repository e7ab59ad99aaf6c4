-- Refuse a document: the first problems in the message, all of them in the detail.
-- Locks: none. Raises: NE422 if there is an error among them.
create or replace function noetl_internal.raise_problems(p_problems noetl_internal.problem [])
returns void
language plpgsql immutable parallel safe
as $function$
declare
  v_errors text[] := array(
    select
      coalesce(nullif(p.path, ''), 'document') || ': ' || p.message || coalesce(' — ' || p.hint, '')
    from unnest(p_problems) as p
    where p.severity = 'error'
  );
begin
  if v_errors = '{}' then
    return;
  end if;
  raise exception '%',
    format(
      'the playbook has %s error%s', cardinality(v_errors), left('s', cardinality(v_errors) - 1)
    )
    || E'\n' || array_to_string(v_errors[:10], E'\n')
    || case when cardinality(v_errors) > 10 then E'\n…' else '' end
  using
    errcode = 'NE422',
    detail = (select jsonb_agg(to_jsonb(p)) from unnest(p_problems) as p)::text,
    hint = 'noetl lint FILE lists every problem with its line; noetl.lint_playbook does in SQL.';
end;
$function$;

comment on function noetl_internal.raise_problems(noetl_internal.problem [])
is 'Refuse a document that has an error.';
