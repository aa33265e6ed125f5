"""Reads lists of WooCommerce to their end, although they shift while they are read.

Page numbers are no cursor: an order that changes while pages are read pushes another
one over a page's edge. So every page is asked for from the moment at which the last
one ended. Moments are in GMT and cut to seconds, and bounds are exclusive: one second
less is asked for, and within a second that fills a page the pages go on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec import ValidationError, convert

from connectors.woocommerce.things import Listed, Odd, Thing
from journey.connector import Http, JourneyError, Problem

Row = dict[str, Any]
By = Literal["date", "modified"]

BEGINNING = "2000-01-01T00:00:00"
"""Before the first order of any shop."""
OVERLAP = dt.timedelta(seconds=60)
"""How far back a list of changes is read once more: a slow save carries an older date."""
ROUNDS = 5
"""How often a list that keeps changing is read once more."""
AFFORDABLE = 5_000
"""Ids that every run may list to find deletions."""
REMEMBERED = 20_000

FIELD = {"date": "date_created_gmt", "modified": "date_modified_gmt"}
AFTER = {"date": "after", "modified": "modified_after"}


@dataclass(frozen=True)
class Page:
    """Rows or things of one answer."""

    things: list[Any]
    body: bytes = b""
    """The answer they came in, with others."""


@dataclass
class Walk:
    """One list in the order of a date, from `start` on; yields (what is new, moment)."""

    http: Http
    path: str
    of: type[Thing]
    by: By
    start: str
    before: str | None = None
    """Exclusive; of dates of creation only."""
    size: int = 100
    params: Mapping[str, Any] = field(default_factory=dict)
    seen: dict[Any, str] = field(default_factory=dict)
    """Id -> its date, of what was given out lately."""
    latest: str = ""
    obeys: bool = True
    """Whether the server kept to the bounds and the order that it was asked for."""

    def pages(self) -> Iterator[tuple[Page, str]]:
        """Yield what is new; of changes read the end again until nothing is new."""
        yield from self._pass(self.start)
        if self.by == "date" or not self.obeys:
            return
        for _ in range(ROUNDS):
            found = False
            for page, here in self._pass(max(self.start, _back(self.latest, OVERLAP))):
                found = True
                yield page, here
            if not found:
                return

    def _pass(self, here: str) -> Iterator[tuple[Page, str]]:
        number, count, tied = 1, 1, False
        while True:
            page, told = self._ask(here, number)
            count = told if number == 1 else count
            dates = self._moments(page.things)
            if self._strays(dates, here):
                yield from self._by_number(here)
                return
            fresh = self._fresh(page.things, dates)
            last = max(here, dates[-1]) if dates else here
            more = bool(dates) and number < count
            tied = tied or (number > 1 and here in self._moments(fresh))
            inside = more and last == here
            again = tied and not inside
            if fresh:
                yield Page(fresh, page.body), here if again else last
            if again:  # changes may have shifted the pages of this second: once more
                number, tied = 1, False
            elif more:  # a second that fills the page is paged on inside
                here, number = last, number + 1 if inside else 1
            else:
                return

    def _strays(self, dates: list[str], here: str) -> bool:
        """Return whether rows came that were not asked for, or not in that order."""
        self.obeys = dates == sorted(dates) and (not dates or dates[0] >= here)
        return not self.obeys

    def _by_number(self, here: str) -> Iterator[tuple[Page, str]]:
        """Such a server is read whole, by page numbers, until nothing is new."""
        params = {**self.params, **self._bounds(here)}
        for _ in range(ROUNDS):
            found = False
            for page in numbered(self.http, self.path, params, self.size, self.of):
                if fresh := self._fresh(page.things, self._moments(page.things)):
                    found = True
                    yield Page(fresh, page.body), here
            if not found:
                return

    def _bounds(self, here: str) -> dict[str, Any]:
        return {
            "dates_are_gmt": "true", "orderby": self.by, "order": "asc",
            AFTER[self.by]: _back(here, dt.timedelta(seconds=1)), "before": self.before,
        }  # fmt: skip

    def _ask(self, here: str, number: int) -> tuple[Page, int]:
        """Return a page and how many pages the first one says there are."""
        bounds = {**self._bounds(here), "per_page": self.size, "page": number}
        reply = self.http.get(self.path, {**self.params, **bounds}, of=self.of)
        page = Page(things_of(reply.json, self.path, self.of), reply.body)
        guess = number + (len(page.things) >= self.size)
        return page, int(reply.headers.get("x-wp-totalpages") or guess)

    def _fresh(self, rows: Sequence[Thing], dates: Sequence[str]) -> list[Thing]:
        fresh, start, before = [], self.start, self.before or "9"
        for row, moment in zip(rows, dates, strict=True):
            if self.seen.get(row.id) == moment:
                continue
            self.seen[row.id] = moment
            if start <= moment < before:
                fresh.append(row)
                if moment > self.latest:
                    self.latest = moment
        if len(self.seen) > REMEMBERED and self.obeys:
            recent = _back(self.latest, OVERLAP)
            self.seen = {key: at for key, at in self.seen.items() if at >= recent}
        return fresh

    def _moments(self, rows: Sequence[Thing]) -> list[str]:
        """Return the date of each row; one that is no date stands where the list has it."""
        name, known, here = FIELD[self.by], [], self.start
        for row in rows:
            text = str(getattr(row, name) or self.start)
            here = text if is_moment(text) else here
            known.append(here)
        return known


def numbered(
    http: Http,
    path: str,
    params: Mapping[str, Any],
    size: int,
    of: type[Thing] | None = None,
) -> Iterator[Page]:
    """Yield the pages of a list by their numbers, rows as dicts or as things.

    Totals are those of page 1: past the end some lists claim a total of 0.
    """
    number, count = 1, 1
    while number <= count:
        reply = http.get(path, {**params, "per_page": size, "page": number}, of=of)
        rows = things_of(reply.json, path, of) if of else rows_of(reply.json, path)
        if number == 1:
            count = int(reply.headers.get("x-wp-totalpages") or 0)
        elif not rows:
            return
        if not reply.headers.get("x-wp-totalpages"):
            count = number + (len(rows) >= size)
        yield Page(rows, reply.body)
        number += 1


@dataclass
class Listing:
    """What a list still holds, to tell what was deleted."""

    things: list[Listed]
    first: dt.datetime | None = None
    """Only what was created from here on was listed; None: everything."""

    @property
    def ids(self) -> list[str]:
        return [str(thing.id) for thing in self.things]


def listed(
    http: Http,
    path: str,
    fields: str,
    everything: bool,
    size: int = 100,
    statuses: Sequence[str | None] = (None,),
) -> Listing:
    """Return the newest 5,000 of a list, or all of it, with few fields.

    `statuses` are asked one after another, the one that things move to last.
    """
    params = {"_fields": f"id,date_created_gmt,{fields}".rstrip(",")}
    newest = {**params, "orderby": "date", "order": "desc", "status": statuses[-1]}
    start, first = BEGINNING, None
    if not everything:
        reply = http.get(path, {**newest, "per_page": 1, "page": 1})
        if int(reply.headers.get("x-wp-total") or 0) > AFFORDABLE:
            oldest = {**newest, "per_page": 1, "page": AFFORDABLE}
            rows = rows_of(http.get(path, oldest).json, path)
            told = str(rows[0].get("date_created_gmt")) if rows else ""
            if is_moment(told):
                start, first = told, moment(told)
    found: dict[Any, Listed] = {}
    for status in statuses:
        asked = {**params, "status": status}
        walk = Walk(http, path, Listed, "date", start, None, size, asked)
        for page, _ in walk.pages():
            for thing in page.things:
                found[thing.id] = _listed(thing, fields)
    return Listing(list(found.values()), first)


def _listed(thing: Thing, fields: str) -> Listed:
    """Return what is there, also of a thing that is odd: its id is enough.

    Raises msgspec.ValidationError where its refunds are asked for.
    """
    if isinstance(thing, Listed):
        return thing
    if isinstance(thing, Odd) and fields == "refunds":
        raise thing.error
    return Listed(id=thing.id)


def things_of(body: Any, path: str, of: type[Thing]) -> list[Thing]:
    """Return the things of a list; those that are not of this kind as odd ones."""
    if isinstance(body, list) and set(map(type, body)) <= {of}:
        return body
    odd = {id(row): row for row in rows_of(body, path)}
    return [
        thing if isinstance(thing, of) else _odd(thing, of)
        for thing in body
        if isinstance(thing, of) or id(thing) in odd
    ]


def _odd(row: Row, of: type[Thing]) -> Thing:
    try:
        return convert(row, of)
    except ValidationError as error:
        dates = {name: str(row.get(name) or "") for name in FIELD.values()}
        return Odd(id=row["id"], error=error, **dates)


def rows_of(body: Any, path: str) -> list[Row]:
    """Return the rows of a list; anything else is an error, also with status 200."""
    if isinstance(body, list):
        known = (row for row in body if isinstance(row, dict))
        return [row for row in known if isinstance(row.get("id"), (int, str))]
    said = body.get("code", "") if isinstance(body, dict) else type(body).__name__
    raise JourneyError(
        Problem(
            f"WooCommerce, {path}", f"an answer that is no list: {str(said)[:60]}",
            "a list, as WooCommerce answers",
            "look whether a plugin changes the REST API, then run doctor",
        )
    )  # fmt: skip


def ignores(path: str, name: str) -> Problem:
    """Return why a server that passes over a bound is not read."""
    return Problem(
        f"WooCommerce, {path}", f"the shop passes over {name}, older things come",
        "WooCommerce 5.8 or later (2021), which can be asked for changes",
        "update WooCommerce, or take out the plugin that changes the REST API; until "
        "then every run reads all orders",
    )  # fmt: skip


def second(moment: dt.datetime, up: bool = False) -> str:
    """Return a moment as WooCommerce writes it, cut to the second or rounded up."""
    whole = moment.astimezone(dt.UTC).replace(tzinfo=None)
    if up and whole.microsecond:
        whole += dt.timedelta(seconds=1)
    return whole.replace(microsecond=0).isoformat()


def moment(text: str) -> dt.datetime:
    """Return an instant from a date in GMT."""
    return dt.datetime.fromisoformat(text[:19]).replace(tzinfo=dt.UTC)


def is_moment(text: str) -> bool:
    """Return whether a text is a date as WooCommerce writes it; zeros and months after
    the twelfth are none."""
    try:
        dt.datetime.fromisoformat(text[:19])
    except ValueError:
        return False
    return len(text) >= 19


def _back(text: str, step: dt.timedelta) -> str:
    return (dt.datetime.fromisoformat(text[:19]) - step).isoformat() if text else ""
