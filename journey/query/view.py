"""What a scope lets through: one temporary view per mart, on a cursor of its own.

Scope values are bound as variables of the cursor, and every mart a text reads becomes
a temporary view of that cursor with the rows the scope lets through. Without a view a
bare name is an error, so a forgotten scope fails. A cursor with its views is kept for
the next question of the same scope, because making them takes as long as a query.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from journey.query.catalog import Catalog, Reader
from journey.query.desks import Desk
from journey.query.text import Text, guarded, parameters
from journey.scope import NOT_SET, Scope

PEOPLE = "journey_people"
"""Temporary table with the people of a named segment; no text can name it."""

OPEN = frozenset({"snapshot", "effort_weights"})
"""Marts about the file and its rules, the same for every role: no row of the shop is in
them."""


class Unanswerable(Exception):
    """A question that has no answer in this scope; carries the sentence why."""


@dataclass(frozen=True)
class People:
    """The people of a named segment, or everyone else who is known."""

    text: Text
    inside: bool = True


class Asked(Protocol):
    """What a cursor needs to know of a question."""

    @property
    def reader(self) -> Reader: ...
    @property
    def catalog(self) -> Catalog: ...
    @property
    def scope(self) -> Scope: ...
    @property
    def text(self) -> Text: ...
    @property
    def people(self) -> People | None: ...


@contextmanager
def scoped(asked: Asked, fewest: int = 0) -> Iterator[Reader]:
    """Give a cursor on which the marts that the text reads hold what the scope lets
    through. Raises Unanswerable for a named segment of fewer than `fewest` people."""
    desk = asked.catalog.desks.take(_key(asked)) or _desk(asked)
    try:
        if asked.people and desk.group < fewest:
            raise Unanswerable(f"the group has fewer than {fewest} people")
        missing = [m for m in asked.text.reading.reads if m not in desk.marts]
        views(desk.cursor, asked.catalog, asked.scope, missing, asked.people)
        desk.marts.update(missing)
        yield desk.cursor
    except BaseException:
        desk.cursor.close()
        raise
    asked.catalog.desks.give(desk)


def _key(asked: Asked) -> Any:
    """Return all that the views of a desk depend on."""
    group = None
    if asked.people:
        group = asked.people.inside, asked.people.text.sql, _gathers(asked)
    return asked.scope.policy, asked.scope.where, group


def _desk(asked: Asked) -> Desk:
    desk = Desk(asked.reader.cursor(), _key(asked))
    try:
        variables(desk.cursor, asked.scope)
        if asked.people:
            policy = asked.scope.under_policy()
            reads = asked.people.text.reading.reads
            views(desk.cursor, asked.catalog, policy, reads)
            gather(desk.cursor, asked, asked.people.text)
            desk.group = size_of_group(desk.cursor)
    except BaseException:
        desk.cursor.close()
        raise
    return desk


def _gathers(asked: Asked) -> dict[str, Any]:
    """Return the values that a named segment's text is given."""
    reading = asked.people.text.reading if asked.people else asked.text.reading
    through = asked.catalog.complete_through(reading.reads)
    return parameters(reading, asked.scope, through)


def variables(cursor: Reader, scope: Scope) -> None:
    """Bind what the scope lets through: policy first, then what was chosen."""
    for number, (_, values) in enumerate(scope.policy + scope.where):
        cursor.execute(f"set variable journey_{number} = ?", [list(values)])


def views(
    cursor: Reader,
    catalog: Catalog,
    scope: Scope,
    marts: Sequence[str],
    people: People | None = None,
) -> None:
    """Create one temporary view per mart on a cursor that has the scope's variables."""
    for mart in marts:
        conditions = [
            _policy(number, column, values, catalog.marts[mart])
            for number, (column, values) in enumerate(scope.policy)
            if mart not in OPEN
        ]
        for number, (column, values) in enumerate(scope.where, len(scope.policy)):
            conditions.append(_chosen(number, column, values))
        if people:
            known = "in" if people.inside else "is not null and person_id not in"
            conditions.append(f"person_id {known} (select person_id from {PEOPLE})")
        cursor.execute(
            f'create or replace temp view "{mart}" as select * from published.main."{mart}"'
            f" where {' and '.join(f'({c})' for c in conditions) or 'true'}"
        )


def gather(cursor: Reader, asked: Asked, text: Text) -> None:
    """Store the people that a segment's text returns."""
    with guarded(cursor, text):
        cursor.execute(
            f"create temp table {PEOPLE} as select distinct person_id from ({text.sql}\n)"
            " where person_id is not null",
            _gathers(asked),
        )


def size_of_group(cursor: Reader) -> int:
    """Return how many people the named segment has."""
    row = cursor.execute(f"select count(*) from {PEOPLE}").fetchone()
    return int(row[0]) if row else 0


def _policy(
    number: int, column: str, values: Sequence[str], columns: Mapping[str, str]
) -> str:
    """A mart that cannot tell the policy's column shows this role nothing."""
    return _chosen(number, column, values) if column in columns else "false"


def _chosen(number: int, column: str, values: Sequence[str]) -> str:
    listed = f"list_contains(getvariable('journey_{number}'), \"{column}\"::varchar)"
    return f'{listed} or "{column}" is null' if NOT_SET in values else listed
