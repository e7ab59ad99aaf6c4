-- Text of values printed one after the other.
-- Locks: none. Raises: NE463 for a result too large.
create or replace function noetl_internal.concat_values(p_values jsonb[])
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_text text := '';
  v_value jsonb;
begin
  foreach v_value in array p_values loop
    v_text := v_text || noetl_internal.print_value(v_value);
  end loop;
  perform noetl_internal.check_size('characters', length(v_text));
  return to_jsonb(v_text);
end;
$function$;

comment on function noetl_internal.concat_values(jsonb[])
  is 'Text of values printed one after the other.';
revoke all on function noetl_internal.concat_values(jsonb[]) from public;
