"""What went wrong, told to the person who can put it right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, in four parts."""

    where: str
    """File, source, table or setting, as the reader knows it."""
    found: str
    """What is there."""
    expected: str
    """What should be there, or what comes near."""
    fix: str
    """What to do about it."""
    line: int | None = None
    """1-based line in the file named by `where`."""

    @property
    def place(self) -> str:
        return f"{self.where}:{self.line}" if self.line else self.where

    def __str__(self) -> str:
        return (
            f"{self.place}: {self.found}\n"
            f"  expected: {self.expected}\n"
            f"  to do:    {self.fix}"
        )

    def as_dict(self) -> dict[str, str | int | None]:
        return asdict(self)


class JourneyError(Exception):
    """Root of every error this product raises on purpose; carries its problems."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class Misuse(JourneyError):
    """What was typed has to be typed otherwise: a name that nothing has, one that is
    taken, a value out of its bounds. Nothing was tried."""


MANY = 12


def near(name: str, known: Iterable[str]) -> str:
    """Return 'did you mean "x"?' when a known name is close, else the list of them.

    A long list is cut to its closest names.
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    if len(names) <= MANY:
        return f"one of {', '.join(names)}"
    likely = difflib.get_close_matches(name, names, n=MANY, cutoff=0.0)
    return f"one of {', '.join(sorted(likely))} and {len(names) - MANY} more"


def toml_error(error: Exception, text: str) -> tuple[str, int]:
    """Return what a TOML parser said and its line; an unfinished text ends the file."""
    message = str(error)
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", message)
    found = message[: place.start()] if place else message
    line = int(place[1]) if place and place[1] else text.rstrip().count("\n") + 1
    return found[:1].lower() + found[1:], line
