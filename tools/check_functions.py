"""Check the files under ``sql/functions`` for what no linter sees inside bodies.

One function per file, named and placed as its file; a short body; a pinned path where
it runs as its owner; an errcode on each raise; a contract comment, a catalog comment
and grants; every file in the manifest. CONTRIBUTING.md says why.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.flatten_sql import BUNDLE, MANIFEST, ROOT, ManifestError, included_files

MAX_BODY_LINES: Final = 60
MAX_COLUMNS: Final = 100
PINNED_PATH: Final = "set search_path = pg_catalog, pg_temp"
SCHEMAS: Final = {
    "api": "noetl",
    "engine": "noetl_internal",
    "expression": "noetl_internal",
    "metric": "noetl_internal",
    "playbook": "noetl_internal",
    "retention": "noetl_internal",
    "schedule": "noetl_internal",
}

_CREATE = re.compile(
    r"^create or replace (?P<kind>function|procedure)"
    r" (?P<schema>\w+)\.(?P<name>\w+)\s*\(",
    re.MULTILINE,
)
_BODY = re.compile(r"^as \$function\$\n(?P<body>.*?)\n\$function\$", re.DOTALL | re.M)
_STRING_OR_COMMENT = re.compile(r"'(?:[^']|'')*'|--[^\n]*")
_RAISE = re.compile(r"\braise\s+exception\b[^;]*;", re.IGNORECASE)
_ERRCODE = re.compile(r"\berrcode\s*=\s*('(?P<code>[^']*)'|\w+)")
_PARAMETER = re.compile(r"(?:(?P<mode>inout|out|in|variadic)\s+)?(?P<name>\w+)")

Finding = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Source:
    """A function file, taken apart."""

    path: Path
    text: str
    create: re.Match[str]
    declaration: str
    body: str
    body_line: int

    @property
    def folder(self) -> str:
        """The folder, which decides the schema and who may call it."""
        return self.path.parent.name

    @property
    def qualified_name(self) -> str:
        """The function's name with its schema."""
        return f"{self.create['schema']}.{self.create['name']}"

    @property
    def line(self) -> int:
        """The line of ``create``."""
        return line_of(self.text, self.create.start())


def line_of(text: str, position: int) -> int:
    """Return the 1-based line of a position."""
    return text.count("\n", 0, position) + 1


def blanked(text: str) -> str:
    """Return the text with strings and comments blanked out, every position kept."""
    return _STRING_OR_COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def check_lines(text: str) -> Iterator[Finding]:
    """Find tabs, long lines and blanks at line ends."""
    for number, line in enumerate(text.splitlines(), start=1):
        if "\t" in line:
            yield number, "a tab: indent by two spaces"
        if len(line) > MAX_COLUMNS:
            yield number, f"{len(line)} columns, at most {MAX_COLUMNS}"
        if line != line.rstrip():
            yield number, "blanks at the end of the line"


def check_place(source: Source) -> Iterator[Finding]:
    """The file's place and name say what it holds."""
    if source.create["name"] != source.path.stem:
        yield source.line, f"{source.qualified_name} belongs in its own file"
    expected = SCHEMAS.get(source.folder)
    if expected is None:
        yield 1, f"no folder for functions: {source.folder}; use {', '.join(SCHEMAS)}"
    elif source.create["schema"] != expected:
        yield source.line, f"functions in {source.folder}/ are in schema {expected}"


def check_length(source: Source) -> Iterator[Finding]:
    """A long body is two ideas."""
    lines = source.body.count("\n") + 1
    if lines > MAX_BODY_LINES:
        yield (
            source.body_line,
            f"body of {lines} lines, at most {MAX_BODY_LINES}: split it",
        )


def check_security(source: Source) -> Iterator[Finding]:
    """API functions, and only they, run as their owner, with a pinned path."""
    definer = "security definer" in source.declaration
    if definer and source.folder != "api":
        yield source.line, "security definer belongs in api/ only"
    if not definer and source.folder == "api":
        yield source.line, "an API function is security definer: callers own no tables"
    if definer and PINNED_PATH not in source.declaration:
        yield (
            source.line,
            f"security definer needs: {PINNED_PATH}",
        )


def check_raises(source: Source) -> Iterator[Finding]:
    """Callers match codes, never texts."""
    for match in _RAISE.finditer(blanked(source.body)):
        line = source.body_line + source.body.count("\n", 0, match.start())
        statement = source.body[match.start() : match.end()]
        errcode = _ERRCODE.search(statement)
        if errcode is None:
            yield line, "raise exception without errcode"
        elif (code := errcode["code"]) is not None and not is_own_code(code):
            yield line, f"errcode {code}: ours are NE001 to NE999 but not NE000"


def is_own_code(code: str) -> bool:
    """Tell whether a SQLSTATE is of class NE; those ending in 000 name a class."""
    return re.fullmatch(r"NE[0-9A-Z]{3}", code) is not None and not code.endswith("000")


def check_parameters(source: Source) -> Iterator[Finding]:
    """``p_`` arguments; OUT columns never clash with columns of tables."""
    for parameter in parameters(source):
        match = _PARAMETER.match(parameter)
        if match is None or match["mode"] == "out" or match["name"].startswith("p_"):
            continue
        yield source.line, f"argument {match['name']} is not named p_{match['name']}"
    has_columns = re.search(r"\breturns\s+table\b|\bout\s+\w", source.declaration)
    if (
        has_columns
        and "language plpgsql" in source.declaration
        and not source.body.startswith("#variable_conflict use_column")
    ):
        yield source.body_line, "OUT columns: begin with #variable_conflict use_column"


def parameters(source: Source) -> list[str]:
    """Return the declared arguments, split at commas outside parentheses."""
    text = blanked(source.declaration[source.declaration.index("(") + 1 :])
    depth, found = 0, [""]
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            break
        if character == "," and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return [parameter.strip() for parameter in found if parameter.strip()]


def check_comments(source: Source) -> Iterator[Finding]:
    """The contract stands above the function, one sentence of it in the catalog."""
    above = source.text[: source.create.start()].splitlines()
    contract = [line for line in above if line.startswith("--")]
    if not contract or len(contract) != len(above):
        yield source.line, "only the contract comment stands above create"
    elif source.folder == "api" and not re.search(
        r"(Locks|Raises):", "\n".join(contract)
    ):
        yield source.line, "the contract of an API function says Locks: and Raises:"
    after = source.text[source.create.end() :]
    if not re.search(rf"^comment on \w+ {source.qualified_name}\s*\(", after, re.M):
        yield source.line, f"no 'comment on {source.create['kind']}'"


def check_grants(source: Source) -> Iterator[Finding]:
    """Who may call an API function is said beside it; nobody else may."""
    if source.folder != "api":
        return
    name = rf"\w+ {source.qualified_name}\s*\([^;]*\)\s*"
    if not re.search(rf"^revoke all on {name}from public;", source.text, re.M):
        yield source.line, "no 'revoke all … from public'"
    if not re.search(rf"^grant execute on {name}to\s", source.text, re.M):
        yield source.line, "no 'grant execute'"


_CHECKS: Final[tuple[Callable[[Source], Iterator[Finding]], ...]] = (
    check_place,
    check_length,
    check_security,
    check_raises,
    check_parameters,
    check_comments,
    check_grants,
)


def check_text(path: Path, text: str) -> Iterator[Finding]:
    """Yield what is wrong with one function file."""
    yield from check_lines(text)
    creates = list(_CREATE.finditer(text))
    if len(creates) != 1:
        yield 1, f"{len(creates)} functions made, one per file"
        return
    body = _BODY.search(text, creates[0].end())
    if body is None:
        yield line_of(text, creates[0].start()), "no body between $function$ quotes"
        return
    source = Source(
        path=path,
        text=text,
        create=creates[0],
        declaration=text[creates[0].start() : body.start()],
        body=body["body"],
        body_line=line_of(text, body.start("body")),
    )
    for check in _CHECKS:
        yield from check(source)


def check_manifest(manifest: Path) -> Iterator[str]:
    """Every function file is included, once."""
    included = Counter(path.resolve() for path in included_files(manifest))
    present = {p.resolve() for p in manifest.parent.rglob("*.sql")}
    functions = {p for p in present if p.name != manifest.name}
    for path in sorted(functions - included.keys()):
        yield f"{shown(path)}:1: in no manifest (install.sql)"
    for path, times in included.items():
        if times > 1:
            yield f"{shown(path)}:1: included {times} times"


def shown(path: Path) -> Path:
    """Return a path as people type it."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def check_all(manifest: Path = MANIFEST) -> Iterator[str]:
    """Yield every finding under the manifest's folder, as ``file:line: message``."""
    try:
        yield from check_manifest(manifest)
    except ManifestError as exc:
        yield str(exc)
    for path in sorted(manifest.parent.rglob("*.sql")):
        if path.name != manifest.name:
            for line, message in sorted(check_text(path, path.read_text())):
                yield f"{shown(path)}:{line}: {message}"


def check_scripts(folders: tuple[Path, ...]) -> Iterator[str]:
    """Yield what is wrong with the lines of hand-written scripts."""
    for path in sorted(p for folder in folders for p in folder.glob("*.sql")):
        if path != BUNDLE:
            for line, message in check_lines(path.read_text()):
                yield f"{shown(path)}:{line}: {message}"


def main() -> int:
    """Print the findings; fail when there are any."""
    scripts = tuple(ROOT / "sql" / folder for folder in ("deploy", "revert", "verify"))
    findings = [*check_all(), *check_scripts(scripts)]
    print(*findings, sep="\n", end="\n" if findings else "")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
