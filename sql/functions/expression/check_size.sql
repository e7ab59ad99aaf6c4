-- Keep a produced text, list or number within bounds before it is made.
-- Locks: none. Raises: NE463 when p_size is over the limit of its kind.
create or replace function noetl_internal.check_size(
  p_what text,
  p_size numeric
)
returns void
language plpgsql immutable parallel safe
as $function$
declare
  v_limit integer := case p_what
    when 'digits' then 1000 when 'items' then 1000000 else 4194304
  end;
begin
  if p_size > v_limit then
    raise exception 'the expression makes a value of more than % %', v_limit, p_what using
      errcode = 'NE463', hint = 'Make large values in a tool, not in an expression.';
  end if;
end;
$function$;

comment on function noetl_internal.check_size(text, numeric)
  is 'Keep a produced text, list or number within bounds before it is made.';
revoke all on function noetl_internal.check_size(text, numeric) from public;
