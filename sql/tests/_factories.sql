-- Factories for the pgTAP suite, on the public API only: a test says what it needs and no more.
create schema noetl_test;

-- A playbook of these steps; p_document is merged over the rest of it. Returns its path. A key
-- that the engine does not know is an error: a test that misspells what it asks for asks nothing.
create function noetl_test.playbook(p_steps jsonb, p_document jsonb default '{}')
returns text
language plpgsql volatile
as $function$
declare
  v_path text := 'test/' || gen_random_uuid();
  v_made record;
begin
  select r.path, r.warnings into v_made
  from noetl.register_playbook(
    jsonb_build_object(
      'apiVersion', 'noetl.io/v2', 'kind', 'Playbook',
      'metadata', jsonb_build_object('name', v_path, 'path', v_path),
      'workflow', p_steps
    ) || p_document
  ) as r;
  if jsonb_path_exists(v_made.warnings, '$[*].message ? (@ starts with "unknown key ")') then
    raise exception '%', v_made.warnings;
  end if;
  return v_made.path;
end;
$function$;

-- A run of these steps.
create function noetl_test.start(
  p_steps jsonb,
  p_workload jsonb default '{}',
  p_document jsonb default '{}'
)
returns bigint
language plpgsql volatile
as $function$
declare
  v_path text := noetl_test.playbook(p_steps, p_document);
begin
  return noetl.start_execution(v_path, p_workload);
end;
$function$;

-- A step with a tool that a worker would run; p_more is merged over it.
create function noetl_test.step(p_step text, p_more jsonb default '{}')
returns jsonb
language sql immutable
as $function$
  select jsonb_build_object('step', p_step, 'tool', '{"kind": "noop"}'::jsonb) || p_more
$function$;

-- Arcs to the given steps, each without a condition.
create function noetl_test.next(variadic p_steps text [])
returns jsonb
language sql immutable
as $function$
  select jsonb_build_object('arcs', jsonb_agg(jsonb_build_object('step', s)))
  from unnest(p_steps) as s
$function$;

-- A loop over 0 … p_count - 1; p_spec is its spec.
create function noetl_test.loop(p_count integer, p_spec jsonb default '{}')
returns jsonb
language sql immutable
as $function$
  select jsonb_build_object(
    'in', to_jsonb(array(select generate_series(0, p_count - 1))), 'iterator', 'item', 'spec', p_spec
  )
$function$;

-- A loop that claims its rows; p_spec is its spec.
create function noetl_test.cursor(p_spec jsonb default '{}')
returns jsonb
language sql immutable
as $function$
  select jsonb_build_object(
    'cursor', '{"kind": "postgres", "auth": "{{ workload.db }}", "claim": "select 1"}'::jsonb,
    'iterator', 'row', 'spec', p_spec
  )
$function$;

-- What a worker reports of a frame whose claim gave p_count rows, all done well.
create function noetl_test.frame(p_count integer, p_more jsonb default '{}')
returns jsonb
language sql immutable
as $function$
  select jsonb_build_object(
    'frame',
    jsonb_build_object(
      'items', to_jsonb(array(select '{}'::jsonb from generate_series(1, p_count)))
    ) || p_more
  )
$function$;

-- A worker's session.
create function noetl_test.worker(p_name text default 'w1', p_pools text [] default '{default}')
returns uuid
language sql volatile
as $function$
  select noetl.register_session(p_name, p_pools)
$function$;

-- Claim under a fresh request id.
create function noetl_test.claim(p_session uuid, p_limit integer default 100)
returns table (
  execution_id bigint, command_id text, step text, task text, loop_id bigint, iter_index integer,
  collection_ref text, item jsonb, input jsonb, issue integer, attempt integer
)
language sql volatile
as $function$
  select
    c.execution_id, c.command_id, c.step, c.task, c.loop_id, c.iter_index, c.collection_ref,
    c.item, c.input, c.issue, c.attempt
  from noetl.claim_commands(p_session, gen_random_uuid(), p_limit) as c
$function$;

-- The event by which a worker reports a command: well with a payload, or badly with an error.
create function noetl_test.event(
  p_session uuid,
  p_execution_id bigint,
  p_command_id text,
  p_data jsonb default '{}',
  p_error jsonb default null,
  p_more jsonb default '{}'
)
returns jsonb
language sql immutable
as $function$
  select jsonb_build_object(
    'session', p_session, 'execution_id', p_execution_id, 'command_id', p_command_id,
    'type', case when p_error is null then 'command.completed' else 'command.failed' end,
    'result', jsonb_build_object(
      'status', case when p_error is null then 'ok' else 'error' end, 'reference', null,
      'context', jsonb_build_object('data', p_data)
    ),
    'error', p_error
  ) || p_more
$function$;

-- Report one command.
create function noetl_test.report(
  p_session uuid,
  p_execution_id bigint,
  p_command_id text,
  p_data jsonb default '{}',
  p_error jsonb default null,
  p_more jsonb default '{}'
)
returns jsonb
language sql volatile
as $function$
  select noetl.record_events(
    jsonb_build_array(
      noetl_test.event(p_session, p_execution_id, p_command_id, p_data, p_error, p_more)
    )
  )
$function$;

-- The event by which a worker reports a chunk of a command.
create function noetl_test.chunk_event(
  p_session uuid,
  p_execution_id bigint,
  p_command_id text,
  p_chunk_index integer,
  p_data jsonb default '{}',
  p_more jsonb default '{}'
)
returns jsonb
language sql immutable
as $function$
  select jsonb_build_object(
    'session', p_session, 'execution_id', p_execution_id, 'command_id', p_command_id,
    'type', 'call.partial',
    'result', jsonb_build_object(
      'status', 'ok', 'reference', null, 'context', jsonb_build_object('data', p_data)
    ),
    'meta', jsonb_build_object('chunk_index', p_chunk_index, 'has_more', true)
  ) || p_more
$function$;

-- Report a chunk.
create function noetl_test.chunk(
  p_session uuid,
  p_execution_id bigint,
  p_command_id text,
  p_chunk_index integer,
  p_data jsonb default '{}',
  p_more jsonb default '{}'
)
returns jsonb
language sql volatile
as $function$
  select noetl.record_events(
    jsonb_build_array(
      noetl_test.chunk_event(
        p_session, p_execution_id, p_command_id, p_chunk_index, p_data, p_more
      )
    )
  )
$function$;

-- Grant places under concurrency keys in this test alone: tests run side by side, and one session
-- at a time grants.
create function noetl_test.grant_alone()
returns void
language plpgsql volatile
as $function$
begin
  perform pg_advisory_xact_lock(noetl_internal.lock_key('concurrency', 0));
end;
$function$;

-- Own duties and shards in this test alone: tests run side by side, on the same rows of both. The
-- checkpoints too: whoever projects leaves out those that another session holds (note_projected).
create function noetl_test.dispatch_alone()
returns void
language plpgsql volatile
as $function$
begin
  perform pg_advisory_xact_lock(noetl_internal.lock_key('dispatch', 0));
  perform 1 from noetl.projection_checkpoint as p order by p.shard for update;
end;
$function$;

-- Retain in this test alone: tests run side by side, and one session at a time retains. First of
-- all in a test, so that none waits for another in a circle.
create function noetl_test.retain_alone()
returns void
language plpgsql volatile
as $function$
begin
  perform pg_advisory_xact_lock(noetl_internal.lock_key('retention', 0));
end;
$function$;

-- Let retention_days and a second pass, and do what retention asks for, p_limit at a time; returns
-- how many executions were retired. The partitions of the log stay: none of their weeks is so old.
create function noetl_test.retain(p_days integer default 30, p_limit integer default 20000)
returns bigint
language plpgsql volatile
as $function$
declare
  v_did record;
  v_count bigint := 0;
begin
  perform noetl_test.retain_alone();
  update noetl.setting as s set value = to_jsonb(p_days) where s.name = 'retention_days';
  perform set_config(
    'noetl.test_now', (clock_timestamp() + make_interval(days => p_days, secs => 1))::text, true
  );
  loop
    select * into v_did from noetl.retain(p_limit);
    exit when v_did.done = 0;
    v_count := v_count + v_did.executions;
  end loop;
  return v_count;
end;
$function$;

-- Publish commands in this test alone: its switch is a register, which belongs to no transaction.
create function noetl_test.publish_alone()
returns void
language plpgsql volatile
as $function$
begin
  perform noetl_test.dispatch_alone();
  perform pg_advisory_xact_lock(noetl_internal.lock_key('publishing', 0));
  perform setval('noetl.publishing_until', 0);
end;
$function$;

-- Do what the ticks do, until nothing is left.
create function noetl_test.tick()
returns void
language plpgsql volatile
as $function$
declare
  v_ticks text [];
begin
  loop
    v_ticks := (select d.ticks from noetl.due_work() as d);
    exit when 0 = case when 'wake_runs' = any(v_ticks) then noetl.wake_runs() else 0 end
    + case when 'advance_changes' = any(v_ticks) then noetl.advance_changes() else 0 end
    + case when 'expand_loops' = any(v_ticks) then noetl.expand_loops() else 0 end
    + case when 'project_changes' = any(v_ticks) then noetl.project_changes() else 0 end;
  end loop;
end;
$function$;

-- Claim and report everything that is queued, p_batch at a time, until nothing comes any more, and
-- return the status of the run. p_outcomes says what to report, {"step": …} or {"step[2]": …} for
-- one item: {"data", "error", "ctx", "result", "frame", "times": how often an error is reported at
-- most, "chunks": [what its chunks hold], reported with the end}. A claim of a cursor finds nothing
-- unless "frame" says otherwise.
create function noetl_test.work(
  p_execution_id bigint,
  p_outcomes jsonb default '{}',
  p_batch integer default 100
)
returns text
language plpgsql volatile
as $function$
declare
  -- A name of its own: the lock on it must not meet those of tests that run at the same time.
  v_session uuid := noetl_test.worker('robot ' || pg_backend_pid());
  v_events jsonb;
begin
  loop
    perform noetl_test.tick();
    with work as (
      select
        c.*,
        coalesce(
          p_outcomes -> format('%s[%s]', c.step, c.iter_index), p_outcomes -> c.step, '{}'
        ) as outcome
      from noetl_test.claim(v_session, p_batch) as c
    )
    select jsonb_agg(r.event)
    into v_events
    from (
      select noetl_test.event(
        v_session, c.execution_id, c.command_id, coalesce(c.outcome -> 'data', '{}'),
        case when c.issue <= coalesce((c.outcome ->> 'times')::integer, 1000) then c.outcome -> 'error' end,
        case when c.task = 'frame' then '{"frame": {"items": []}}'::jsonb else '{}' end
        || (c.outcome - array['data', 'error', 'times', 'chunks'])
      ) as event
      from work as c
      union all
      select noetl_test.chunk_event(
        v_session, c.execution_id, c.command_id, k.place::integer - 1, k.data
      )
      from work as c
      cross join jsonb_array_elements(c.outcome -> 'chunks') with ordinality as k (data, place)
      where c.loop_id is null and c.task = 'run'
    ) as r;
    exit when v_events is null;
    perform noetl.record_events(v_events);
  end loop;
  perform noetl.end_session(v_session);
  return (select r.status from noetl.run as r where r.execution_id = p_execution_id);
end;
$function$;

-- What happened in a run, in order: "event_type step" of the given types.
create function noetl_test.trail(p_execution_id bigint, variadic p_types text [])
returns text
language sql volatile
as $function$
  select string_agg(concat_ws(' ', e.event_type, e.node_name), ', ' order by e.event_id)
  from noetl.event as e
  where e.execution_id = p_execution_id and e.event_type = any(p_types)
$function$;

-- The steps that a run has entered, in order.
create function noetl_test.entered(p_execution_id bigint)
returns text
language sql volatile
as $function$
  select string_agg(e.node_name, ' ' order by e.event_id)
  from noetl.event as e
  where e.execution_id = p_execution_id and e.event_type = 'step.enter' and e.status = 'entered'
$function$;

-- A ctx value of a run.
create function noetl_test.ctx(p_execution_id bigint, p_name text)
returns jsonb
language sql volatile
as $function$
  select v.value from noetl.variable as v
  where v.execution_id = p_execution_id and v.scope = 'ctx' and v.name = p_name
$function$;

-- How many events of a type a run has.
create function noetl_test.count(p_execution_id bigint, p_type text)
returns integer
language sql volatile
as $function$
  select count(*)::integer from noetl.event as e
  where e.execution_id = p_execution_id and e.event_type = p_type
$function$;

-- What is wrong with the state of a run, empty when nothing is: the invariants of the design.
create function noetl_test.problems(p_execution_id bigint)
returns setof text
language sql volatile
set jit = off
as $function$
  select 'ended run has a command: ' || c.command_id
  from noetl.command as c
  inner join noetl.run as r on r.execution_id = c.execution_id
  where r.execution_id = p_execution_id and r.finished_at is not null
  union all
  select 'ended run has a token on ' || t.step
  from noetl.token as t
  inner join noetl.run as r on r.execution_id = t.execution_id
  where r.execution_id = p_execution_id and r.finished_at is not null
  union all
  select 'ended run has a live loop of ' || l.step
  from noetl.loop as l
  inner join noetl.run as r on r.execution_id = l.execution_id
  where
    r.execution_id = p_execution_id and r.finished_at is not null and l.finished_at is null
  union all
  select format('command %s has %s terminal events and %s rows', i.command_id, i.ended, i.open)
  from (
    select
      e.meta ->> 'command_id' as command_id, count(distinct c.command_id) as open,
      count(distinct e.event_id) filter (
        where e.event_type in ('command.completed', 'command.failed', 'command.cancelled')
      ) as ended
    from noetl.event as e
    left join noetl.command as c
      on c.execution_id = e.execution_id and c.command_id = e.meta ->> 'command_id'
    where e.execution_id = p_execution_id and e.event_type like 'command.%'
    group by e.meta ->> 'command_id'
    having bool_or(e.event_type = 'command.issued')
  ) as i
  where i.ended + i.open <> 1
  union all
  select format('loop %s counts %s/%s, its events %s/%s', l.step, l.done, l.failed, e.done, t.failed)
  from noetl.loop as l
  left join (
    select
      i.meta ->> 'loop_id' as loop_id,
      count(*) filter (where i.status = 'ok') as done
    from noetl.event as i
    where
      i.execution_id = p_execution_id
      and i.event_type in ('loop.item', 'loop.shard.done', 'loop.shard.failed')
      and i.meta -> 'final' is distinct from 'false'
    group by i.meta ->> 'loop_id'
  ) as e on e.loop_id = l.loop_id::text
  left join noetl_internal.told_items(p_execution_id) as t on t.loop_id = l.loop_id
  where
    l.execution_id = p_execution_id
    and (l.done, l.failed) <> (coalesce(e.done, 0), coalesce(t.failed, 0))
  union all
  select format('loop %s has %s slots and %s commands', l.step, l.remaining_slots, c.open)
  from noetl.loop as l
  cross join lateral (
    select count(*) as open from noetl.command as c
    where c.execution_id = l.execution_id and c.loop_id = l.loop_id
  ) as c
  where l.execution_id = p_execution_id and l.remaining_slots <> c.open
  union all
  select 'run is stuck: nothing is queued, ready, waiting or in the outbox'
  from noetl.run as r
  where
    r.execution_id = p_execution_id and r.status in ('running', 'failing', 'cancelling')
    and not r.is_paused
    and not exists (select from noetl.command as c where c.execution_id = r.execution_id)
    and not exists (select from noetl.change as c where c.execution_id = r.execution_id and c.kind <> 'dirty')
    and not exists (
      select from noetl.loop as l where l.execution_id = r.execution_id and l.status = 'expanding'
    )
$function$;

-- Start a run, work it off, and tell in one line how it went: "completed: a b", or
-- "failed: a b (b NE461)" with the step and code of the error; then broken invariants, if any.
create function noetl_test.outcome(
  p_steps jsonb,
  p_outcomes jsonb default '{}',
  p_workload jsonb default '{}',
  p_document jsonb default '{}'
)
returns text
language plpgsql volatile
as $function$
declare
  v_id bigint := noetl_test.start(p_steps, p_workload, p_document);
  v_status text := noetl_test.work(v_id, p_outcomes);
begin
  return concat_ws(
    ' ', v_status || ':', noetl_test.entered(v_id),
    (
      select '(' || concat_ws(' ', r.error ->> 'step', r.error ->> 'code') || ')'
      from noetl.run as r where r.execution_id = v_id and r.error is not null
    ),
    (select 'PROBLEMS: ' || string_agg(p, '; ') from noetl_test.problems(v_id) as p)
  );
end;
$function$;

-- The lines of a query's plan.
create function noetl_test.plan(p_query text)
returns setof text
language plpgsql volatile
as $function$
begin
  return query execute 'explain ' || p_query;
end;
$function$;

-- All state of a run in a form to compare: without versions and places in line, which only grow.
create function noetl_test.state(p_execution_id bigint)
returns jsonb
language sql volatile
as $function$
  select jsonb_build_object(
    'run', (
      select to_jsonb(r) - array['version', 'context_version', 'next_place']
      from noetl.run as r where r.execution_id = p_execution_id
    ),
    'names', (
      select jsonb_object_agg(v.scope || ' ' || v.name, to_jsonb(v))
      from noetl.variable as v where v.execution_id = p_execution_id
    ),
    'tokens', (
      select jsonb_object_agg(t.token_id, to_jsonb(t) - 'place')
      from noetl.token as t where t.execution_id = p_execution_id
    ),
    'loops', (
      select jsonb_object_agg(
        l.loop_id, to_jsonb(l) - array['version', 'context_version', 'next_place']
      )
      from noetl.loop as l where l.execution_id = p_execution_id
    ),
    'commands', (
      select jsonb_object_agg(
        c.command_id, to_jsonb(c) - array['context_version', 'place', 'request_id']
      )
      from noetl.command as c where c.execution_id = p_execution_id
    ),
    'slots', (
      select jsonb_object_agg(s.token_id, to_jsonb(s) - 'place')
      from noetl.slot as s where s.execution_id = p_execution_id
    ),
    'signals', (
      select jsonb_object_agg(s.signal_id, to_jsonb(s))
      from noetl.signal as s where s.execution_id = p_execution_id
    ),
    'repeats', (
      select jsonb_object_agg(p.loop_id || ' ' || p.iter_index, to_jsonb(p))
      from noetl.loop_repeat as p where p.execution_id = p_execution_id
    ),
    'keys', (
      select jsonb_object_agg(k.idempotency_key, k.path)
      from noetl.start_key as k where k.execution_id = p_execution_id
    ),
    'execution', (
      -- Claims leave events that are projected with the next change only.
      select to_jsonb(x) - array['version', 'last_event_id', 'last_event_type', 'last_node_name']
      from noetl.execution as x where x.execution_id = p_execution_id
    )
  )
$function$;

-- What a run's state has and its rebuilt state has not, or has otherwise: "table key: live |
-- rebuilt", empty when the events tell all. The rebuilt state stays.
create function noetl_test.lost_in_rebuild(p_execution_id bigint)
returns setof text
language plpgsql volatile
set jit = off
as $function$
declare
  v_live jsonb;
  v_rebuilt jsonb;
begin
  perform noetl_test.tick();
  v_live := noetl_test.state(p_execution_id);
  perform noetl.rebuild(p_execution_id);
  perform noetl_test.tick();
  v_rebuilt := noetl_test.state(p_execution_id);
  return query
  select format('%s %s: %s | %s', t.name, k.key, v_live -> t.name -> k.key, v_rebuilt -> t.name -> k.key)
  from jsonb_object_keys(v_live) as t (name)
  cross join lateral (
    select jsonb_object_keys(coalesce(nullif(v_live -> t.name, 'null'), '{}')
    || coalesce(nullif(v_rebuilt -> t.name, 'null'), '{}'))
  ) as k (key)
  where v_live -> t.name -> k.key is distinct from v_rebuilt -> t.name -> k.key;
end;
$function$;

-- In the place of pgTAP's own: at the end of each test the events must tell all that its runs are.
create function noetl_test.finish()
returns setof text
language plpgsql volatile
as $function$
declare
  v_run bigint;
  v_lost text;
begin
  for v_run in select r.execution_id from noetl.run as r order by r.execution_id loop
    select string_agg(l, E'\n') into v_lost from noetl_test.lost_in_rebuild(v_run) as l;
    if v_lost is not null then
      raise exception 'execution % cannot be rebuilt from its events (live | rebuilt):', v_run
        using detail = v_lost;
    end if;
  end loop;
  return query select * from public.finish();
end;
$function$;
