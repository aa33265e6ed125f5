"""How Freshdesk hands out long lists: numbered pages, and no more than 300 of them."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from journey.connector import ODD, Flag, Http, Reply, Since, moment

PAGE = 100
MOST_PAGES = 300
EPOCH = dt.datetime(2010, 1, 1, tzinfo=dt.UTC)
"""Before there were accounts."""
SECOND = dt.timedelta(seconds=1)

Row = Mapping[str, Any]


def written(at: dt.datetime) -> str:
    """Return a time as Freshdesk reads it: whole seconds, UTC."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def missing(since: Since, what: str) -> Flag:
    """Return the remark that this account cannot give a table."""
    first = (since.first or EPOCH).date()
    last = max(first, (since.before or since.first or EPOCH).date())
    return Flag("not_available", first, last, None, {"what": what})


def pages(
    http: Http, path: str, params: Mapping[str, Any] | None = None
) -> Iterator[list[Any]]:
    """Yield the pages of a short list, odd things among them."""
    for page in range(1, MOST_PAGES + 1):
        reply = http.get(path, {"per_page": PAGE, "page": page, **(params or {})})
        yield things(reply)
        if not _goes_on(reply):
            return


def things(reply: Reply) -> list[Any]:
    """Return what an answer lists, odd things among them."""
    return reply.json if isinstance(reply.json, list) else []


def _goes_on(reply: Reply) -> bool:
    """Whether there is a page after this one: Freshdesk links to it, or it is full."""
    found = things(reply)
    return bool(found) and (
        len(found) >= PAGE or 'rel="next"' in reply.headers.get("link", "")
    )


@dataclass(frozen=True)
class Place:
    """Where a walk stands: the tickets changed since a moment, and the page of those."""

    since: dt.datetime
    page: int = 1

    def __str__(self) -> str:
        return f"{written(self.since)} {self.page}"

    @classmethod
    def of(cls, mark: str) -> Place:
        since, page = mark.split()
        return cls(moment(since), int(page))

    def after(self, found: list[Any]) -> Place:
        """Return where to go on after a page that is not the last.

        By the last change seen rather than by number: a ticket that changes meanwhile
        moves to the end, and would pull another one from the next page onto this one.
        One second back, since a second may begin on one page and end on another.
        """
        last = self.since
        for row in found[::-1]:  # one with a broken time is told when it is read
            with contextlib.suppress(*ODD):
                last = moment(row["updated_at"]).replace(microsecond=0)
                break
        if last - SECOND > self.since:
            return Place(last - SECOND)
        if self.page < MOST_PAGES:
            return Place(self.since, self.page + 1)
        return Place(max(last, self.since + SECOND))


def walk(
    http: Http, path: str, place: Place, params: Mapping[str, Any]
) -> Iterator[tuple[list[Any], Place | None]]:
    """Yield tickets in the order of their changes, and where the next page begins."""
    at: Place | None = place
    while at:
        asked = {
            "updated_since": written(at.since), "order_by": "updated_at",
            "order_type": "asc", "per_page": PAGE, "page": at.page, **params,
        }  # fmt: skip
        reply = http.get(path, asked)
        found = things(reply)
        at = at.after(found) if _goes_on(reply) else None
        yield found, at
