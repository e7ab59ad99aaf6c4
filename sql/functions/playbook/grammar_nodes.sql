-- The mappings of a playbook and their keys, in the notation of docs/playbooks.md (below the tool
-- kinds' own): key, "!" must be there, "-" read without effect, ">x" older spelling of x, then
-- types: =a,b literal values, [t] list of t, ">t" older form. Locks: none. Never raises.
create or replace function noetl_internal.grammar_nodes()
returns table (node text, keys text)
language sql immutable parallel safe
as $function$
  values
  ('document', 'apiVersion:=noetl.io/v2 kind:=Playbook metadata!:metadata keychain:[keychain]
    executor:executor workload:map workflow!:[step] workbook:[workbook] tracing-:any assert-:any'),
  ('metadata', 'name:name path:name version:scalar description:text labels:map tags-:any'),
  ('keychain', 'name!:name kind:text *:any'),
  ('executor', 'spec:executor_spec profile-:any version-:any requires-:any'),
  ('workbook_entry', 'name!:name tool:tool desc:text description:text input:map|template'),
  ('step', 'step!:name desc:text description>desc:text spec:step_spec input:map|template
    args>input:map|template loop:loop tool:tool|[task] next:next|>[arc/>name]|>name output:any
    output_select:list'),
  ('step_spec', 'timeout:seconds|template max_attempts:attempts join:=any,all pool:name
    loop_mode:=sequential,parallel,fanout,cursor fanout:fanout policy:step_policy
    result:result max_in_flight:positive|template
    mode:=sequential,parallel,cursor,exclusive,inclusive frame:frame concurrency:concurrency'),
  ('concurrency', 'key!:text limit!:positive|template'),
  ('executor_only', 'entry_step:name final_step:name no_next_is_error:bool priority:digit'),
  ('fanout', 'max_shard_retries:natural allow_partial:bool fail_fast:bool max_failures:share
    key:text|list|map'),
  ('step_policy', 'admit:admit rules:[rule]'),
  ('admit', 'rules:[admit_rule] mode-:any'),
  ('admit_rule', 'when:condition cond>when:condition then:admit_action else:admit_else
    allow>then.allow:bool discard>then.discard:bool'),
  ('admit_action', 'allow:bool discard:bool'),
  ('admit_else', 'then:admit_action allow:bool discard:bool'),
  ('loop', 'in:any iterator:name cursor:cursor spec:loop_spec'),
  ('cursor', 'kind!:=postgres auth:text|map credential:text claim!:text
    params:map|list|template pool:map iterator:name'),
  ('frame', 'max_rows:rows|template max_seconds:seconds|template lease_seconds:seconds|template
    process:=row,frame|template'),
  ('loop_spec', 'mode:=sequential,parallel,cursor max_in_flight:positive|template
    policy:=fail_fast,best_effort|loop_policy iterator>loop.iterator:name frame:frame'),
  ('loop_policy', 'exec-:any'),
  ('next', 'spec:next_spec arcs:[arc/>name]'),
  ('next_spec', 'mode:=exclusive,inclusive'),
  ('arc', 'step!:name when:condition cond>when:condition on:=call.partial desc:text
    input:map|template args>input:map|template spec:arc_spec'),
  ('arc_spec', 'mode:=sequential,parallel max_in_flight:positive'),
  ('sets', 'set:map set_ctx>set:map set_iter>set:map vars>set:map'),
  ('tool_policy', 'rules:[rule]'),
  ('rule', 'when:condition cond>when:condition then:action else:else_action do>then.do:any
    attempts>then.attempts:any backoff>then.backoff:any delay>then.delay:any to>then.to:any
    message>then.message:any'),
  ('else_action', 'then:action'),
  ('action', 'do:=continue,retry,jump,break,fail attempts:attempts|template
    backoff:=none,fixed,linear,exponential delay:delay|template to:name message:text'),
  ('result', 'store:=auto,eventlog,db,pvc,minio,s3,gcs,kv,object select:[select/name]
    format:=json,ndjson,parquet,arrow scope:=step,execution,workflow,permanent ttl:duration
    compression:=none,gzip,zstd,snappy,lz4'),
  ('select', 'path!:text as:text'),
  ('iterator', 'items!:any item:name'),
  ('transfer_source', 'type!:=postgres,duckdb,file,s3,minio,gcs,ref,http|template
    auth:text|map credential:text query:text table:text schema:text params:any key:text
    database:text path:text uri:text ref:text format:=csv,json,ndjson,parquet|template
    url:text endpoint:text method:text headers:map|template json:any body:any
    timeout:seconds|template verify_ssl:bool|template follow_redirects:bool|template'),
  ('transfer_target', 'type!:=postgres,duckdb,file,s3,minio,gcs,store,http|template
    auth:text|map credential:text table:text schema:text mapping:map|template key:text|list
    database:text path:text uri:text format:=csv,ndjson,parquet|template
    url:text endpoint:text method:text params:any headers:map|template
    timeout:seconds|template verify_ssl:bool|template follow_redirects:bool|template')
$function$;

comment on function noetl_internal.grammar_nodes()
is 'The mappings of a playbook and their keys.';
