-- The specs of a step by level: "step" (over the executor's), "loop" (over the step's) and "own"
-- (the step's alone).
-- Locks: none. Never raises.
create or replace function noetl_internal.merge_specs(
  p_step jsonb,
  p_defaults jsonb
)
returns jsonb
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select
      jsonb_build_object(
        'own', s.own,
        'step', s.step,
        'loop',
        noetl_internal.deep_merge(
          jsonb_strip_nulls(jsonb_build_object(
            'max_in_flight', s.step -> 'max_in_flight', 'frame', s.step -> 'frame',
            'mode', substring(s.step ->> 'mode' from '^(?:sequential|parallel|cursor)$')
          )),
          noetl_internal.mapping_of(noetl_internal.mapping_of(p_step -> 'loop') -> 'spec')
        )
      )
    from (
      select
        noetl_internal.mapping_of(p_step -> 'spec') as own,
        noetl_internal.deep_merge(p_defaults, noetl_internal.mapping_of(p_step -> 'spec')) as step
    ) as s
  );
end;
$function$;

comment on function noetl_internal.merge_specs(jsonb, jsonb)
is 'The specs of a step by level, inner over outer.';
