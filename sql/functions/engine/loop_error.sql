-- Why a loop failed: its first failed item, and how many there were.
create or replace function noetl_internal.loop_error(p_loop noetl.loop)
returns jsonb
language sql immutable parallel safe
as $function$
  select
    coalesce(p_loop.first_error, '{"kind": "loop"}')
    || jsonb_build_object(
      'message', format(
        '%s of %s items failed; item %s: %s', p_loop.failed, p_loop.total,
        coalesce(p_loop.first_error ->> 'item', '?'),
        coalesce(p_loop.first_error ->> 'message', 'no message')
      )
    )
$function$;

comment on function noetl_internal.loop_error(noetl.loop)
is 'Why a loop failed: its first failed item, and how many there were.';
