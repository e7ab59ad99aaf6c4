-- The first entry of the outbox to be published; null when there is none. Nearly always a look from
-- the bottom. Where that walks over many dead rows, which a foreign snapshot keeps, the next looks
-- begin at a floor: the first entry, or the id given last when the look before began to be long, so
-- that what commits meanwhile lies above. What commits later than that waits for the next look from
-- the bottom, for a twentieth of the time, and after 10 s at most. Writes nothing else.
create or replace function noetl_internal.first_publication()
returns bigint
language plpgsql volatile
as $function$
declare
  c_many_blocks constant integer := 50;  -- some thousand rows
  v_now bigint := (extract(epoch from clock_timestamp()) * 1000)::bigint;
  v_blocks bigint := pg_stat_get_xact_blocks_fetched('noetl.change'::regclass);
  v_given bigint := (select s.last_value from noetl.change_change_id_seq as s);
  v_next bigint := (select n.last_value from noetl.publication_floor_next as n);
  v_is_full boolean := v_now >= (select d.last_value from noetl.publication_floor_due as d);
  v_first bigint;
begin
  v_first := (
    select c.change_id from noetl.change as c
    where
      c.kind = 'publish'
      and c.change_id >= case
        when v_is_full then 0 else (select f.last_value from noetl.publication_floor as f)
      end
    order by c.change_id
    limit 1
  );
  -- Not the time that it took, which is long on a busy machine too: what it had to read.
  if
    pg_stat_get_xact_blocks_fetched('noetl.change'::regclass) - v_blocks >= c_many_blocks
  then
    perform
      setval('noetl.publication_floor', least(v_first, v_next)),
      setval('noetl.publication_floor_next', v_given);
    if v_is_full then
      perform setval(
        'noetl.publication_floor_due',
        v_now + least(
          greatest(
            500, 20 * (extract(epoch from clock_timestamp()) * 1000 - v_now)::bigint
          ),
          10000
        )
      );
    end if;
  end if;
  return v_first;
end;
$function$;

comment on function noetl_internal.first_publication()
is 'The first entry of the outbox to be published.';
