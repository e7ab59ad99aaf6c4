-- Whether a parsed report needs a closer look (report_problem): something is missing, unknown, or
-- over a limit.
create or replace function noetl_internal.is_suspect(p_report noetl_internal.report)
returns boolean
language sql immutable parallel safe
as $function$
  select
    p_report.execution_id is null or p_report.command_id is null or p_report.session_id is null
    or coalesce(p_report.event_type, '')
    not in ('command.completed', 'command.failed', 'command.heartbeat', 'call.partial')
    or coalesce(jsonb_typeof(p_report.result), 'object') <> 'object'
    or p_report.result - array['status', 'reference', 'context'] <> '{}'
    or coalesce(octet_length(p_report.result::text) > 8000, false)
    or coalesce(octet_length(p_report.error::text) > 8000, false)
    or coalesce(octet_length(p_report.ctx::text) > 32000, false)
    or coalesce(octet_length(p_report.meta::text) > 2000, false)
    or jsonb_typeof(p_report.meta) <> 'object'
    or coalesce(jsonb_typeof(p_report.error), 'object') <> 'object'
    or coalesce(jsonb_typeof(p_report.ctx), 'object') <> 'object'
    or p_report.event_type = 'call.partial'
    and noetl_internal.chunk_problem(p_report.meta) is not null
    or p_report.frame is not null
    and noetl_internal.frame_problem(p_report.frame) is not null
$function$;

comment on function noetl_internal.is_suspect(noetl_internal.report)
is 'Whether a parsed report needs a closer look.';
