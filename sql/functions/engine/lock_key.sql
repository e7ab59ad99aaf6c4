-- The advisory lock number of a thing. The only place that makes one, so that two kinds never share
-- a number by accident of arithmetic.
create or replace function noetl_internal.lock_key(
  p_kind text,
  p_id bigint
)
returns bigint
language sql immutable parallel safe
as $function$
  select hashtextextended(p_kind, p_id)
$function$;

comment on function noetl_internal.lock_key(text, bigint)
is 'The advisory lock number of a thing, such as a run or a catalog path.';
