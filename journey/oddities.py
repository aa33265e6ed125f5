"""Things of a source that are no rows: left out one by one, and told by their id."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from journey.columns import YEARS

ODD = (
    ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError,
)  # fmt: skip
"""What the making of a row meets where a thing is not as its vendor describes it."""
FEW = 3
"""More odd things than this, and most of a page: the vendor has changed, or the code."""

Given = TypeVar("Given")


@dataclass(frozen=True)
class Unreadable:
    """A thing of the source that no row can be made of: left out, and told."""

    named: str
    """What the source calls it: "id 4711"."""
    why: str
    table: str | None = None
    """As of `Rows`."""


def one_by_one(
    things: Sequence[Any],
    batches: Callable[[list[Any]], Iterable[Given]],
    id: str = "id",
) -> Iterator[Given | Unreadable]:
    """Yield `batches(things)`; where that fails, those of the things that can be read."""
    nameless = [thing for thing in things if not _id_of(thing, id)]
    if nameless:
        if len(nameless) > FEW and len(nameless) * 2 > len(things):
            raise KeyError(id)
        things = [thing for thing in things if _id_of(thing, id)]
        for thing in nameless:
            yield Unreadable(_named(thing, id), f"it has no {id}")
    yield from _Halves(batches, id, len(things)).of(list(things))


class _Halves(Generic[Given]):
    """Finds the things that cannot be read by halves: few of many cost few tries."""

    def __init__(
        self, batches: Callable[[list[Any]], Iterable[Given]], id: str, among: int
    ) -> None:
        self.batches = batches
        self.id = id
        self.among = among
        self.odd = 0

    def of(self, things: list[Any]) -> Iterator[Given | Unreadable]:
        if not things:
            return
        try:
            found = list(self.batches(things))
        except ODD as error:
            if len(things) == 1:
                yield self._told(things[0], error)
                return
        else:
            yield from found
            return
        middle = len(things) // 2
        yield from self.of(things[:middle])
        yield from self.of(things[middle:])

    def _told(self, thing: Any, error: Exception) -> Unreadable:
        self.odd += 1
        if self.odd > FEW and self.odd * 2 > self.among:
            raise error
        return unreadable(thing, error, self.id)


def moment(text: str) -> dt.datetime:
    """Return an instant as APIs write it; in UTC where it names no zone.

    Raises ValueError or TypeError, both in ODD, where it can be none.
    """
    found = dt.datetime.fromisoformat(text)
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise ValueError("a year that cannot be")
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def is_before(text: Any, until: dt.datetime) -> bool | None:
    """Return whether an instant is before another; None where it can be no instant."""
    try:
        return moment(text) < until
    except ODD:
        return None


def unreadable(thing: Any, error: Exception, id: str = "id") -> Unreadable:
    """Return what is told of a thing that met this error."""
    return Unreadable(_named(thing, id), _why(error))


def _named(thing: Any, id: str) -> str:
    value = _id_of(thing, id)
    return f"{id} {value}" if value else f"one without {id}"


def _id_of(thing: Any, id: str) -> str:
    value = thing.get(id) if isinstance(thing, dict) else getattr(thing, id, None)
    return str(value) if isinstance(value, (str, int)) else ""


def _why(error: Exception) -> str:
    if isinstance(error, KeyError) and error.args and str(error.args[0]).isidentifier():
        return f"it has no {error.args[0]}"
    if not isinstance(error, msgspec.ValidationError):
        return f"a value that the vendor does not describe ({type(error).__name__})"
    if missing := re.search(r"required field `(\w+)`", str(error)):
        return f"it has no {missing[1]}"
    place = re.search(r"at `\$\.?([\w.\[\]]+)`$", str(error))
    return f"a value that the vendor does not describe ({place[1] if place else 'itself'})"
