-- Check that a document says how many of what: {name: whole number from 0}, null included.
-- Raises: NE422.
create or replace function noetl_internal.require_counts(
  p_counts jsonb,
  p_what text
)
returns void
language plpgsql immutable
as $function$
begin
  if p_counts is null then
    return;
  end if;
  if
    jsonb_typeof(p_counts) <> 'object'
    or jsonb_path_exists(p_counts, 'strict $.* ? (@.type() != "number")')
    or exists (
      select from jsonb_each_text(p_counts) as c
      where c.value !~ '^[0-9]{1,9}$'
    )
  then
    raise exception '% must be an object of whole numbers from 0', p_what using
      errcode = 'NE422', hint = 'Pass such as {"duckdb": 1, "python": 4}.';
  end if;
end;
$function$;

comment on function noetl_internal.require_counts(jsonb, text)
is 'Check that a document says how many of what.';
