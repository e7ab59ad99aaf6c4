-- The names that every template may use: what the engine and the worker provide, and the words of
-- the language.
-- Locks: none. Never raises.
create or replace function noetl_internal.builtin_names()
returns text []
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      array[
        'signals',
        'iter', 'event', 'output', 'input', 'fanin', 'loop_index', 'execution_id', 'job', 'result',
        'response', 'results', 'step', 'keychain', 'env', 'now', 'token', 'payload', 'args',
        '_prev',
        'and', 'or', 'not', 'in', 'is', 'if', 'else', 'elif', 'endif', 'for', 'endfor',
        'set', 'endset',
        'loop', 'true', 'false', 'none', 'True', 'False', 'None', 'range', 'recursive'
      ]
  );
end;
$function$;

comment on function noetl_internal.builtin_names()
is 'The names that every template may use.';
