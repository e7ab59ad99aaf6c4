-- Why a document cannot even be looked at: no mapping, too large, too deep, too many steps.
-- Locks: none. Never raises.
create or replace function noetl_internal.refuse_document(p_content jsonb)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    select p.*
    from noetl_internal.make_problem(
      'error', '',
      format(
        'the document is %s, expected a mapping',
        noetl_internal.describe_value(coalesce(p_content, 'null'))
      ),
      'A playbook begins with apiVersion: noetl.io/v2 and kind: Playbook.'
    ) as p
    where jsonb_typeof(p_content) is distinct from 'object'
    union all
    select p.*
    from noetl_internal.make_problem(
      'error', '',
      format('the document has %s bytes, at most 4194304 are read', octet_length(p_content::text)),
      'Keep data in files or tables, not in the playbook.'
    ) as p
    where octet_length(p_content::text) > 4194304
    union all
    select p.*
    from noetl_internal.make_problem(
      'error', '', 'the document is nested deeper than 100 levels', 'Keep data in files or tables.'
    ) as p
    where p_content @? '$.**{100}'
    union all
    select p.*
    from noetl_internal.make_problem(
      'error', 'workflow',
      format(
        'the workflow has %s steps, at most 10000 are read',
        jsonb_array_length(noetl_internal.list_of(p_content -> 'workflow'))
      ),
      'Use a loop, or child playbooks.'
    ) as p
    where jsonb_array_length(noetl_internal.list_of(p_content -> 'workflow')) > 10000;
end;
$function$;

comment on function noetl_internal.refuse_document(jsonb)
is 'Why a document cannot even be looked at.';
