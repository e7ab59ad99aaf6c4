"""A document that JSON cannot hold is refused with its place; the rest keeps places."""

from __future__ import annotations

from pathlib import Path

import pytest

from noetl_shell.documents import DocumentError, parse_document, read_document


def read(text: str, source: str = "f.yaml") -> object:
    return parse_document(text, source).value


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", (4, 3), '"c" stands twice'),
        ("a: [1\nb: 2", (2, 2), "flow sequence"),
        ("a:\n\t- b", (2, 1), "a tab"),
        ("a: b: c", (1, 5), "mapping values"),
        ("a: {{ x }}", (1, 5), "key must be a string"),
        ("a: 1\n---\nb: 2", (2, 1), "second document"),
        ("a: .nan", (1, 4), "not JSON"),
        ("a: -.inf", (1, 4), "not JSON"),
        ("a: !!binary aGk=", (1, 4), "not JSON"),
        ("a: !!set {x}", (1, 4), "not JSON"),
        ("a: !mine 1", (1, 4), "!mine"),
        ("a: !!python/object:os.system x", (1, 4), "constructor"),
        ("a: 2024-13-45", (1, 4), "month"),
        ('a: "\\0"', (1, 4), "NUL"),
        ("a: *b", (1, 4), "alias"),
        ("b: 1\na: \x01", (2, 4), "control character"),
        ("? [a]\n: 1", (1, 3), "key must be a string"),
        ("a: " + "[" * 300 + "]" * 300, None, "deep"),
        ("# a comment", None, "empty"),
    ],
)
def test_unusable_yaml_names_the_place(
    text: str, place: tuple[int, int] | None, words: str
) -> None:
    with pytest.raises(DocumentError, match=words) as caught:
        read(text)
    if place is not None:
        assert caught.value.place == place
        assert str(caught.value).startswith(f"f.yaml:{place[0]}:{place[1]}: ")


def test_aliases_cannot_explode() -> None:
    lines = ["a0: &a0 [1,1,1,1,1,1,1,1,1,1]"]
    for n in range(1, 9):
        lines.append(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]")
    with pytest.raises(DocumentError, match="more than"):
        read("\n".join(lines))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": NaN}', "not JSON"),
        ('{"a": }', r"f\.json:1:7"),
        ("[" * 100000, "deeply"),
    ],
)
def test_unusable_json_is_refused(text: str, words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        read(text, "f.json")


def test_values_are_json() -> None:
    assert read("a: 2024-01-31\nb: 2024-01-31 10:00:00\nc: yes\nd: ~\ne: 1.5") == {
        "a": "2024-01-31",
        "b": "2024-01-31T10:00:00",
        "c": True,
        "d": None,
        "e": 1.5,
    }


def test_keys_are_literal() -> None:
    assert read("on: call.partial\n1: x\nno: y") == {
        "on": "call.partial",
        "1": "x",
        "no": "y",
    }


def test_merge_keys_yield() -> None:
    assert read("x: &x {p: 1, q: 1}\ny: {<<: *x, q: 2}") == {
        "x": {"p": 1, "q": 1},
        "y": {"p": 1, "q": 2},
    }


def test_places_fall_back_to_the_parent() -> None:
    document = parse_document("a:\n  - b: 1\n  - c: 2\n", "f.yaml")
    assert document.place("a[1].c") == (3, 5)
    assert document.place("a[1].missing.deeper") == (3, 5)
    assert document.place("nowhere") == (1, 1)


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    def words(path: Path) -> str:
        with pytest.raises(DocumentError) as caught:
            read_document(path)
        return str(caught.value)

    assert "is a directory" in words(tmp_path)
    assert "no such file" in words(tmp_path / "none.yaml")
    file = tmp_path / "f.yaml"
    for data, expected in [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"a: 1\nb: \xff", f"{file}:2:1: is not UTF-8"),
        (b"a\0b", "binary file"),
        (b"a: 1\n" * 4_000_000, "larger than"),
    ]:
        file.write_bytes(data)
        assert expected in words(file)
