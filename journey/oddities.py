"""Things of a source that are no rows: left out one by one, and told by their id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

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
    try:
        found = list(batches(list(things))) if things else []
    except ODD:
        pass
    else:
        yield from found
        return
    odd = 0
    for thing in things:
        try:
            found = list(batches([thing]))
        except ODD as error:
            odd += 1
            if odd > FEW and odd * 2 > len(things):
                raise
            yield unreadable(thing, error, id)
        else:
            yield from found


def unreadable(thing: Any, error: Exception, id: str = "id") -> Unreadable:
    """Return what is told of a thing that met this error."""
    return Unreadable(_named(thing, id), _why(error))


def _named(thing: Any, id: str) -> str:
    value = _id_of(thing, id)
    return f"{id} {value}" if value else f"one without {id}"


def _id_of(thing: Any, id: str) -> str:
    value = thing.get(id) if isinstance(thing, Mapping) else None
    return str(value) if isinstance(value, (str, int)) else ""


def _why(error: Exception) -> str:
    if isinstance(error, KeyError) and error.args and str(error.args[0]).isidentifier():
        return f"it has no {error.args[0]}"
    return f"a value that the vendor does not describe ({type(error).__name__})"
