-- Two maps of writes, {"ctx.a": 1, "ctx.b.c": 2}, as the one that does the same: what a later write
-- replaces, itself or by a part of its path, is left out.
create or replace function noetl_internal.merge_writes(
  p_writes jsonb,
  p_later jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  if p_writes = '{}' or p_later = '{}' then
    return p_writes || p_later;
  end if;
  return p_later || coalesce(
    (
      select jsonb_object_agg(w.key, w.value)
      from jsonb_each(p_writes) as w
      where not exists (
        select from jsonb_object_keys(p_later) as k (key)
        where w.key = k.key or starts_with(w.key, k.key || '.')
      )
    ),
    '{}'
  );
end;
$function$;

comment on function noetl_internal.merge_writes(jsonb, jsonb)
is 'Two maps of writes as the one that does the same.';
