-- How a loop ends, from its counters and policy.
create or replace function noetl_internal.loop_verdict(p_loop noetl.loop)
returns text
language sql immutable parallel safe
as $function$
  select
    case
      when p_loop.failed = 0 and p_loop.cancelled = 0 then 'complete'
      when
        p_loop.policy = 'best_effort' and p_loop.cancelled = 0
        and (p_loop.max_failures is null or p_loop.failed <= p_loop.max_failures)
        then 'partial'
      else 'failed'
    end
$function$;

comment on function noetl_internal.loop_verdict(noetl.loop)
is 'How a loop ends, from its counters and policy.';
