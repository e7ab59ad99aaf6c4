-- Who may call what, by hand: a re-deploy keeps old grants, so only the catalog tells the truth.
-- Registering and starting is running code with credentials, so the roles are apart.
begin;
select plan(2);

create temporary table expected as
select m[1] as function, m[2] <> '.' as author, m[3] <> '.' as runner, m[4] <> '.' as operator,
  m[5] <> '.' as worker, m[6] <> '.' as reader
from regexp_split_to_table($matrix$
  register_playbook    author  .       .         .       .
  lint_playbook        author  runner  operator  .       reader
  put_credential       author  .       .         .       .
  remove_credential    author  .       .         .       .
  list_credentials     author  runner  .         .       .
  list_sealed_credentials .    .       .         .       .
  reseal_credential    .       .       .         .       .
  list_playbooks       author  runner  .         .       reader
  start_execution      .       runner  .         worker  .
  put_schedule         .       runner  .         .       .
  remove_schedule      .       runner  operator  .       .
  pause_schedule       .       runner  operator  .       .
  resume_schedule      .       runner  operator  .       .
  list_schedules       .       runner  operator  .       reader
  execution_status     .       runner  operator  worker  reader
  list_executions      .       runner  operator  .       reader
  list_events          .       .       operator  .       reader
  find_command         .       .       operator  .       reader
  list_results         .       runner  operator  .       reader
  find_result          .       .       operator  .       reader
  find_step_result     .       .       operator  .       reader
  trace                .       .       operator  .       reader
  list_workers         .       runner  operator  .       reader
  list_shards          .       runner  operator  .       reader
  projection_lag       .       runner  operator  worker  reader
  metrics              .       .       operator  worker  reader
  cancel_execution     .       .       operator  worker  .
  rebuild              .       .       operator  .       .
  rebuild_execution_projection .  .    operator  .       .
  rebuild_projection   .       .       operator  .       .
  pause_execution      .       .       operator  .       .
  resume_execution     .       .       operator  .       .
  retry_execution      .       .       operator  .       .
  signal_execution     .       runner  operator  .       .
  api_version          author  runner  operator  worker  reader
  add_api_token        .       .       .         .       .
  revoke_api_token     .       .       operator  .       .
  list_api_tokens      .       .       operator  .       .
  check_api_token      .       .       .         worker  .
  wake_runs            .       .       .         worker  .
  issue_commands       .       .       operator  .       .
  issue_command        .       .       operator  .       .
  register_session     .       .       .         worker  .
  end_session          .       .       .         worker  .
  heartbeat            .       .       .         worker  .
  claim_commands       .       .       .         worker  .
  release_commands     .       .       .         worker  .
  record_events        .       .       .         worker  .
  record_shard         .       .       .         worker  .
  exchange             .       .       .         worker  .
  unknown_executions   .       .       .         worker  .
  park_message         .       .       .         worker  .
  list_dead_letters    .       .       operator  .       reader
  retry_dead_letters   .       .       operator  .       .
  discard_dead_letters .       .       operator  .       .
  stream_state         .       .         .       worker  .
  record_results       .       .       .         worker  .
  read_context         .       .       .         worker  .
  read_credential      .       .       .         worker  .
  read_items           .       .       .         worker  .
  read_result          .       .       .         worker  .
  read_step            .       .       .         worker  .
  store_items          .       .       .         worker  .
  read_results         .       .       .         worker  .
  expire_results       .       .       .         worker  .
  unknown_objects      .       .       .         worker  .
  child_status         .       .       .         worker  .
  claim_loop_done      .       .       .         worker  .
  reap_stale           .       .       .         worker  .
  advance_changes      .       .       .         worker  .
  expand_loops         .       .       .         worker  .
  fire_schedules       .       .       .         worker  .
  raise_floor          .       .       .         worker  .
  due_work             .       .       .         worker  .
  register_dispatcher  .       .       .         worker  .
  take_publications    .       .       .         worker  .
  confirm_publications .       .       .         worker  .
  project_changes      .       .       .         worker  .
  project_shards       .       .       .         worker  .
  project_shard        .       .       .         worker  .
  maintain_partitions  .       .       operator  worker  .
  partitions_ahead     .       .       operator  worker  reader
  retain               .       .       operator  worker  .
  retention_plan       .       .       operator  .       reader
$matrix$, '\n') as line
cross join regexp_match(line, '(\w+) +(\S+) +(\S+) +(\S+) +(\S+) +(\S+)') as m
where m is not null;

create temporary table actual as
select p.proname::text as function,
  has_function_privilege('noetl_author', p.oid, 'execute') as author,
  has_function_privilege('noetl_runner', p.oid, 'execute') as runner,
  has_function_privilege('noetl_operator', p.oid, 'execute') as operator,
  has_function_privilege('noetl_worker', p.oid, 'execute') as worker,
  has_function_privilege('noetl_reader', p.oid, 'execute') as reader
from pg_proc as p
where p.pronamespace = 'noetl'::regnamespace;

select is_empty('table actual except table expected', 'no role may call more than the matrix says');
select is_empty('table expected except table actual', 'no role may call less than the matrix says');

select * from finish();
rollback;
