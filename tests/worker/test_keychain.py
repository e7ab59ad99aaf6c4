"""The keychain: secrets for tools, and for nobody else."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.worker.conftest import Lab

SECRET = "s3cr3t-value"
SHOW = """
- step: show
  tool: {{ kind: python, input: {{ seen: "{template}" }}, code: "{code}" }}
"""


def show(template: str, code: str = "result = len(seen)") -> str:
    return SHOW.format(template=template, code=code)


@pytest.fixture
def vault(lab: Lab) -> Lab:
    lab.credential("api", {"user": "ada", "token": SECRET})
    lab.worker()
    return lab


def ended(lab: Lab, workflow: str, *entries: dict[str, Any], **workload: Any) -> Any:
    status = lab.run(workflow, workload, keychain=list(entries))
    return status["result"] if status["status"] == "completed" else status["error"]


def test_entries_read_as_their_kind_says(vault: Lab) -> None:
    api = {"name": "api", "kind": "credential", "auth": "{{ workload.which }}"}
    chosen = {"name": "c", "auth": "api", "map": {"key": "{{ token }}"}}
    bearer = {"name": "b", "kind": "bearer", "auth": "api"}
    plain = {
        "name": "s",
        "kind": "static",
        "map": {"n": "{{ keychain.c.key | length }}"},
    }
    for template, expected in (
        ("{{ keychain.api.token }}", len(SECRET)),
        ("{{ keychain.api.user }}", 3),
        ("{{ keychain.c.key }}", len(SECRET)),
        ("{{ keychain.b.authorization }}", len(f"Bearer {SECRET}")),
        ("{{ token('b') }}", len(SECRET)),
        ("{{ 'x' * keychain.s.n }}", len(SECRET)),
        ("{{ keychain.c }}", 1),
    ):
        found = ended(vault, show(template), api, chosen, bearer, plain, which="api")
        assert found == expected, template


def test_secrets_stay_out_of_events_errors_and_logs(vault: Lab) -> None:
    code = "raise ValueError('with ' + seen)"
    entry = {"name": "k", "auth": "api"}
    error = ended(vault, show("{{ keychain.k.token }}", code), entry)
    assert "with ***" in error["message"]
    events = "select count(*) from noetl.event as e where e::text like %s"
    assert vault.count(events, f"%{SECRET}%") == 0
    assert SECRET not in vault.log()


@pytest.mark.parametrize(
    ("entry", "template", "message"),
    [
        ({"name": "k", "kind": "oauth2"}, "{{ keychain.k.token }}", "not built"),
        ({"name": "k", "auth": 5}, "{{ keychain.k.token }}", "must name a credential"),
        (
            {"name": "k", "kind": "static", "map": {"a": "{{ keychain.k.a }}"}},
            "{{ keychain.k.a }}",
            "refers to itself",
        ),
        ({"name": "k", "kind": "static", "map": {}}, "{{ token('k') }}", "no field"),
        ({"name": "k", "kind": "static", "map": {}}, "{{ token('x') }}", "no keychain"),
        (
            {"name": "k", "kind": "static", "map": {}},
            "{{ keychain.k.a | upper }}",
            "'a'",
        ),
    ],
)
def test_what_cannot_be_opened_fails_the_step(
    vault: Lab, entry: dict[str, Any], template: str, message: str
) -> None:
    error = ended(vault, show(template), entry)
    assert message in error["message"]
    assert error["step"] == "show"


def test_tools_take_an_entry_as_their_auth(vault: Lab) -> None:
    tool = """
- step: call
  tool: { kind: http, url: "http://127.0.0.1:9/", auth: k }
  next: { arcs: [ { step: kept, when: "{{ event.name == 'call.error' }}" } ] }
- step: kept
  tool: { kind: noop, result: "{{ call.error.kind }}" }
"""
    assert ended(vault, tool, {"name": "k", "kind": "bearer", "auth": "api"}) == (
        "connection"
    )


def test_a_step_of_the_same_name_wins(vault: Lab) -> None:
    workflow = """
- step: token
  tool: { kind: noop, result: { n: 7 } }
  next: { arcs: [ { step: show, when: "{{ token.n == 7 }}" } ] }
- step: show
  tool: { kind: noop, result: "{{ token.n + workload.keychain }}" }
"""
    assert ended(vault, workflow, keychain=1) == 8


def test_an_unknown_credential_of_an_entry_is_refused_at_the_start(lab: Lab) -> None:
    with pytest.raises(psycopg.Error, match="unknown credential: gone") as refused:
        lab.start(show("x"), keychain=[{"name": "k", "auth": "gone"}])
    assert refused.value.sqlstate == "NE424"
