-- Refuse to start a playbook whose static credentials are missing, or not granted to the starter.
-- Raises: NE424 naming the missing ones, NE403 naming those the starter may not use.
create or replace function noetl_internal.check_credentials(
  p_names jsonb,
  p_starter name
)
returns void
language plpgsql stable
as $function$
declare
  v_missing text;
  v_refused text;
begin
  select
    string_agg(n.name, ', ' order by n.name) filter (where c.name is null),
    string_agg(n.name, ', ' order by n.name)
    filter (where not noetl_internal.may_use_credential(n.name, p_starter))
  into v_missing, v_refused
  from jsonb_array_elements_text(coalesce(p_names, '[]')) as n (name)
  left join noetl.credential as c on c.name = n.name;
  if v_missing is not null then
    raise exception 'unknown credential: %', v_missing using
      errcode = 'NE424', hint = 'Define it: noetl credential add NAME --kind KIND …';
  elsif v_refused is not null then
    raise exception 'role % may not use credential: %', p_starter, v_refused using
      errcode = 'NE403', hint = 'Ask its owner to grant it: insert into noetl.credential_grant.';
  end if;
end;
$function$;

comment on function noetl_internal.check_credentials(jsonb, name)
is 'Refuse to start a playbook whose credentials are missing or not granted.';
