-- Whether a live loop has failed by its policy, so that nothing more of it should run.
create or replace function noetl_internal.is_loop_lost(p_loop noetl.loop)
returns boolean
language sql immutable parallel safe
as $function$
  select
    p_loop.status in ('expanding', 'running')
    and p_loop.failed > 0
    and (p_loop.policy = 'fail_fast' or p_loop.failed > p_loop.max_failures)
    is true
$function$;

comment on function noetl_internal.is_loop_lost(noetl.loop)
is 'Whether a live loop has failed by its policy.';
