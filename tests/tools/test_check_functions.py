"""The checker accepts the house style's example and finds each break of a rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.check_functions import SCHEMAS, check_all, check_text

GOOD = """\
-- Store the outcome of a command. True the first time, false for a repeat.
-- Locks: the command row. Raises: NE409 when this lease is not the owner.
create or replace function noetl.finish_command(
  p_command_id bigint,
  p_outcome text default coalesce(null, 'a, (b'),
  out accepted boolean
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
begin
  raise exception 'command % is not leased; raise exception', p_command_id using
    errcode = 'NE409', hint = 'Drop the result.';
end;
$function$;

comment on function noetl.finish_command(bigint, text) is 'Store an outcome.';
revoke all on function noetl.finish_command(bigint, text) from public;
grant execute on function noetl.finish_command(bigint, text) to noetl_worker;
"""
API = Path("sql/functions/api/finish_command.sql")


def messages(text: str, path: Path = API) -> list[str]:
    return [message for _, message in check_text(path, text)]


def test_good_function_has_no_findings() -> None:
    assert messages(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("finish_command(\n", "finish_commands(\n", "belongs in its own file"),
        ("function noetl.", "function noetl_internal.", "are in schema noetl"),
        ("begin\n", "begin\n" + "  null;\n" * 60, "body of 65 lines"),
        (" security definer", "", "an API function is security definer"),
        ("set search_path = pg_catalog, pg_temp", "set search_path = ''", "needs: set"),
        ("errcode = 'NE409', ", "", "raise exception without errcode"),
        ("'NE409', hint", "'P0001', hint", "errcode P0001"),
        ("'NE409', hint", "'NE000', hint", "errcode NE000"),
        ("p_outcome", "outcome", "argument outcome is not named p_outcome"),
        ("#variable_conflict use_column\n", "", "#variable_conflict use_column"),
        ("-- Locks: the command row. Raises:", "-- Fails with", "Locks: and Raises:"),
        ("comment on function", "-- comment on function", "no 'comment on function'"),
        ("revoke all", "-- revoke all", "no 'revoke all … from public'"),
        ("grant execute", "-- grant execute", "no 'grant execute'"),
        ("  p_command_id", "\tp_command_id", "a tab"),
        ("-- Store", f"-- {'x' * 100}\n-- Store", "103 columns, at most 100"),
        ("begin\n", "begin \n", "blanks at the end"),
        ("$function$\n#", "$$\n#", "no body between"),
        ("comment on", "drop table x;\ncreate table y ();\ncomment on", None),
    ],
)
def test_each_break_is_found(old: str, new: str, expected: str | None) -> None:
    assert old in GOOD
    found = messages(GOOD.replace(old, new))
    if expected is None:
        assert found == []
    else:
        assert any(expected in message for message in found), found


def test_two_functions_in_a_file_are_found() -> None:
    assert messages(GOOD + GOOD) == ["2 functions made, one per file"]


def test_definer_outside_the_api_is_found() -> None:
    text = GOOD.replace("noetl.finish", "noetl_internal.finish")
    path = Path("sql/functions/engine/finish_command.sql")
    assert messages(text, path) == ["security definer belongs in api/ only"]


def test_unknown_folder_is_found() -> None:
    found = messages(GOOD, Path("sql/functions/misc/finish_command.sql"))
    assert f"no folder for functions: misc; use {', '.join(SCHEMAS)}" in found


def test_findings_name_the_line() -> None:
    text = GOOD.replace("errcode = 'NE409', ", "")
    assert list(check_text(API, text)) == [(13, "raise exception without errcode")]


def test_file_missing_from_the_manifest_is_found(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api/finish_command.sql").write_text(GOOD)
    manifest = tmp_path / "install.sql"
    manifest.write_text("-- nothing yet\n")
    assert [f.split(": ", 1)[1] for f in check_all(manifest)] == [
        "in no manifest (install.sql)"
    ]
    manifest.write_text("\\ir api/finish_command.sql\n" * 2)
    assert [f.split(": ", 1)[1] for f in check_all(manifest)] == ["included 2 times"]
    manifest.write_text("\\ir api/finish_command.sql\n")
    assert list(check_all(manifest)) == []
