-- What was asked for, what was done, what workers were told and what the engine recorded; and from
-- these, what was lost or doubled. An item is (execution_id, step, iter_index); a step without a loop
-- has iter_index -1, and each step is entered once.

-- What the harness started: items of each step, which of them fail every time, whether a failed one
-- is run again by the loop, and whether each starts a child.
create table planned_step (
  execution_id bigint not null,
  step text not null,
  item_count integer,
  failing integer [] not null default '{}',
  is_retried boolean not null default false,
  is_calling boolean not null default false,
  primary key (execution_id, step)
);

-- Written by the items themselves: a row for each run of one, at its end.
create table effect (
  execution_id bigint not null,
  step text not null,
  loop_id bigint,
  iter_index integer not null,
  issue integer not null,
  process text not null,
  ended_at timestamptz not null default clock_timestamp()
);

-- Told by workers: commands that they were given, and when they had asked for them.
create table claim (
  process text not null,
  command_id text not null,
  execution_id bigint not null,
  step text not null,
  iter_index integer not null,
  issue integer not null,
  asked_at timestamptz not null
);

-- Told by workers: reports that were confirmed to them. Of the reports of a batch so many were
-- recorded and so many late; started_at tells reports of one command apart.
create table confirmation (
  process text not null,
  batch integer not null,
  command_id text not null,
  is_ok boolean not null,
  started_at text not null,
  recorded integer not null,
  late integer not null,
  sent_at timestamptz not null,
  confirmed_at timestamptz not null
);

-- Copied from the engine's log at the end: outcomes of commands and items, and repeated issues.
create table logged (
  kind text not null,
  execution_id bigint not null,
  step text not null,
  iter_index integer not null,
  command_id text,
  issue integer,
  is_ok boolean,
  started_at text,
  constraint logged_kind_is_known check (kind in ('command', 'item', 'issued again', 'loop end'))
);

-- Copied from the engine's tables at the end.
create table run_status (
  execution_id bigint primary key,
  status text not null,
  parent_execution_id bigint
);
create table left_behind (what text not null, execution_id bigint not null, name text not null);
create table counted_loop (
  execution_id bigint not null,
  step text not null,
  total integer not null,
  done integer not null,
  failed integer not null
);

-- What the harness did to the system: when, and when what it hit was up again. With a worker's name
-- and the process that came up under it, or to all.
create table fault (
  kind text not null,
  worker text,
  process text,
  hit_at timestamptz not null,
  up_at timestamptz not null
);

create view planned_item as
select p.execution_id, p.step, i.iter_index, p.is_retried, i.iter_index = any(p.failing) as is_failing
from planned_step as p
cross join generate_series(
  case when p.item_count is null then -1 else 0 end, coalesce(p.item_count - 1, -1)
) as i (iter_index);

create view is_over as
select r.execution_id from run_status as r
where r.status in ('completed', 'failed', 'cancelled');

create view lost as
select 'recorded without an effect' as reason, r.execution_id, r.step, r.iter_index
from logged as r
inner join planned_item as p using (execution_id, step, iter_index)
where
  r.kind = 'command' and (r.is_ok or p.is_failing)
  and not exists (
    select from effect as e
    where
      (e.execution_id, e.step, e.iter_index, e.issue)
      = (r.execution_id, r.step, r.iter_index, r.issue)
  )
union all
select 'run ended without it', p.execution_id, p.step, p.iter_index
from planned_item as p
inner join is_over as o using (execution_id)
where not exists (
  select from effect as e
  where (e.execution_id, e.step, e.iter_index) = (p.execution_id, p.step, p.iter_index)
)
union all
select 'run ended, never recorded', p.execution_id, p.step, p.iter_index
from planned_item as p
inner join is_over as o using (execution_id)
where not exists (
  select from logged as r
  where
    (r.execution_id, r.step, r.iter_index) = (p.execution_id, p.step, p.iter_index)
    and r.kind = case when p.iter_index < 0 then 'command' else 'item' end
)
union all
select 'loop ended with another total', l.execution_id, l.step, l.total
from counted_loop as l
inner join planned_step as p using (execution_id, step)
where l.total <> p.item_count
union all
select 'start was confirmed, no such run', p.execution_id, p.step, null
from planned_step as p
where not exists (select from run_status as r where r.execution_id = p.execution_id)
union all
-- Which reports of a batch were the late ones a worker is not told: the log must hold as many as
-- were said to be recorded.
select 'confirmed, not in the log', null, min(c.process || ' ' || c.command_id), c.batch
from confirmation as c
where not exists (
  select from logged as r
  where r.kind = 'command' and r.command_id = c.command_id and r.started_at = c.started_at
)
group by c.process, c.batch
having count(*) > min(c.late);

-- When each item was first over and confirmed. A failure that the loop runs again is not the end.
create view confirmed_item as
select c.execution_id, c.step, c.iter_index, min(f.confirmed_at) as confirmed_at
from confirmation as f
inner join (
  select distinct c.process, c.command_id, c.execution_id, c.step, c.iter_index from claim as c
) as c using (process, command_id)
left join planned_step as p using (execution_id, step)
where
  (f.is_ok or not coalesce(p.is_retried, false))
  and (
    f.late = 0
    or exists (
      select from logged as r
      where r.kind = 'command' and r.command_id = f.command_id and r.started_at = f.started_at
    )
  )
group by c.execution_id, c.step, c.iter_index;

-- Each run with when it was asked for. A run that was under way (given to a worker that was then
-- stopped, say) when another was confirmed may end later: that is not running it again.
create view asked_effect as
select e.*, c.asked_at
from effect as e
left join lateral (
  select max(c.asked_at) as asked_at
  from claim as c
  where
    (c.execution_id, c.step, c.iter_index, c.issue, c.process)
    = (e.execution_id, e.step, e.iter_index, e.issue, e.process)
    and c.asked_at <= e.ended_at
) as c on true;

create view doubled as
select 'run again after it was confirmed' as reason, e.execution_id, e.step, e.iter_index
from asked_effect as e
inner join confirmed_item as f using (execution_id, step, iter_index)
where e.asked_at > f.confirmed_at
union all
select 'given out again after it was confirmed', c.execution_id, c.step, c.iter_index
from claim as c
inner join confirmed_item as f using (execution_id, step, iter_index)
where c.asked_at > f.confirmed_at
union all
select 'recorded twice', r.execution_id, r.step, r.iter_index
from logged as r
where r.kind = 'item' or r.kind = 'command' and r.is_ok
group by r.kind, r.execution_id, r.step, r.iter_index
having count(*) > 1
union all
select 'command recorded twice', r.execution_id, r.step, r.iter_index
from logged as r
where r.kind = 'command'
group by r.command_id, r.execution_id, r.step, r.iter_index
having count(*) > 1
union all
select 'issued again after it was recorded', i.execution_id, i.step, i.iter_index
from logged as i
inner join logged as r using (execution_id, step, iter_index)
where i.kind = 'issued again' and r.kind = 'command' and r.is_ok and i.issue > r.issue
union all
select 'more children than items', p.execution_id, p.step, null
from planned_step as p
where p.is_calling and p.item_count < (
  select count(*) from run_status as r where r.parent_execution_id = p.execution_id
)
union all
select 'loop ended twice', r.execution_id, r.step, null
from logged as r
where r.kind = 'loop end'
group by r.execution_id, r.step
having count(*) > 1
union all
select 'counted more than recorded', l.execution_id, l.step, null
from counted_loop as l
where l.done + l.failed > (
  select count(*) from logged as r
  where r.kind = 'item' and (r.execution_id, r.step) = (l.execution_id, l.step)
);

create view stuck as
select r.execution_id, r.status from run_status as r
where r.status not in ('completed', 'failed', 'cancelled');

-- What nobody has lost and what should not be all the same.
create view unexpected as
select 'run ' || r.status as reason, r.execution_id, null as step, null::integer as iter_index
from run_status as r
where r.status in ('failed', 'cancelled')
union all
select 'item failed', r.execution_id, r.step, r.iter_index
from logged as r
inner join planned_item as p using (execution_id, step, iter_index)
where r.kind = case when p.iter_index < 0 then 'command' else 'item' end
  and not r.is_ok and not p.is_failing
union all
select 'item did not fail', r.execution_id, r.step, r.iter_index
from logged as r
inner join planned_item as p using (execution_id, step, iter_index)
where r.kind = 'item' and r.is_ok and p.is_failing
union all
select 'run by a process that was not given it', e.execution_id, e.step, e.iter_index
from asked_effect as e
where e.asked_at is null
union all
select 'left behind: ' || l.what, l.execution_id, l.name, null
from left_behind as l;

-- From when it was up again until a report that was sent later was recorded: by the worker, or by
-- any. Null when another fault that concerns it was there meanwhile, or no work was left.
create view resumption as
select
  f.kind, f.process, f.up_at, r.recorded_at,
  case
    when not exists (
      select from fault as g
      where
        g.up_at > f.up_at and g.hit_at < r.recorded_at
        and (g.worker is null or g.worker = f.worker)
    )
      then extract(epoch from r.recorded_at - f.up_at)
  end as seconds
from fault as f
left join lateral (
  select c.confirmed_at as recorded_at
  from confirmation as c
  where
    c.recorded > 0 and c.sent_at >= f.up_at and (f.process is null or c.process = f.process)
  order by c.sent_at
  limit 1
) as r on true;
