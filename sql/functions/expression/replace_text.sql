-- Text with occurrences replaced, at most p_count of them unless that is none or negative.
-- Locks: none. Raises: NE462 for a count that is no integer, NE463 for a result too large.
create or replace function noetl_internal.replace_text(
  p_text text,
  p_old text,
  p_new text,
  p_count jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
declare
  v_limit numeric := length(p_text) + 1;
  v_parts text[];
  v_times integer;
begin
  if p_count <> 'null' then
    if not noetl_internal.is_integer(p_count) then
      perform noetl_internal.raise_value('replace: count must be an integer');
    end if;
    v_limit := case
      when p_count::text like '-%' then v_limit
      else least(v_limit, noetl_internal.numeric_of(p_count))
    end;
  end if;
  -- an empty pattern matches before each character and at the end
  if p_old = '' then
    v_parts := array[''] || regexp_split_to_array(p_text, '') || case when p_text <> ''
      then '{""}'::text[] end;
    v_parts := case when p_text = '' then '{"",""}' else v_parts end;
  else
    v_parts := string_to_array(p_text, p_old);
  end if;
  v_times := least(v_limit, greatest(cardinality(v_parts) - 1, 0));
  perform noetl_internal.check_size('characters',
    length(p_text) + v_times::numeric * length(p_new));
  return to_jsonb(coalesce(
    array_to_string(v_parts[:v_times], p_new) || case when v_times > 0 then p_new else '' end
      || array_to_string(v_parts[v_times + 1:], p_old), ''
  ));
end;
$function$;

comment on function noetl_internal.replace_text(text, text, text, jsonb)
  is 'Text with occurrences replaced, at most p_count of them unless that is none or negative.';
revoke all on function noetl_internal.replace_text(text, text, text, jsonb) from public;
