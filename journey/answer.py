"""What a query answers: the values that cards, files and the command line all show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import polars

    from journey.problem import Problem

State = Literal["ready", "missing", "immature", "too_few", "suppressed"]
"""ready: a figure. missing: nothing landed or no row. immature: its window is not
over. too_few: fewer than 30 units, no rate is drawn from them. suppressed: fewer
people than may be shown."""


@dataclass(frozen=True)
class Period:
    """Whole days, both ends included."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def dates(self) -> tuple[dt.date, ...]:
        return tuple(self.first + dt.timedelta(n) for n in range(self.days))

    def before(self) -> Period:
        """Return the equally long period that ends the day before this one."""
        return self.shifted(-self.days)

    def year_before(self) -> Period:
        """Return the same weekdays a year ago, 364 days back."""
        return self.shifted(-364)

    def shifted(self, days: int) -> Period:
        step = dt.timedelta(days)
        return Period(self.first + step, self.last + step)


@dataclass(frozen=True)
class Estimate:
    """One figure with what it is made of and how sure it is (95% interval)."""

    value: float | None
    state: State = "ready"
    numerator: float | None = None
    denominator: float | None = None
    low: float | None = None
    high: float | None = None
    units: float | None = None
    """Sessions, orders or people the figure rests on."""
    ready_on: dt.date | None = None
    """When an immature figure will have had its whole window."""
    sides: tuple[float, float] | None = None
    """Of a difference: what it is the difference of, treated and baseline."""


@dataclass(frozen=True)
class Change:
    """The difference of two estimates, now minus before."""

    absolute: float
    relative: float | None
    low: float | None = None
    high: float | None = None
    """95% interval of `absolute` (Newcombe for proportions, Welch for means)."""
    moved: bool | None = None
    """Whether the interval leaves out zero; None where there is no interval."""
    good: bool | None = None
    """Whether the direction is the better one; None where neither is."""


@dataclass(frozen=True)
class Point:
    """One day of a measure."""

    day: dt.date
    estimate: Estimate


@dataclass(frozen=True)
class Part:
    """One value of a segment column."""

    label: str
    now: Estimate
    before: Estimate | None = None
    change: Change | None = None
    rest: Change | None = None
    """This part against everybody else who is known, in the same period."""
    others: Estimate | None = None
    """Everybody else who is known; None where the values do not add up to all."""
    others_before: Estimate | None = None


@dataclass(frozen=True)
class Measure:
    now: Estimate
    before: Estimate | None = None
    change: Change | None = None
    trend: tuple[Point, ...] = ()
    trend_before: tuple[Point, ...] = ()
    parts: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    """Segment column -> its values, largest first."""
    steps: Mapping[int, Estimate] = field(default_factory=dict)
    """Whole days since entry -> value of all who had that long (step shape)."""
    p90: Estimate | None = None
    """The time by which nine of ten had it happen (observation shape)."""


@dataclass(frozen=True)
class Badge:
    """A remark of a source on the data that a figure is made of."""

    text: str
    """A word or two: "sampled"."""
    help: str
    """What it means, what it concerns, on which days."""


@dataclass(frozen=True)
class Answer:
    """One run of one query in one scope. Exactly one of measure, frame, absence
    and problem is set."""

    name: str
    period: Period
    """The days the figure covers; may end earlier than asked (`notes` say so)."""
    compared: Period | None = None
    measure: Measure | None = None
    frame: polars.DataFrame | None = None
    absence: str | None = None
    """Why there is no figure: 'tickets carry no device', 'connect web analytics'."""
    problem: Problem | None = None
    reads: tuple[str, ...] = ()
    complete_through: dt.date | None = None
    """Last day complete in every mart read."""
    notes: tuple[str, ...] = ()
    """Sentences that belong under the figure."""
    badges: tuple[Badge, ...] = ()
    """What the sources say against the data of these days."""
    hidden: int = 0
    """Cells withheld because they count too few people."""
    of_people: bool = False
    """Whether the units of a measure are people, so that few of them are withheld."""
