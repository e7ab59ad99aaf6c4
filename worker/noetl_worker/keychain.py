"""The playbook's keychain: secrets under names, opened when a template reads them.

Their values go to tools and nowhere else: the engine never sees them, and messages are
scrubbed of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from noetl_worker.output import TaskError
from noetl_worker.templates import ABSENT, Renderer, ResultView, compile_template

KINDS: Final = ("credential", "bearer", "static")
_TOKENS: Final = ("token", "access_token")

Read = Callable[[str], Awaitable[Mapping[str, Any]]]
Render = Callable[[Renderer, Mapping[str, Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, its templates parsed."""

    name: str
    kind: str
    auth: Renderer
    map: Renderer


def make_entries(entries: Iterable[Mapping[str, Any]]) -> dict[str, Entry]:
    """The entries by name; raises TemplateError when a template cannot be read."""
    return {
        entry["name"]: Entry(
            name=entry["name"],
            kind=entry.get("kind") or "credential",
            auth=compile_template(entry.get("auth"), f"keychain.{entry['name']}.auth"),
            map=compile_template(entry.get("map"), f"keychain.{entry['name']}.map"),
        )
        for entry in entries
    }


def closed_view(name: str) -> ResultView:
    """What an entry reads as until it is opened: reading it asks for it."""
    return ResultView(f"keychain.{name}", payload=ABSENT)


async def open_entry(entry: Entry, read: Read, render: Render) -> dict[str, Any]:
    """The fields of an entry.

    ``credential``: those of the credential named in ``auth``, or what ``map`` makes of
    them; ``bearer``: the same, with ``token`` and ``authorization``; ``static``: ``map``.
    """
    if entry.kind not in KINDS:
        raise _unusable(
            entry, f'kind "{entry.kind}" is not built; built are: {", ".join(KINDS)}'
        )
    fields: dict[str, Any] = {}
    if entry.kind != "static":
        credential = await render(entry.auth, {})
        if not isinstance(credential, str):
            raise _unusable(entry, "auth must name a credential")
        fields = dict(await read(credential))
    mapped = await render(entry.map, fields)
    if mapped is not None:
        if not isinstance(mapped, Mapping):
            raise _unusable(entry, "map must be a mapping")
        fields = dict(mapped)
    return _bearer(entry, fields) if entry.kind == "bearer" else fields


def token_of(name: str, fields: Mapping[str, Any]) -> str:
    """The token among an entry's fields."""
    for key in _TOKENS:
        if isinstance(token := fields.get(key), str):
            return token
    raise TaskError("auth", f'keychain entry "{name}" has no field "token"')


def _bearer(entry: Entry, fields: dict[str, Any]) -> dict[str, Any]:
    token = token_of(entry.name, fields)
    return fields | {"token": token, "authorization": f"Bearer {token}"}


def _unusable(entry: Entry, reason: str) -> TaskError:
    return TaskError("auth", f'keychain entry "{entry.name}": {reason}')
