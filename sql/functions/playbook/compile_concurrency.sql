-- A limit on what runs at once, {"key", "limit"}, each a template or plain; null without one.
-- Locks: none. Never raises.
create or replace function noetl_internal.compile_concurrency(
  p_concurrency jsonb,
  p_at text
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      jsonb_object_agg(
        c.key,
        case
          when jsonb_typeof(c.value) = 'string'
            then noetl_internal.compile_at('template', c.value, p_at || '.' || c.key)
          else c.value
        end
      )
    from jsonb_each(noetl_internal.mapping_of(p_concurrency)) as c
  );
end;
$function$;

comment on function noetl_internal.compile_concurrency(jsonb, text)
is 'A limit on what runs at once, its templates compiled.';
