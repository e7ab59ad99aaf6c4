-- The tool kinds and their options, in the notation of grammar_nodes; no options: a kind without a
-- driver here.
-- Locks: none. Never raises.
create or replace function noetl_internal.grammar_tools()
returns table (kind text, keys text)
language sql immutable parallel safe
as $function$
  values
  ('noop', 'result:any'),
  ('python', 'code:text libs:any script:any'),
  ('postgres', 'auth:text|map credential:text command:text query:text params:map|list|template
    pool:map script:any chunk_size:positive|template'),
  ('http', 'method:text url:text endpoint:text params:any headers:any json:any payload:any body:any
    form:any data:any auth:text|map credential:text verify_ssl:bool|template
    follow_redirects:bool|template chunk_size:positive|template'),
  ('duckdb', 'query:text|list command:text|list commands:text|list database:text params:any
    auth:text|map credential:text chunk_size:positive|template'),
  ('shell', 'cmds:text|list command:text|list env:any cwd:text'),
  ('playbook', 'path:text payload:any return_step:text retry:any'),
  ('workbook', 'task!:name'),
  ('wait', 'until:text duration:seconds|text signal:text timeout:seconds|text'),
  ('artifact', 'action:=get,put|template ref:any result_ref:any data:any text:text path:text
    content_type:text store:=auto,db,pvc,minio,s3,gcs,kv,object|template'),
  ('resolve', 'ref:any result_ref:any path:text'),
  ('transfer', 'source:transfer_source|template target:transfer_target|template
    mode:=append,replace,upsert|template chunk_size:positive|template progress_table:text'),
  ('nats', null), ('script', null), ('container', null), ('snowflake', null), ('ducklake', null),
  ('subscription', null), ('agent', null)
$function$;

comment on function noetl_internal.grammar_tools()
is 'The tool kinds and their options.';
