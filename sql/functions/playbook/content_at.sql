-- A document whose metadata.path is the given path, if one is given.
-- Locks: none. Never raises.
create or replace function noetl_internal.content_at(
  p_content jsonb,
  p_path text
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      case
        when p_path is null or jsonb_typeof(p_content) <> 'object' then p_content
        when coalesce(jsonb_typeof(p_content -> 'metadata'), 'object') <> 'object' then p_content
        else
          p_content || jsonb_build_object(
            'metadata',
            coalesce(p_content -> 'metadata', '{}') || jsonb_build_object('path', p_path)
          )
      end
  );
end;
$function$;

comment on function noetl_internal.content_at(jsonb, text)
is 'A document whose metadata.path is the given path, if one is given.';
