"""Tool templates: all of Jinja2, within limits, with errors that name the place."""
# ruff: noqa: E501 (a template is a line)

from __future__ import annotations

import pytest

from noetl_worker.templates import (
    PayloadAbsent,
    ResultView,
    TemplateError,
    compile_template,
    condition,
)


def test_statements_and_macros_render() -> None:
    text = "{% macro row(n) %}<{{ n }}>{% endmacro %}{% for i in range(3) %}{{ row(i) }}{% endfor %}"
    assert compile_template(text).render({}) == "<0><1><2>"


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
        "{% macro f(n) %}{{ f(n + 1) }}{{ f(n + 1) }}{% endmacro %}{{ f(1) }}",
        "{% set n = namespace(x='ab') %}{% for i in range(60) %}{% set n.x = n.x * 2 %}{% endfor %}",
        "{{ 'a' * 10 ** 10 }}",
        "{{ 9 ** 9 ** 9 ** 9 ** 9 }}",
        "{{ ''.ljust(10 ** 10) }}",
        "{{ '%9999999999d' % 1 }}",
        "{{ '{:>9999999999}'.format(1) }}",
        "{{ 'a' | center(10 ** 10) }}",
    ],
)
def test_what_never_ends_is_stopped(text: str) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_template(text).render({})
    assert caught.value.kind == "limit"


def test_an_error_names_template_line_and_reason() -> None:
    with pytest.raises(TemplateError) as caught:
        compile_template("a\n{{ 1 / 0 }}", "fetch.url").render({})
    assert str(caught.value) == "template fetch.url, line 2: division by zero"


@pytest.mark.parametrize(
    "text", ["{{ x", "{% if %}", "{{ x | nosuch }}", "{{ x is nosuch }}"]
)
def test_bad_syntax_is_a_template_error(text: str) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_template(text)
    assert caught.value.kind == "syntax"


def test_the_sandbox_holds() -> None:
    with pytest.raises(TemplateError):
        compile_template("{{ [].append(1) }}").render({})
    assert compile_template("{{ ''.__class__ }}").render({}) is None


def test_a_key_comes_before_a_method() -> None:
    assert compile_template("{{ x.items }}").render({"x": {"items": 3}}) == 3
    assert not condition("x.items is defined").holds({"x": {}})
    assert compile_template("{{ 'a,b'.split(',') }}").render({}) == ["a", "b"]


def test_an_absent_payload_says_what_to_fetch() -> None:
    view = ResultView("fetch", envelope={"status": "ok", "ref": "noetl://1/result/2"})
    assert compile_template("{{ fetch.status }}").render({"fetch": view}) == "ok"
    with pytest.raises(PayloadAbsent) as caught:
        compile_template("{{ fetch.rows }}").render({"fetch": view})
    assert caught.value.ref == "noetl://1/result/2"


def test_undefined_is_null_or_refused() -> None:
    assert compile_template("{{ x.y }}").render({}) is None
    with pytest.raises(TemplateError):
        compile_template("{{ x.y }}").render({}, required=True)


def test_a_constant_says_so() -> None:
    assert compile_template({"a": [1]}).is_constant
    assert compile_template("{{ a.b }} {{ c }}").names == {"a", "c"}
