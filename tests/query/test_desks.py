"""Kept cursors: many scopes in many threads answer as a fresh reader does."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

import duckdb
import pytest

from journey import settings as settings_file, warehouse
from journey.answer import Answer, Period
from journey.figures.answers import answer
from journey.home import PROJECT, Home
from journey.problem import JourneyError
from journey.query import desks, load, run
from journey.query.catalog import catalog
from journey.query.file import Library, Query
from journey.query.view import scoped
from journey.scope import Scope

LIBRARY = load((PROJECT / "queries",))
LAST = dt.date(2026, 11, 10)
POLICIES: tuple[Any, ...] = (
    (), (("country", ("PL",)),), (("country", ("CZ", "DE")),), (("country", ()),),
    (("brand", ("nobody's",)),),
)  # fmt: skip
CHOSEN: tuple[Any, ...] = (
    (), (("device", ("mobile",)),), (("country", ("PL",)),), (("country", ("CZ",)),),
)  # fmt: skip
JOBS = 48


def asked(dice: random.Random) -> tuple[str, Scope]:
    names = [
        n for n, q in LIBRARY.queries.items() if q.kind in ("measure", "chart", "table")
    ]
    groups = [n for n, q in LIBRARY.queries.items() if q.kind == "segment"]
    period = Period(LAST - dt.timedelta(dice.choice((6, 27, 89))), LAST)
    policy, where = dice.choice(list(product(POLICIES, CHOSEN)))
    group = dice.choice([None, None, *groups])
    return dice.choice(names), Scope(period, period.before(), where, group, policy)


def told(found: Answer) -> tuple[Any, ...]:
    rows = None if found.frame is None else sorted(map(repr, found.frame.rows()))
    return repr(found.measure), rows, found.absence, repr(found.problem), found.hidden


def test_many_scopes_in_many_threads_answer_as_a_fresh_reader_does(
    sample_home: Home,
) -> None:
    now = warehouse.current(sample_home)
    assert now is not None
    dice, settings = random.Random(7), settings_file.load(Home(PROJECT / "nowhere"))
    jobs = [asked(dice) for _ in range(JOBS)]
    assert len({(s.policy, s.where, s.segment) for _, s in jobs}) > desks.IDLE
    shared = warehouse.open_reader(now.path)

    def shown(job: tuple[str, Scope]) -> tuple[Any, ...]:
        if jobs.index(job) % 7 == 0:
            break_off(job)
        return told(answer(shared, LIBRARY, job[0], job[1], settings))

    def break_off(job: tuple[str, Scope]) -> None:
        """Fail on a cursor of the same scope."""
        try:
            question = run.ask(shared, LIBRARY, LIBRARY.queries[job[0]], job[1])
            with scoped(question) as cursor:
                cursor.execute("select error('broken off')")
        except (duckdb.Error, run.Unanswerable):
            return

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(shown, jobs * 2))
    assert len(catalog(shared).desks._idle) <= desks.IDLE
    fresh = []
    for name, scope in jobs:
        reader = warehouse.open_reader(now.path)
        fresh.append(told(answer(reader, LIBRARY, name, scope, settings)))
        reader.close()
    wrong = [job for job, *two in zip(jobs, fresh, found, found[JOBS:], strict=False)
             if two[0] != two[1] or two[0] != two[2]]  # fmt: skip
    assert wrong == []
    assert [problem for *_, problem, _ in fresh if problem != "None"] == []


@pytest.mark.parametrize("failing", ["select error('x')", "select no_such_column"])
def test_a_question_that_fails_leaves_no_cursor_behind(
    failing: str,
    shop: duckdb.DuckDBPyConnection,
    measure: Callable[..., Query],
    october: Scope,
) -> None:
    query = measure("select day, sum(revenue) as value from orders group by all")
    library = Library({query.name: query}, ())
    question = run.ask(shop, library, query, october)
    with scoped(question):
        pass
    assert len(catalog(shop).desks._idle) == 1
    with pytest.raises((duckdb.Error, JourneyError)), scoped(question) as cursor:
        cursor.execute(failing)
    assert len(catalog(shop).desks._idle) == 0
