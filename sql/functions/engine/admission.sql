-- Whether a step lets a token in: allow, wait or discard. The first rule that holds decides;
-- without one, allow.
-- Raises: NE462 … NE464 of a rule's condition.
create or replace function noetl_internal.admission(
  p_token noetl.token,
  p_rules jsonb
)
returns text
language plpgsql stable
as $function$
declare
  v_rule jsonb;
  v_at bigint;
begin
  if coalesce(p_rules, '[]') = '[]' then
    return 'allow';
  end if;
  -- A row loop, because later rules must not be evaluated; bounded by the document.
  for v_rule, v_at in
    select r.value, r.place - 1
    from jsonb_array_elements(p_rules) with ordinality as r (value, place)
    order by r.place
  loop
    if noetl_internal.is_true(
      p_token.execution_id, v_rule -> 'when',
      noetl_internal.entry_locals(p_token.execution_id, p_token.input), null,
      format('spec.policy.admit.rules[%s].when', v_at)
    ) then
      return case
        when (v_rule ->> 'allow')::boolean then 'allow'
        when (v_rule ->> 'discard')::boolean then 'discard'
        else 'wait'
      end;
    end if;
  end loop;
  return 'allow';
end;
$function$;

comment on function noetl_internal.admission(noetl.token, jsonb)
is 'Whether a step lets a token in: allow, wait or discard.';
