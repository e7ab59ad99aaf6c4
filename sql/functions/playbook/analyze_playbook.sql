-- Check and compile a document: its problems (without p_strict, unknown keys are warnings) and the
-- compiled form, null when the document cannot even be looked at.
-- Locks: none. Never raises.
create or replace function noetl_internal.analyze_playbook(
  p_content jsonb,
  p_strict boolean,
  out problems noetl_internal.problem [],
  out compiled jsonb
)
language plpgsql immutable parallel safe
as $function$
#variable_conflict use_column
begin
  problems := array(select p from noetl_internal.refuse_document(p_content) as p);
  if problems <> '{}' then
    return;
  end if;
  compiled := noetl_internal.compile_playbook(p_content);
  problems := array(
    select
      case
        when p_strict and p.severity = 'warning' and p.message like 'unknown key %'
          then noetl_internal.make_problem('error', p.path, p.message, p.hint)
        else p
      end
    from noetl_internal.playbook_problems(p_content, compiled) as p
  );
end;
$function$;

comment on function noetl_internal.analyze_playbook(jsonb, boolean)
is 'Check and compile a document.';
