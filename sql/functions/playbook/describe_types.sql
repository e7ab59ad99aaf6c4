-- How a message calls the types that a place may hold.
-- Locks: none. Never raises.
create or replace function noetl_internal.describe_types(
  p_grammar jsonb,
  p_types text []
)
returns text
language plpgsql immutable parallel safe
as $function$
begin
  return (
    select string_agg(distinct t.title, ' or ')
    from (
      select
        case
          when left(n.type, 1) = '='
            then 'one of ' || replace(substr(n.type, 2), ',', ', ')
          when left(n.type, 1) = '[' then 'a list'
          when p_grammar -> 'types' ? n.type then p_grammar -> 'types' -> n.type ->> 2
          else 'a mapping'
        end as title
      from unnest(p_types) as n (type)
      where n.type !~ '^>'
    ) as t
  );
end;
$function$;

comment on function noetl_internal.describe_types(jsonb, text [])
is 'How a message calls the types that a place may hold.';
