-- Deploy noetl:run_types to pg
-- requires: schemas
-- What the tables of run state are made of, and what the engine's functions hand to each other.
begin;

set local role noetl_owner;

-- Checks of one column are domains, for speed: docs/decisions/domains-for-hot-checks.md.
create domain noetl_internal.run_status as text
constraint run_status_is_known check (
  value in ('running', 'waiting', 'failing', 'cancelling', 'completed', 'failed', 'cancelled')
);
comment on domain noetl_internal.run_status is 'Where an execution stands.';

create domain noetl_internal.priority as smallint
constraint priority_is_digit check (value between 0 and 9);
comment on domain noetl_internal.priority is 'Claims take the highest first.';

create domain noetl_internal.nesting_depth as integer
constraint nesting_depth_is_not_negative check (value >= 0);
comment on domain noetl_internal.nesting_depth is 'How many playbooks are around this one.';

create domain noetl_internal.variable_scope as text
constraint variable_scope_is_known check (value in ('workload', 'ctx', 'step'));
comment on domain noetl_internal.variable_scope is 'What a name belongs to.';

create domain noetl_internal.token_status as text
constraint token_status_is_known check (
  value in (
    'ready', 'active', 'waiting_join', 'waiting_admission', 'waiting_time', 'waiting_signal',
    'waiting_slot', 'waiting_turn'
  )
);
comment on domain noetl_internal.token_status is 'Where a token stands.';

create domain noetl_internal.loop_mode as text
constraint loop_mode_is_known check (
  value in ('sequential', 'parallel', 'fanout', 'cursor')
);
comment on domain noetl_internal.loop_mode is 'How the items of a loop run.';

create domain noetl_internal.loop_status as text
constraint loop_status_is_known check (
  value in ('expanding', 'running', 'draining', 'complete', 'partial', 'failed', 'cancelled')
);
comment on domain noetl_internal.loop_status is 'Where a loop stands.';

create domain noetl_internal.loop_policy as text
constraint loop_policy_is_known check (value in ('fail_fast', 'best_effort', 'all'));
comment on domain noetl_internal.loop_policy is
'fail_fast: the first failure ends the loop; best_effort: failures are tolerated; all: every '
'item runs, then any failure fails the loop.';

create domain noetl_internal.loop_window as integer
constraint loop_window_is_positive check (value > 0);
comment on domain noetl_internal.loop_window is 'Items at work at once.';

create domain noetl_internal.command_status as text
constraint command_status_is_known check (value in ('queued', 'held', 'leased'));
comment on domain noetl_internal.command_status is
'Where an open command stands; held: its execution is paused.';

create domain noetl_internal.command_task as text
constraint command_task_is_known check (value in ('run', 'collect', 'frame', 'gather'));
comment on domain noetl_internal.command_task is
'run: the step; collect: the items of its loop; frame: what a cursor''s next claim gives;
gather: the results of its loop, into one object.';

create domain noetl_internal.change_kind as text
constraint change_kind_is_known check (value in ('dirty', 'advance', 'cancel', 'publish'));
comment on domain noetl_internal.change_kind is 'What a follower of the outbox is to do.';

-- Which shard of the projection a run belongs to, 0 to 15. Frozen: indexes use it. Execution ids
-- are milliseconds and a sequence; 2654435761 is 2^32 divided by the golden ratio, which spreads
-- any regular series of them, and the highest four of 32 bits are the shard.
create function noetl_internal.shard_of(p_execution_id bigint)
returns integer
language sql immutable parallel safe
as $function$
  select (
    (((p_execution_id # (p_execution_id >> 22)) & 4194303) * 2654435761 & 4294967295) >> 28
  )::integer
$function$;

comment on function noetl_internal.shard_of(bigint)
is 'Which shard of the projection a run belongs to.';

-- Checks across columns of tables that are written row by row are functions of their names, for
-- speed: docs/decisions/domains-for-hot-checks.md. Frozen: constraints use them.
create function noetl_internal.run_finished_iff_final(
  p_status noetl_internal.run_status,
  p_finished_at timestamptz
)
returns boolean
language plpgsql immutable parallel safe
as $function$
begin
  return (p_finished_at is not null) = (p_status in ('completed', 'failed', 'cancelled'));
end;
$function$;

comment on function noetl_internal.run_finished_iff_final(noetl_internal.run_status, timestamptz)
is 'Whether a run has an end as its status says.';

create function noetl_internal.run_error_iff_failing(
  p_status noetl_internal.run_status,
  p_error jsonb
)
returns boolean
language plpgsql immutable parallel safe
as $function$
begin
  return (p_error is not null) = (p_status in ('failing', 'failed'));
end;
$function$;

comment on function noetl_internal.run_error_iff_failing(noetl_internal.run_status, jsonb)
is 'Whether a run has an error as its status says.';

create function noetl_internal.variable_envelope_iff_step(
  p_scope noetl_internal.variable_scope,
  p_envelope jsonb,
  p_visit_count integer
)
returns boolean
language plpgsql immutable parallel safe
as $function$
begin
  return (p_envelope is not null) = (p_scope = 'step')
    and (p_visit_count is not null) = (p_scope = 'step');
end;
$function$;

comment on function noetl_internal.variable_envelope_iff_step(
  noetl_internal.variable_scope, jsonb, integer
) is 'Whether a name has an envelope and visits as its scope says.';

create function noetl_internal.variable_ctx_is_small(
  p_scope noetl_internal.variable_scope,
  p_value jsonb
)
returns boolean
language plpgsql immutable parallel safe
as $function$
begin
  return p_scope <> 'ctx' or octet_length(p_value::text) <= 65536;
end;
$function$;

comment on function noetl_internal.variable_ctx_is_small(noetl_internal.variable_scope, jsonb)
is 'Whether the value of a name of ctx has at most 64 kB.';

create function noetl_internal.token_waits_as_its_status_says(
  p_status noetl_internal.token_status,
  p_signal text,
  p_wake_at timestamptz
)
returns boolean
language plpgsql immutable parallel safe
as $function$
begin
  return case p_status
    when 'waiting_signal' then p_signal is not null
    when 'waiting_time' then p_signal is null and p_wake_at is not null
    else num_nonnulls(p_signal, p_wake_at) = 0
  end;
end;
$function$;

comment on function noetl_internal.token_waits_as_its_status_says(
  noetl_internal.token_status, text, timestamptz
) is 'Whether a token has a signal and a time to wait for as its status says.';

create function noetl_internal.loop_counts_fit(
  p_mode noetl_internal.loop_mode,
  p_total integer,
  p_issued integer,
  p_done integer,
  p_failed integer,
  p_cancelled integer,
  p_to_repeat integer
)
returns boolean
language plpgsql immutable parallel safe
as $function$
begin
  return least(p_issued, p_done, p_failed, p_cancelled, p_to_repeat) >= 0
    and p_done + p_failed + p_cancelled + p_to_repeat <= p_total
    and case p_mode
      when 'cursor' then p_done + p_failed = p_total
      else p_issued <= p_total
    end;
end;
$function$;

comment on function noetl_internal.loop_counts_fit(
  noetl_internal.loop_mode, integer, integer, integer, integer, integer, integer
) is 'Whether the counters of a loop add up.';

create function noetl_internal.loop_slots_iff_cursor(
  p_mode noetl_internal.loop_mode,
  p_remaining_slots integer,
  p_max_in_flight noetl_internal.loop_window
)
returns boolean
language plpgsql immutable parallel safe
as $function$
begin
  return (p_remaining_slots is not null) = (p_mode = 'cursor')
    and p_remaining_slots between 0 and p_max_in_flight;
end;
$function$;

comment on function noetl_internal.loop_slots_iff_cursor(
  noetl_internal.loop_mode, integer, noetl_internal.loop_window
) is 'Whether a cursor loop, and no other, has slots that have not ended.';

create function noetl_internal.loop_finished_iff_final(
  p_status noetl_internal.loop_status,
  p_finished_at timestamptz
)
returns boolean
language plpgsql immutable parallel safe
as $function$
begin
  return (p_finished_at is not null)
    = (p_status in ('complete', 'partial', 'failed', 'cancelled'));
end;
$function$;

comment on function noetl_internal.loop_finished_iff_final(noetl_internal.loop_status, timestamptz)
is 'Whether a loop has an end as its status says.';

-- What the engine hands to issue_batch, many at a time.
create type noetl_internal.draft as (
  execution_id bigint,
  command_id text,
  catalog_id bigint,
  token_id integer,
  step text,
  task text,
  loop_id bigint,
  iter_index integer,
  issue integer,
  infra_attempt smallint,
  shard_attempt smallint,
  max_attempts smallint,
  total integer,
  pool text,
  priority smallint,
  place bigint,
  context_version bigint,
  item jsonb,
  input jsonb
);
comment on type noetl_internal.draft is 'A command to be issued.';

-- One report of a worker, parsed.
create type noetl_internal.report as (
  position integer,
  execution_id bigint,
  command_id text,
  session_id uuid,
  event_type text,
  result jsonb,
  error jsonb,
  ctx jsonb,
  collection_size integer,
  iter_key text,
  meta jsonb,
  frame jsonb
);
comment on type noetl_internal.report is
'One event reported by a worker; position is its index in the batch.';

-- A command that a report has just finished.
create type noetl_internal.outcome as (
  position integer,
  execution_id bigint,
  command_id text,
  catalog_id bigint,
  token_id integer,
  step text,
  task text,
  loop_id bigint,
  iter_index integer,
  issue integer,
  infra_attempt smallint,
  shard_attempt smallint,
  max_attempts smallint,
  total integer,
  pool text,
  priority smallint,
  place bigint,
  context_version bigint,
  item jsonb,
  input jsonb,
  is_ok boolean,
  result jsonb,
  error jsonb,
  ctx jsonb,
  collection_size integer,
  iter_key text,
  meta jsonb,
  frame jsonb
);
comment on type noetl_internal.outcome is
'A command just finished by a report, with what was reported.';

-- A command that is to be told to a transport.
create type noetl_internal.publication as (
  change_id bigint,
  execution_id bigint,
  command_id text,
  issue integer,
  pool text,
  kinds text [],
  worker text
);
comment on type noetl_internal.publication is
'A command to be published, to a worker or to whoever comes.';

commit;
