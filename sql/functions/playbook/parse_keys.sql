-- Read the key notation of grammar_nodes: {key: {"types", "modern", "required", "idle"}}.
-- Locks: none. Never raises.
create or replace function noetl_internal.parse_keys(p_keys text)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      coalesce(
        jsonb_object_agg(
          k.parts[1],
          jsonb_build_object(
            'required', k.parts[2] = '!', 'idle', k.parts[2] = '-', 'modern', k.parts[3],
            'types', to_jsonb(string_to_array(k.parts[4], '|'))
          )
        ),
        '{}'
      )
    from regexp_split_to_table(p_keys, '\s+') as w (word)
    cross join regexp_match(w.word, '^([\w*]+)([!-]?)(?:>([\w.]+))?:(\S+)$') as k (parts)
    where k.parts is not null
  );
end;
$function$;

comment on function noetl_internal.parse_keys(text)
is 'Read the key notation of grammar_nodes.';
