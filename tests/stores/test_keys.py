"""Any text becomes a segment that every store takes, and stays apart from others."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noetl_worker.stores.base import BadKeyError
from noetl_worker.stores.keys import is_key, segment, split

ODD = (
    *(
        "",
        ".",
        "..",
        "../../etc",
        "/etc/passwd",
        "a\0b",
        "a b",
        "a_b",
        "größe",
        "x" * 300,
    ),
    *("x" * 301, "\ud800", "_", "~", ".hidden", "hidden", "a/b", "a\\b", "步骤", "步"),
)

_ANY_MACHINE = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def test_plain_names_stay_as_they_are() -> None:
    for name in ("load_patients", "step-2.json", "A", "7-r1-1", "x" * 100):
        assert segment(name) == name


def test_odd_names_become_safe_and_stay_readable() -> None:
    made = [segment(text) for text in ODD]
    assert len(set(made)) == len(ODD)
    for name in made:
        assert split(name) == [name]
        assert name.isascii()
        assert len(name) <= 120
    assert segment("load größe").startswith("load_gr_e~")


@_ANY_MACHINE
@given(st.text(), st.text())
def test_segments_are_keys_and_distinct(one: str, other: str) -> None:
    assert is_key(f"exec/{segment(one)}/{segment(other)}")
    assert (segment(one) == segment(other)) == (one == other)
    # What has been made of a text is no other text's either.
    assert segment(segment(one)) != segment(one) or segment(one) == one


@_ANY_MACHINE
@given(st.text())
def test_keys_have_no_way_out(text: str) -> None:
    if is_key(text):
        assert not text.startswith("/")
        assert not any(part.startswith(".") for part in text.split("/"))


def test_the_error_shows_the_key_safely() -> None:
    with pytest.raises(BadKeyError) as caught:
        split("a\x1b[31m\n/" + "y" * 400)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 250
