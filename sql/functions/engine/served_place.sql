-- The place in line that was served last: where a newcomer joins.
create or replace function noetl_internal.served_place()
returns bigint
language plpgsql volatile
as $function$
begin
  -- What pg_sequences shows, an expression: a query of the sequence costs ten times as much.
  return coalesce(pg_sequence_last_value('noetl.virtual_clock'), 0);
end;
$function$;

comment on function noetl_internal.served_place() is 'The place in line that was served last.';
