-- The number of failed items that a loop bears, from max_failures ("5", "5%"); null: no limit.
create or replace function noetl_internal.failure_limit(
  p_max_failures text,
  p_total integer
)
returns integer
language sql immutable parallel safe
as $function$
  select
    case
      when p_max_failures like '%\%'
        then floor(rtrim(p_max_failures, '% ')::numeric * p_total / 100)::integer
      else p_max_failures::integer
    end
$function$;

comment on function noetl_internal.failure_limit(text, integer)
is 'The number of failed items that a loop bears.';
