"""What a brief is put together from: sections of lines, and bars."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One thing that is said, with its figure."""

    title: str
    text: str = ""
    amount: str = ""
    chip: str = ""
    """A word or two about it: worked, always low."""
    tone: str = ""
    """good, bad or nothing."""
    link: str = ""
    """Where to look; "" where the settings name no address."""
    strong: bool = False
    """Whether its amount is the one the others lead to."""


@dataclass(frozen=True)
class Section:
    """Lines under a title."""

    title: str
    lines: tuple[Line, ...]
    empty: str = ""
    """What stands there without a line."""
    note: str = ""
    link: str = ""
    follow: str = ""
    """What the link leads to."""


@dataclass(frozen=True)
class Bar:
    """One day, from nothing to the best day."""

    label: str
    share: float
