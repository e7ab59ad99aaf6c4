-- Complain about a value that an operation cannot take.
-- Locks: none. Raises: NE462 always.
create or replace function noetl_internal.raise_value(p_message text)
returns void
language plpgsql volatile parallel safe
as $function$
begin
  raise exception '%', p_message using
    errcode = 'NE462', hint = 'Check the values that the expression reads.';
end;
$function$;

comment on function noetl_internal.raise_value(text)
  is 'Complain about a value that an operation cannot take.';
revoke all on function noetl_internal.raise_value(text) from public;
