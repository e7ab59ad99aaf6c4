-- The id of a command: a function of loop and item, or run and token, and of the issue number;
-- never random, so that the unique index catches a second issue. Sortable, because random ids cost
-- a fifth more WAL.
create or replace function noetl_internal.command_id_of(
  p_execution_id bigint,
  p_token_id integer,
  p_task text,
  p_loop_id bigint,
  p_iter_index integer,
  p_issue integer
)
returns text
language sql stable parallel safe
as $function$
  select
    case
      when p_loop_id is null
        then concat(p_execution_id, '-', left(p_task, 1), p_token_id, '-', p_issue)
      else
        p_loop_id::text || '-'
        || lpad(p_iter_index::text, greatest(7, length(p_iter_index::text)), '0')
        || '-' || p_issue::text
    end
$function$;

comment on function noetl_internal.command_id_of(bigint, integer, text, bigint, integer, integer)
is 'The deterministic, sortable id of a command.';
