-- The place in line below which claims need not look, as raise_floor left it; 0 when nobody has
-- looked for some seconds, so that claims depend on no tick.
create or replace function noetl_internal.claim_floor()
returns bigint
language plpgsql volatile
as $function$
begin
  -- As served_place.
  return case
    when
      pg_sequence_last_value('noetl.claim_floor_due') - noetl_internal.clock_ms()
      between -3000 and 10000
      then coalesce(pg_sequence_last_value('noetl.claim_floor'), 0)
    else 0
  end;
end;
$function$;

comment on function noetl_internal.claim_floor()
is 'The place in line below which claims need not look.';
