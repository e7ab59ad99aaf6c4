-- The five fields of a cron expression, in lower case; those that a nickname stands for.
-- Raises: NE422 for an unknown nickname, or another number of fields.
create or replace function noetl_internal.expand_cron(p_cron text)
returns text[]
language plpgsql immutable parallel safe
as $function$
declare
  v_nicknames jsonb := '{
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *"
  }'::jsonb;
  v_text text := lower(btrim(coalesce(p_cron, ''), E' \t\r\n'));
  v_fields text[];
begin
  if length(v_text) > 1000 then
    perform noetl_internal.raise_cron(
      p_cron, null, 'it has more than 1000 characters', 'Use ranges and steps.'
    );
  elsif v_text like '@%' and not v_nicknames ? v_text then
    perform noetl_internal.raise_cron(
      p_cron, null, 'there is no such nickname',
      'Known: @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually.'
    );
  end if;
  v_fields := regexp_split_to_array(
    coalesce(v_nicknames ->> v_text, nullif(v_text, '')), '\s+'
  );
  if coalesce(cardinality(v_fields), 0) <> 5 then
    perform noetl_internal.raise_cron(
      p_cron, null, format('it has %s fields, not 5', coalesce(cardinality(v_fields), 0)),
      'Give minute, hour, day of month, month and day of week: 30 2 * * mon-fri.'
    );
  end if;
  return v_fields;
end;
$function$;

comment on function noetl_internal.expand_cron(text)
is 'The five fields of a cron expression.';
