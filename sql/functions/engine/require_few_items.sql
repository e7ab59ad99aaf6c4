-- Refuse to gather the results of a large loop into one value.
-- Raises: NE464 when there are more than the setting loop_inline_max.
create or replace function noetl_internal.require_few_items(p_variable noetl.variable)
returns void
language plpgsql stable
as $function$
begin
  if
    (p_variable.value ->> 'total')::integer > noetl_internal.setting_integer('loop_inline_max')
  then
    raise exception 'the % results of step "%" are too many for an expression of the engine',
      p_variable.value ->> 'total', p_variable.name
    using errcode = 'NE464', hint = 'Loop over them, or read them in a tool.';
  end if;
end;
$function$;

comment on function noetl_internal.require_few_items(noetl.variable)
is 'Refuse to gather the results of a large loop into one value.';
