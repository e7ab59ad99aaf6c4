-- What finished frames of a cursor loop say of it: how many there are, and of their items how many
-- are done and failed, the error of the first failed one, and whether any wrote ctx; and the frames
-- to come, one for each slot that goes on.
create or replace function noetl_internal.slot_states(
  p_loop_id bigint,
  p_outcomes noetl_internal.outcome [],
  out finished integer,
  out frames jsonb [],
  out done integer,
  out failed integer,
  out error jsonb,
  out has_ctx boolean
)
language plpgsql stable
as $function$
#variable_conflict use_column
begin
  select
    count(*)::integer,
    coalesce(
      array_agg(
        o.item - array['first_index', 'rows_may_return']
        || case o.frame -> 'rows_may_return'
          when 'true' then '{"rows_may_return": true}'::jsonb else '{}'
        end
        order by o.command_id
      ) filter (where noetl_internal.frame_size(o) > 0),
      '{}'
    )
  into finished, frames
  from unnest(p_outcomes) as o
  where o.loop_id = p_loop_id;
  select
    (count(*) filter (where i.is_ok))::integer, (count(*) filter (where not i.is_ok))::integer,
    (
      array_agg(i.error || jsonb_build_object('item', i.iter_index) order by i.iter_index)
      filter (where not i.is_ok)
    )[1],
    coalesce(bool_or(i.ctx is not null), false)
  into done, failed, error, has_ctx
  from noetl_internal.frame_items(p_outcomes) as i
  where i.loop_id = p_loop_id;
end;
$function$;

comment on function noetl_internal.slot_states(bigint, noetl_internal.outcome [])
is 'What finished frames of a cursor loop say of it.';
