"""Every query file against its test: a few rows given, the rows expected of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from journey import trial
from journey.build import blueprint
from journey.home import PROJECT, home
from journey.query import load
from journey.trial import Marts

TESTS = PROJECT / "tests" / "queries"
LIBRARY = load(home().queries)
QUERIES = {
    name: query
    for name, query in LIBRARY.queries.items()
    if query.kind != "mart" and (query.own or trial.file_of(query).is_file())
}
"""All files of the project, and those of other folders that have a test."""


@pytest.fixture(scope="module")
def marts() -> Iterator[Marts]:
    connection = blueprint()
    with trial.everything_shown():
        yield trial.emptied(connection)
    connection.close()


def test_every_file_can_be_read() -> None:
    assert [str(problem) for problem in LIBRARY.problems] == []


def test_every_test_belongs_to_a_query() -> None:
    names = {p.relative_to(TESTS).with_suffix("").as_posix() for p in TESTS.rglob("*.toml")}
    assert names <= set(LIBRARY.queries)


@pytest.mark.parametrize("name", sorted({*QUERIES, *LIBRARY.broken}))
def test_query_returns_what_is_expected(name: str, marts: Marts) -> None:
    if name in LIBRARY.broken:
        pytest.fail(str(LIBRARY.broken[name]), pytrace=False)
    if found := trial.test(QUERIES[name], LIBRARY, marts):
        pytest.fail("\n".join(map(str, found)), pytrace=False)
