-- Of the tool kinds that a claim says something about, which have any room.
create or replace function noetl_internal.open_kinds(p_room jsonb)
returns jsonb
language sql immutable parallel safe
as $function$
  select jsonb_object_agg(r.key, r.value <> '0') from jsonb_each_text(p_room) as r (key, value)
$function$;

comment on function noetl_internal.open_kinds(jsonb)
is 'Of the tool kinds that a claim says something about, which have any room.';
