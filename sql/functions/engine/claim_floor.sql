-- The place in line below which claims need not look, as raise_floor left it; 0 when nobody has
-- looked for some seconds, so that claims depend on no tick.
create or replace function noetl_internal.claim_floor()
returns bigint
language plpgsql volatile
as $function$
begin
  return (
    select
      case
        when d.last_value - noetl_internal.clock_ms() between -3000 and 10000 then f.last_value
        else 0
      end
    from noetl.claim_floor as f
    cross join noetl.claim_floor_due as d
  );
end;
$function$;

comment on function noetl_internal.claim_floor()
is 'The place in line below which claims need not look.';
