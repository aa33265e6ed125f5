"""A [chart] whose keys or columns do not fit its type is told with its line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from journey.problem import JourneyError, Problem
from journey.query import Query
from journey.query.chart import TYPES, kind_of
from journey.query.file import parse

HEAD = '/*\ntitle = "t"\nquestion = "q"\nkind = "chart"\nowner = "o"\n[chart]\n'


def refused(chart: str) -> list[Problem]:
    with pytest.raises(JourneyError) as error:
        parse(f"{HEAD}{chart}\n*/\nselect 1 as a", "topic/figure")
    return list(error.value.problems)


@pytest.mark.parametrize(
    ("chart", "line", "found", "expected"),
    [
        ('type = "stacked bar"', 7, "stacked bar", '"stacked_bar"'),
        ('type = "pie"', 7, "pie", '"bar"'),
        ('x = "a"', 6, "no chart.type", "one of"),
        ('type = "sankey"\nsource = "a"\ntarget = "b"', 6, "no value", "how much"),
        ('type = "sankey"\nsource = "a"\ntarget = "b"\nvalue = "c"\nx = "a"', 11, "x in a",
         "source, target, value"),
        ('type = "bar"\nx = "a"\ny = "b"\nstep = 3', 10, "step in a", "x, y, colour"),
        ('type = "histogram"\nx = "a"\nstep = 0', 9, "step = 0", "above 0"),
        ('type = "histogram"\nx = 3', 8, "x = 3", "a column"),
        ('type = "stacked_bar"\nx = "a"\ny = "b"', 6, "no colour", "one part"),
        ('type = "bar"\nx = "a"\ny = "b"\ncolor = "c"', 10, '"color"', '"colour"'),
    ],
)  # fmt: skip
def test_keys_that_do_not_fit_the_type_are_told(
    chart: str, line: int, found: str, expected: str
) -> None:
    (problem,) = refused(chart)
    assert problem.line == line
    assert found in problem.found
    assert expected in problem.expected


COLUMNS = {
    "line": ("x = 'day'\ny = 'device'", 9, "device", "a number", "revenue"),
    "point": ("x = 'day'\ny = 'revenue'", 8, "DATE", "a number", "revenue"),
    "sankey": ("source = 'device'\ntarget = 'day'\nvalue = 'revenue'", 9, "DATE", "a word",
               "device"),
    "heat_map": ("x = 'day'\ny = 'device'\ncolour = 'device'", 10, "VARCHAR", "a number",
                 "revenue"),
    "histogram": ("x = 'device'", 8, "VARCHAR", "a number", "revenue"),
    "big_number": ("value = 'day'", 8, "DATE", "a number", "revenue"),
    "bar": ("x = 'device'\ny = 'kind'", 8, "a word", "a number", "revenue"),
    "funnel": ("x = 'day'\ny = 'revenue'", 8, "DATE", "a word", "device"),
    "sparklines": ("row = 'revenue'\nx = 'day'\ny = 'revenue'", 8, "DECIMAL", "a word",
                   "device"),
}  # fmt: skip


@pytest.mark.parametrize("kind", COLUMNS)
def test_columns_that_do_not_fit_the_type_are_told_with_those_that_would(
    kind: str, tmp_path: object, shop: object, told: Callable[[str], list[Problem]]
) -> None:
    keys, line, found, expected, fitting = COLUMNS[kind]
    chart = f'type = "{kind}"\n{keys}'.replace("'", '"')
    (problem,) = told(chart)
    assert problem.line == line, problem
    assert found in problem.found and expected in problem.found
    assert fitting in problem.expected


@pytest.fixture
def told(tmp_path: object, shop: object) -> Callable[[str], list[Problem]]:
    from journey.check import check
    from journey.query.file import Library

    def run(chart: str) -> list[Problem]:
        text = f"{HEAD}{chart}\n*/\nselect day, device, 'a' as kind, revenue from orders"
        query: Query = parse(text, "topic/figure", own=False)
        return check(Library({query.name: query}), shop)  # type: ignore[arg-type]

    return run


def test_a_column_that_is_misspelt_is_told_once(
    told: Callable[[str], list[Problem]],
) -> None:
    (problem,) = told('type = "bar"\nx = "devise"\ny = "revenue"')
    assert (problem.line, problem.expected) == (8, 'did you mean "device"?')


def test_bars_may_lie_by_either_column(told: Callable[[str], list[Problem]]) -> None:
    assert told('type = "bar"\nx = "revenue"\ny = "device"') == []


def test_every_type_knows_what_its_columns_are() -> None:
    assert {role.meaning for roles in TYPES.values() for role in roles.values()}
    kinds = [kind_of(name) for name in ("HUGEINT", "DECIMAL(18,4)", "TIMESTAMP WITH TIME "
             "ZONE", "BOOLEAN", "INTEGER[]", None)]  # fmt: skip
    assert kinds == ["a number", "a number", "a day", "a word", "something else", None]
