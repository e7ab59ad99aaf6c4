"""Register, list, show and check playbooks."""

from __future__ import annotations

import json
from pathlib import Path

import click

from noetl_shell import calls
from noetl_shell.cli import output
from noetl_shell.cli.options import database_option, json_option
from noetl_shell.cli.register import register_file, split_version
from noetl_shell.database import Connection
from noetl_shell.documents import DocumentError, read_document
from noetl_shell.errors import InputError
from noetl_shell.target import Target


@click.group()
def playbook() -> None:
    """Register, list and show playbooks."""


@playbook.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=Path)
@json_option
@database_option
def register(target: Target, files: tuple[Path, ...], as_json: bool) -> None:
    """Register playbooks: all of the files, or none if one is bad.

    Known content gives the version it has.
    """
    with target.open() as conn, conn.transaction():
        done = [(file, register_file(conn, file)) for file in files]
    if as_json:
        output.print_json([registered for _, registered in done])
        return
    for file, registered in done:
        word = "registered" if registered.created else "unchanged"
        print(f"{registered.path}@{registered.version} {word} ({file})")


@playbook.command(name="list")
@json_option
@database_option
def list_(target: Target, as_json: bool) -> None:
    """List the registered playbooks, each in its latest version."""
    with target.open() as conn:
        found = calls.list_playbooks(conn)
    if as_json:
        output.print_json(found)
        return
    output.print_table(
        ("path", "version", "registered", "description"),
        (
            (item.path, item.version, output.when(item.created_at), item.description)
            for item in found
        ),
    )


@playbook.command()
@click.argument("name", metavar="PATH[@VERSION]")
@json_option
@database_option
def show(target: Target, name: str, as_json: bool) -> None:
    """Print a registered playbook as YAML, or JSON.

    The order of keys is the database's: it is not kept.
    """
    path, version = split_version(name)
    with target.open() as conn:
        document = calls.read_playbook(conn, path=path, version=version)
    if document is None:
        raise InputError(
            f'no playbook is registered as "{name}"', hint="See: noetl playbook list"
        )
    if as_json:
        output.print_json(document)
        return
    import yaml

    text = yaml.safe_dump(document.content, sort_keys=False, allow_unicode=True)
    print(text, end="")


@playbook.command()
@click.argument("file", metavar="FILE", type=Path)
def sql(file: Path) -> None:
    """Print the SQL statement that registers a playbook, for psql."""
    text = json.dumps(read_document(file).value, ensure_ascii=False, indent=2)
    quote = "$json$"
    while quote in text:
        quote = f"{quote[:-1]}_$"
    argument = f"{quote}{text}{quote}::jsonb"
    print("select * from noetl.register_playbook(", argument, ");", sep="")


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=Path)
@click.option("--strict", is_flag=True, help="Unknown keys are errors.")
@json_option
@database_option
def lint(target: Target, files: tuple[Path, ...], strict: bool, as_json: bool) -> int:
    """Check playbooks without registering them; every problem with its line.

    Exits with 2 if there is an error. --json prints a list of problems.
    """
    with target.open() as conn:
        found = [item for file in files for item in _check(conn, file, strict)]
    if as_json:
        output.print_json([entry for _, entry in found])
    else:
        for line, _ in found:
            print(line)
    return 2 if any(entry["severity"] == "error" for _, entry in found) else 0


def _check(
    conn: Connection, file: Path, strict: bool
) -> list[tuple[str, dict[str, object]]]:
    """A file's problems, as lines and as objects."""
    try:
        document = read_document(file)
    except DocumentError as exc:
        line, column = exc.place or (None, None)
        where = f"{file}:{line}:{column}" if exc.place else str(file)
        entry = {"file": str(file), "line": line, "column": column}
        entry |= {"severity": "error", "path": "", "message": exc.reason}
        return [(f"{where}: error: {exc.reason}", {**entry, "hint": exc.hint})]
    problems = calls.lint_playbook(conn, content=document.value, strict=strict)
    return [
        (output.problem_line(document, item), output.problem_json(document, item))
        for item in output.by_place(document, problems)
    ]
