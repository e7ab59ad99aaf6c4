-- What the grammar cannot say of loops that claim their rows: a cursor without a statement or a
-- credential, and what does not go together with one.
-- Locks: none. Never raises.
create or replace function noetl_internal.check_cursors(
  p_content jsonb,
  p_steps jsonb
)
returns setof noetl_internal.problem
language plpgsql immutable parallel safe
as $function$
begin
  return query
    select p.*
    from (
      select
        s.value #>> '{checks,at}' as at, s.value #> '{checks,frame}' as frame,
        s.value #>> '{loop,max_failures}' as max_failures,
        noetl_internal.mapping_of(w.step -> 'loop') as written,
        noetl_internal.mapping_of(w.step #> '{loop,cursor}') as cursor,
        w.step #>> '{loop,spec,mode}' as loop_mode, w.step #>> '{spec,loop_mode}' as step_mode
      from jsonb_array_elements(p_steps) as s (value)
      cross join lateral (
        select p_content -> 'workflow' -> (s.value ->> 'position')::integer as step
      ) as w
      where s.value #>> '{loop,mode}' = 'cursor'
    ) as l
    cross join lateral (
      values
      (
        not l.written ? 'cursor', 'error', '.loop.cursor',
        '"cursor" is missing: the loop has nothing to claim from',
        'Write cursor: { kind: postgres, auth: …, claim: "update … returning *" }.'
      ),
      (
        jsonb_typeof(l.cursor -> 'claim') = 'string' and l.cursor ->> 'claim' !~ '\S', 'error',
        '.loop.cursor.claim', '"claim" is empty', 'Write the statement that takes the next rows.'
      ),
      (
        l.cursor <> '{}' and not l.cursor ?| array['auth', 'credential'], 'error',
        '.loop.cursor.auth', '"auth" is missing', 'Name the credential of the database.'
      ),
      (
        l.written ? 'cursor' and l.written ? 'in', 'error', '.loop.in',
        'a loop runs over "in" or claims through "cursor", not both', 'Leave one of them out.'
      ),
      (
        l.written ? 'cursor' and l.loop_mode <> 'cursor', 'error', '.loop.spec.mode',
        'a loop with a cursor has the mode cursor', 'Leave the mode out.'
      ),
      (
        l.written ? 'cursor' and l.step_mode <> 'cursor', 'error', '.spec.loop_mode',
        'a loop with a cursor has the mode cursor', 'Leave the mode out.'
      ),
      (
        l.max_failures like '%\%%', 'error', '.spec.fanout.max_failures',
        'a percentage of the rows of a cursor is not known before it has ended', 'Give a number.'
      ),
      (
        l.frame ? 'max_seconds'
        and (not l.frame ? 'lease_seconds' or l.frame ->> 'process' = 'frame'),
        'warning', '.loop.spec.frame.max_seconds',
        'it has no effect without "lease_seconds", or with process: frame',
        'It leaves rows of a frame behind, which come back when their lease has run out.'
      )
    ) as c (is_so, severity, place, message, hint)
    cross join lateral noetl_internal.make_problem(
      c.severity, l.at || c.place, c.message, c.hint
    ) as p
    where c.is_so;
end;
$function$;

comment on function noetl_internal.check_cursors(jsonb, jsonb)
is 'What the grammar cannot say of loops that claim their rows.';
