-- How many typing slips (insert, drop, change, swap neighbours) lead from one word to the other;
-- case counts not. Words whose lengths differ by more than two are never compared. Locks: none.
-- Never raises.
create or replace function noetl_internal.edit_distance(
  p_a text,
  p_b text
)
returns integer
language plpgsql immutable parallel safe
as $function$
declare
  v_a text := lower(left(p_a, 64));
  v_b text := lower(left(p_b, 64));
  v_width integer := length(v_b) + 1;
  v_before integer[];
  v_last integer[] := array(select generate_series(0, length(v_b)));
  v_row integer[];
  v_changed integer;
begin
  if abs(length(v_a) - length(v_b)) > 2 then
    return greatest(length(v_a), length(v_b));
  end if;
  for i in 1 .. length(v_a) loop
    v_row := array[i];
    for j in 1 .. length(v_b) loop
      v_changed := (substr(v_a, i, 1) <> substr(v_b, j, 1))::integer;
      v_row[j + 1] := least(v_last[j + 1] + 1, v_row[j] + 1, v_last[j] + v_changed);
      if
        i > 1 and j > 1
        and substr(v_a, i, 1) = substr(v_b, j - 1, 1) and substr(v_a, i - 1, 1) = substr(v_b, j, 1)
      then
        v_row[j + 1] := least(v_row[j + 1], v_before[j - 1] + 1);
      end if;
    end loop;
    v_before := v_last;
    v_last := v_row;
  end loop;
  return v_last[v_width];
end;
$function$;

comment on function noetl_internal.edit_distance(text, text)
is 'How many typing slips lead from one word to the other.';
