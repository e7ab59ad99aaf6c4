-- Whether a live worker serves a pool and all of these kinds of tools: one that was heard of in the
-- last minute. A worker that does not say what it serves serves everything.
create or replace function noetl_internal.is_served(p_pool text, p_kinds text [])
returns boolean
language plpgsql stable
as $function$
begin
  return exists (
    select from noetl.runtime as s
    where
      s.kind = 'worker' and s.status = 'active' and p_pool = any(s.pools)
      and s.heartbeat_at > noetl_internal.clock_now() - interval '1 minute'
      and (
        jsonb_array_length(coalesce(s.capacity -> 'tools', '[]')) = 0
        or (s.capacity -> 'tools') @> to_jsonb(p_kinds)
      )
  );
end;
$function$;

comment on function noetl_internal.is_served(text, text [])
is 'Whether a live worker serves a pool and all of these kinds of tools.';
