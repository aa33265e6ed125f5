"""How Zendesk hands out long lists: cursors, next pages, and exports by time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from journey.connector import ODD, Batch, Flag, Http, Mark, Rows, Since, one_by_one

FULL = 1000
"""Rows of a full page of an export by time."""
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

Row = Mapping[str, Any]


def unix(moment: dt.datetime | None) -> int:
    return int((moment or EPOCH).timestamp())


def stamped(seconds: Any) -> dt.datetime:
    """Return Unix seconds as an instant; one of ODD where they can be none."""
    return dt.datetime.fromtimestamp(float(seconds), dt.UTC)


def older(
    rows: Sequence[Any], happened: Callable[[Row], dt.datetime], until: dt.datetime | None
) -> list[Any]:
    """Return the rows of an older stretch; those too that are to be told as odd."""

    def is_wanted(row: Any) -> bool:
        try:
            return until is None or happened(row) < until
        except ODD:
            return True

    return [row for row in rows if is_wanted(row)]


def missing(since: Since, what: str) -> Flag:
    """Return the remark that this account cannot give a table."""
    first = (since.first or EPOCH).date()
    last = max(first, (since.before or since.first or EPOCH).date())
    return Flag("not_available", first, last, None, {"what": what})


def pages(
    http: Http, path: str, key: str, params: Mapping[str, Any] | None = None
) -> Iterator[tuple[list[Any], str | None]]:
    """Yield each page of a list and the cursor of the page after it."""
    asked: dict[str, Any] = {"page[size]": 100, **(params or {})}
    while True:
        answer = http.get(path, asked).json
        after = _after(answer)
        yield things(answer, key), after
        if after is None and "meta" not in answer and answer.get("next_page"):
            parts = urlsplit(answer["next_page"])
            path, asked = parts.path, _flat(parts.query)
        elif after is None or after == asked.get("page[after]"):
            return
        else:
            asked["page[after]"] = after


def things(answer: Row, key: str) -> list[Any]:
    """Return what an answer holds of a kind, odd things among them."""
    found = answer.get(key)
    return found if isinstance(found, list) else []


def by_number(rows: Iterable[Any], name: str) -> dict[int, Row]:
    """Return rows by the number that they have under a name, those that have one."""
    return {
        int(row[name]): row
        for row in rows
        if isinstance(row, Mapping) and str(row.get(name)).isdecimal()
    }


def _after(answer: Row) -> str | None:
    meta = answer.get("meta") or {}
    return meta.get("after_cursor") if meta.get("has_more") else None


def _flat(query: str) -> dict[str, Any]:
    return {key: values[-1] for key, values in parse_qs(query).items()}


def by_time(
    http: Http,
    path: str,
    key: str,
    since: Since,
    params: Mapping[str, Any],
    happened: Callable[[Row], dt.datetime],
    mapped: Callable[[list[Row]], list[dict[str, Any]]],
) -> Iterator[Batch]:
    """Yield an export by time, page by page; its rows come in the order of `happened`.

    A page ends with a second that the next one begins with, so rows repeat; a page that
    is one second all over goes on with the second after it.
    """
    start = int(float(since.mark)) if since.mark else unix(since.first)
    until = since.before if not since.newest else None
    while True:
        answer = http.get(path, {"start_time": start, **params}).json
        found = things(answer, key)
        wanted = older(found, happened, until)
        if wanted:
            yield from one_by_one(wanted, lambda some: [Rows(mapped(some))])
        end = _end_time(answer)
        if end is not None and end > start:
            yield Mark(str(end), lasting=since.newest)
        moves = end is not None and end > start
        if not found or _is_over(answer, moves or len(found) >= FULL):
            return
        if len(wanted) < len(found):
            return
        start = end if end is not None and moves else start + 1


def _end_time(answer: Row) -> int | None:
    if answer.get("end_time"):
        return int(answer["end_time"])
    query = parse_qs(urlsplit(answer.get("next_page") or "").query)
    start = query.get("start_time", [""])[-1]
    return int(start) if start.isdecimal() else None


def _is_over(answer: Row, moves: bool) -> bool:
    if answer.get("end_of_stream") is not None:
        return bool(answer["end_of_stream"])
    return not answer.get("next_page") or not moves
