-- Steps without a tool from which a run cannot but go round for ever: whichever arc fires leads to
-- another of them. A step is safe when it has a tool, a loop, an admission rule or no arc that
-- fires for certain, or when one of its arcs may lead to a safe step; of an inclusive step only the
-- certain arcs count. Locks: none. Never raises.
create or replace function noetl_internal.endless_steps(p_steps jsonb)
returns setof text
language plpgsql immutable parallel safe
as $function$
declare
  v_graph jsonb;
  v_safe text[];
  v_names text[];
begin
  select
    array_agg(s.name),
    array_agg(s.name) filter (where not s.is_instant or not s.is_led_on),
    noetl_internal.reverse_graph(coalesce(jsonb_object_agg(s.name, s.targets), '{}'))
  into v_names, v_safe, v_graph
  from (
    select
      d.value ->> 'step' as name,
      d.value -> 'loop' = 'null' and d.value -> 'admit' = '[]'
      and not d.value @? '$.checks.tools[*] ? (@.kind != "noop" || @.rules.size() > 0)'
        as is_instant,
      exists (
        select from noetl_internal.live_arcs(d.value -> 'next') as l where l.is_certain
      ) as is_led_on,
      array(
        select l.step from noetl_internal.live_arcs(d.value -> 'next') as l
        where
          l.step is not null
          and (l.is_certain or d.value #>> '{next,mode}' <> 'inclusive')
      ) as targets
    from jsonb_array_elements(p_steps) as d (value)
    where d.value ->> 'step' is not null
  ) as s;
  return query
    select n.name from unnest(v_names) as n (name)
    except
    select noetl_internal.reachable_steps(v_graph, coalesce(v_safe, '{}'));
end;
$function$;

comment on function noetl_internal.endless_steps(jsonb)
is 'Steps without a tool from which a run cannot but go round for ever.';
