"""The names that a command's templates see, and what its sets have written."""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, Literal, TypeVar

from noetl_worker.keychain import Entry, Read, closed_view, open_entry, token_of
from noetl_worker.output import Output, TaskError
from noetl_worker.plan import Assign
from noetl_worker.templates import (
    ABSENT,
    PartialView,
    PayloadAbsent,
    Renderer,
    ResultView,
    TemplateError,
    assigned,
)

T = TypeVar("T")
Load = Callable[[str], Awaitable[Any]]

_LOADS_MAX: Final = 100
_SOURCES_MAX: Final = 20
_OUTPUT: Final = "output"


def run_names(
    execution_id: int, context: Mapping[str, Any], env: Mapping[str, str]
) -> dict[str, Any]:
    """The names that all commands with one context share."""
    names: dict[str, Any] = dict(context["workload"])
    names["workload"] = context["workload"]
    names["ctx"] = context["ctx"]
    names["env"] = env
    for step, view in context["steps"].items():
        names[step] = _view(step, view, is_loop=step in context["loops"])
    names["execution_id"] = execution_id
    names["job"] = {"uuid": execution_id, "execution_id": execution_id}
    names["now"] = _now
    return names


def view_of(
    name: str,
    payload: Any,
    envelope: Mapping[str, Any],
    first: Literal["payload", "envelope"] = "payload",
) -> ResultView:
    """How a result reads, of which all or a part may be stored."""
    rows = envelope.get("_rows") or {}
    if rows.get("at") and isinstance(payload, Mapping):
        return PartialView(
            name,
            payload=payload,
            envelope=envelope,
            ref=envelope["ref"],
            at=rows["at"],
            count=rows["count"],
            first=first,
        )
    return ResultView(name, payload=payload, envelope=envelope, first=first)


def _view(step: str, view: Mapping[str, Any], *, is_loop: bool) -> ResultView:
    payload = view.get("payload", ABSENT)
    if is_loop and isinstance(payload, Mapping) and "results_ref" in payload:
        envelope = _envelope(view)
        is_gathered = "_rows" in envelope
        return PartialView(
            step,
            payload=payload,
            envelope=envelope,
            ref=envelope["ref"] if is_gathered else payload["results_ref"],
            at=("results", "data"),
            count=payload["done"] + payload["failed"],
            is_whole=True,
        )
    return view_of(step, payload, _envelope(view))


def _envelope(view: Mapping[str, Any]) -> dict[str, Any]:
    """A stored result also says where it is."""
    envelope = dict(view.get("envelope") or {})
    if (ref := envelope.get("ref")) is not None:
        envelope |= {"_ref": ref, "_store": envelope.get("store")}
    return envelope


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat()


class Scope:
    """One command's names; sets change only this copy."""

    def __init__(
        self,
        shared: Mapping[str, Any],
        *,
        steps: Mapping[str, Any],
        load: Load,
        iteration: dict[str, Any] | None = None,
        iterator: str | None = None,
        keychain: Mapping[str, Entry] | None = None,
        read_credential: Read | None = None,
    ) -> None:
        iteration = {} if iteration is None else iteration
        self.names: dict[str, Any] = {**shared, "iter": iteration, "results": {}}
        if iterator is not None:
            self.names[iterator] = iteration.get(iterator)
            self.names["loop_index"] = iteration.get("index")
        self.names["step"] = {}
        self.names["input"] = {}
        self._keychain = keychain or {}
        self._read_credential = read_credential
        self._opening: list[str] = []
        self._opened: dict[str, Any] = {
            name: closed_view(name) for name in self._keychain
        }
        # A step or a workload key of one of these names wins.
        self.names.setdefault("keychain", self._opened)
        self.names.setdefault("token", self._token)
        self._steps = steps
        self._load = load
        self._calls: dict[str, int] = {}
        self._resolved: dict[str, None] = {}
        self._successes: dict[str, int] = {}
        self.ctx_writes: dict[str, Any] = {}

    async def render(self, renderer: Renderer, *, required: bool = False) -> Any:
        """The value of a template; results that it reads are loaded first."""
        if renderer.is_constant:
            return renderer.render({})
        return await self.resolve(lambda n: renderer.render(n, required=required))

    async def resolve(self, evaluate: Callable[[Mapping[str, Any]], T]) -> T:
        """Evaluate; load each payload found absent and evaluate again."""
        for _ in range(_LOADS_MAX):
            try:
                return evaluate(self.names)
            except PayloadAbsent as absent:
                await self._fetch(absent)
            except TemplateError as exc:
                raise TaskError("template", str(exc), line=exc.line) from exc
        raise TaskError("reference", f"more than {_LOADS_MAX} stored results are read")

    def rows_at(self, path: Sequence[str] | None) -> tuple[str, int] | None:
        """The reference and count of the stored rows that a template's path reads."""
        view = self.names.get(path[0]) if path else None
        return view.rows_at(path[1:]) if path and isinstance(view, ResultView) else None

    async def load_all(self, names: Iterable[str]) -> None:
        """Load the stored results of these steps, for code that reads them itself."""
        for name in names:
            view = self.names.get(name)
            if isinstance(view, ResultView):
                await self.resolve(lambda _, view=view: view.whole())  # type: ignore[misc]

    async def open_keychain(self, name: str) -> Mapping[str, Any] | None:
        """The fields of a keychain entry; None when there is none of that name."""
        entry = self._keychain.get(name)
        if entry is None or self._read_credential is None:
            return None
        if not isinstance(self._opened[name], ResultView):
            return dict(self._opened[name])
        if name in self._opening:
            raise TaskError("auth", f'keychain entry "{name}" refers to itself')
        self._opening.append(name)
        try:
            fields = await open_entry(entry, self._read_credential, self._render_with)
        finally:
            self._opening.remove(name)
        self._opened[name] = fields
        return fields

    async def _render_with(self, renderer: Renderer, more: Mapping[str, Any]) -> Any:
        return await self.resolve(lambda names: renderer.render({**names, **more}))

    def _token(self, name: str) -> str:
        view = self._opened.get(name)
        if view is None:
            raise TemplateError(f'no keychain entry is named "{name}"', "value")
        return token_of(name, view.whole() if isinstance(view, ResultView) else view)

    async def _fetch(self, absent: PayloadAbsent) -> None:
        root, _, entry = absent.result.partition(".")
        if root == "keychain" and await self.open_keychain(entry) is not None:
            return
        if absent.ref is None:
            raise TaskError("reference", str(absent))
        self._replace(absent.view, absent.view.completed(await self._load(absent.ref)))

    def _replace(self, old: ResultView, new: ResultView) -> None:
        """Put a view in the place of another under every name that it has."""
        for name, value in self.names.items():
            if value is old:
                self.names[name] = new
        tasks = self.names["results"]
        if isinstance(tasks, dict):
            self.names["results"] = {
                name: new if view is old else view for name, view in tasks.items()
            }

    def see_chunk(self, chunk: Mapping[str, Any]) -> None:
        """Make the chunk that led to this command readable, until a task has run."""
        result = chunk["result"]
        context, reference = result.get("context") or {}, result.get("reference")
        envelope = {"status": result.get("status"), **(context.get("selected") or {})}
        if reference:
            envelope |= {"ref": reference["ref"], "store": reference["store"]}
            envelope |= {
                "_rows": reference.get("rows"),
                "_preview": context.get("preview"),
            }
        self.names["event"] = {
            "name": "call.partial",
            "chunk_index": chunk["chunk_index"],
            "has_more": chunk["has_more"],
        }
        payload = context.get("data", ABSENT if reference else None)
        self.names[_OUTPUT] = view_of(
            _OUTPUT, payload, _envelope({"envelope": envelope}), "envelope"
        )

    async def apply(self, assigns: Iterable[Assign]) -> None:
        """A set: all right sides first, then the writes."""
        values = [
            (a.target, await self.render(a.value, required=True)) for a in assigns
        ]
        for target, value in values:
            self.write(target, value)

    def write(self, target: str, value: Any) -> None:
        """Write one target of a set; ctx writes are also kept for the report."""
        root, _, path = target.partition(".")
        if root == "local":
            root, _, path = path.partition(".")
        elif root == "ctx":
            self._note_ctx(path, value)
        self.names[root] = assigned(self.names.get(root), path, value)

    def _note_ctx(self, path: str, value: Any) -> None:
        inside = [p for p in self.ctx_writes if p == path or p.startswith(path + ".")]
        for written in inside:
            del self.ctx_writes[written]
        self.ctx_writes[path] = value

    @contextmanager
    def nested(self, name: str, item: Any, index: int, total: int) -> Iterator[None]:
        """Names of one item of a task's own loop, over those of what is around it."""
        inner = {
            name: item,
            "loop_index": index,
            "iter": {
                name: item,
                "item": item,
                "index": index,
                "total": total,
                "parent": self.names["iter"],
            },
        }
        outer = {key: self.names[key] for key in inner if key in self.names}
        self.names |= inner
        try:
            yield
        finally:
            for key in inner:
                del self.names[key]
            self.names |= outer

    def count_call(self, task: str) -> int:
        """How often this task has been called, this call included."""
        self._calls[task] = self._calls.get(task, 0) + 1
        return self._calls[task]

    def successes(self, task: str) -> int:
        """How often this task was over and had ended well; a retry is no end."""
        return self._successes.get(task, 0)

    def see(self, task: str, output: Output) -> None:
        """Make a task's outcome readable, by ``output`` and by the task's name."""
        envelope = output.envelope(task)
        payload = output.view_payload
        self.names[_OUTPUT] = view_of(_OUTPUT, payload, envelope, "envelope")
        view = view_of(task, payload, envelope)
        self.names[task] = view
        self.names["results"] = {**self.names["results"], task: view}

    def task_payloads(self) -> dict[str, Any]:
        """The payloads of the tasks that have run, by name, but for those stored."""
        views = self.names["results"].items()
        return {
            name: view.whole() for name, view in views if "_ref" not in view.envelope
        }

    def sources(self) -> list[str]:
        """References of the stored results that this command may read, or has read."""
        found: dict[str, None] = {}
        for view in self._steps.values():
            envelope = view.get("envelope") or {}
            ref = envelope.get("ref")
            for source in [ref] if ref else envelope.get("_sources") or ():
                found[source] = None
        for ref in self._resolved:
            found[ref] = None
        return list(found)[:_SOURCES_MAX]

    def add_source(self, ref: str) -> None:
        """A result that a task has read by its reference."""
        self._resolved[ref] = None

    def pass_on(self, task: str) -> None:
        """The task is over: it is the previous one of what comes next."""
        view = self.names["_prev"] = self.names[task]
        if isinstance(view, ResultView) and view.envelope.get("status") == "ok":
            self._successes[task] = self.successes(task) + 1
