-- Where a step leads: {"mode", "arcs": [{"step", "on", "when", "set", "input", "at"}]}; arcs of
-- chunks have "max_in_flight" too.
-- Locks: none. Never raises.
create or replace function noetl_internal.compile_next(
  p_next jsonb,
  p_spec jsonb,
  p_at text,
  p_is_loop boolean
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      jsonb_build_object(
        'mode',
        coalesce(
          noetl_internal.text_of(noetl_internal.mapping_of(p_next) -> 'spec' -> 'mode'),
          substring(p_spec ->> 'mode' from '^(?:exclusive|inclusive)$'),
          'exclusive'
        ),
        'arcs',
        coalesce(
          jsonb_agg(
            jsonb_build_object(
              'step', noetl_internal.text_of(a.arc -> 'step'),
              'on', noetl_internal.text_of(a.arc -> 'on'),
              'when',
              noetl_internal.compile_at(
                'condition', a.arc -> k.when_key, a.at || '.' || k.when_key, p_is_loop
              ),
              'set', noetl_internal.compile_sets(a.arc, a.at),
              'input',
              noetl_internal.compile_at(
                'template', a.arc -> noetl_internal.input_key(a.arc),
                a.at || '.' || noetl_internal.input_key(a.arc)
              ),
              'at', a.at
            )
            || case
              when a.arc -> 'on' is null then '{}'
              else jsonb_build_object(
                'max_in_flight', noetl_internal.stream_window(a.arc -> 'spec')
              )
            end
            order by a.place
          ),
          '[]'
        )
      )
    from noetl_internal.list_arcs(p_next, p_at) as a
    cross join lateral (
      select noetl_internal.find_key(a.arc, 'when', 'cond') as when_key
    ) as k
  );
end;
$function$;

comment on function noetl_internal.compile_next(jsonb, jsonb, text, boolean)
is 'Where a step leads: its mode and its arcs.';
