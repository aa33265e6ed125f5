"""What the brief says, as plain texts: the same for a mail, a chat and the app."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from journey import address, scope as scopes
from journey.answer import Period
from journey.figures.scoped import Figures
from journey.findings import leaks as search, verdicts
from journey.findings.dropoff import Leak
from journey.findings.followups import FollowUp
from journey.findings.revenue import measure_of
from journey.formats import Formats
from journey.home import Home
from journey.output.brief import health, worth
from journey.output.brief.parts import Bar, Line, Section
from journey.scope import Scope
from journey.settings import Settings
from journey.words import SEGMENTS, STAGES, value

EVER = Period(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
HELD = 5
"""Follow-ups that are named; the rest is counted."""
SOON = dt.timedelta(7)
DEFINED = (
    "conversion/revenue", "awareness/coverage", "awareness/new_customer_cost",
    "retention/value_12_months", "retention/second_order_90_days",
)  # fmt: skip
"""Figures whose definitions are in the small print."""


@dataclass(frozen=True)
class Brief:
    """Everything the brief says, in the order it is read."""

    title: str
    days: str
    """The days it is about, what they are compared with, whose rows they are."""
    sentence: str
    bars: tuple[Bar, ...]
    """Revenue day by day; empty where there is none."""
    sections: tuple[Section, ...]
    small: tuple[str, ...]
    link: str
    """Address of the app; "" where the settings name none."""
    invented: bool = False
    """Whether it is about the sample shop."""

    @property
    def subject(self) -> str:
        """One line for the head of a mail: no character that could end it."""
        text = f"{self.title}: {self.days.partition(' against')[0]}"
        text = f"Invented data · {text}" if self.invented else text
        return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def compose(
    figures: Figures, settings: Settings, home: Home, now: dt.datetime, role: str = ""
) -> Brief:
    """Return the brief of the scope of `figures`, under its rows.

    `now`: an instant; `role`: whose rows they are, to be named. What is missing is said
    in its place.
    """
    zone = zoneinfo.ZoneInfo(settings.reporting.time_zone)
    worse = search.leaks(figures, "worse")
    low = search.leaks(figures, "low")
    place = _Place(figures.scope, settings.url)
    return Brief(
        f"{settings.brief.day} brief",
        _days(figures, role),
        search.sentence(figures, worse),
        _bars(figures),
        (
            _leaks(figures, search.worth_fixing(worse, low), place),
            _in_hand(figures, settings, home, now.astimezone(zone).date(), place),
            worth.customers(figures, place.to("retention")),
            worth.second_orders(figures, place.to("support")),
            worth.sales(figures, place.to("conversion")),
            health.data(figures, home, zone, place.to("data")),
        ),
        _small(figures, now, zone, place),
        place.to("journey"),
        settings.is_sample,
    )


@dataclass(frozen=True)
class _Place:
    """Makes links into the app, with the days and the rows that the brief is about."""

    scope: Scope
    url: str

    def to(self, page: str, scope: Scope | None = None) -> str:
        if not self.url:
            return ""
        usual = replace(self.scope, period=EVER, comparison=None, policy=())
        return address.link(self.url, page, scopes.format(scope or self.scope, usual))


def _days(figures: Figures, role: str) -> str:
    from journey.days import comparison

    scope, formats = figures.scope, figures.formats
    days = formats.day_range(scope.period.first, scope.period.last)
    told = f"{days} {comparison.words(scope, formats)}".rstrip()
    chosen = [value(column, one, formats) for column, many in scope.where for one in many]
    rows = [f"only rows of the role {role}"] if role and scope.policy else []
    return ", ".join([told, *chosen, *rows])


def _bars(figures: Figures) -> tuple[Bar, ...]:
    """Return revenue day by day, as shares of the best day."""
    total, formats = measure_of(figures, "conversion/revenue"), figures.formats
    if total is None:
        return ()
    values = [(point.day, point.estimate.value or 0.0) for point in total.trend]
    most = max((value for _, value in values), default=0.0)
    if most <= 0:
        return ()
    return tuple(
        Bar(f"{formats.weekday(day)}: {formats.money(value, 0)}", max(0.0, value / most))
        for day, value in values
    )


# -------------------------------------------------------------- leaks and follow-ups


def _leaks(figures: Figures, found: Sequence[Leak], place: _Place) -> Section:
    lines = [_leak(figures, leak, place) for leak in found]
    return Section(
        "Worth fixing first", tuple(lines),
        empty=_quiet(figures),
        note="Estimates with their 95% interval." if lines else "",
        link=place.to("drop-offs"), follow="All drop-offs",
    )  # fmt: skip


def _quiet(figures: Figures) -> str:
    """Return why no leak is listed: nothing got worse, or nobody can know."""
    if any(measure_of(figures, step.name) for step in search.steps(figures)):
        return "No step got worse beyond its usual swing, and none is low for a group."
    return "No step of the journey can be counted yet, so no loss can be found."


def _leak(figures: Figures, leak: Leak, place: _Place) -> Line:
    formats, stage = figures.formats, leak.step.stage
    where = [STAGES.get(stage, stage)]
    where += [f"{SEGMENTS[c]} {value(c, v, formats)}" for c, v in leak.cell]
    return Line(
        search.title(leak, formats),
        f"{search.line(leak, formats)}. Look at {' · '.join(where)}.",
        amount=search.money(leak, formats),
        chip="always low" if leak.kind == "low" else "got worse",
        tone="" if leak.kind == "low" else "bad",
        link=place.to(stage, search.inside(place.scope, leak.cell)),
    )  # fmt: skip


def _in_hand(
    figures: Figures, settings: Settings, home: Home, today: dt.date, place: _Place
) -> Section:
    held = verdicts.in_hand(home, figures.scope, settings.is_sample)
    lines = [_held(figures, one, today) for one in held[:HELD]]
    more = len(held) - len(lines)
    return Section(
        "In hand", tuple(lines),
        empty="Nothing is followed up. Take the dearest leak in hand.",
        note=f"{more} more in the app." if more else "",
        link=place.to("journey"), follow="Open the journey",
    )  # fmt: skip


def _held(figures: Figures, held: FollowUp, today: dt.date) -> Line:
    formats, verdict = figures.formats, verdicts.judged(figures, held)
    done = f"{held.owner}: {held.action}"
    if verdict.outcome == "too early":
        return Line(held.title, done, chip=_when(held, today, formats))
    worked = verdict.outcome == "worked"
    return Line(
        held.title, f"{done.rstrip('.')}. {verdicts.told(verdict, formats)}.",
        chip=verdict.outcome, tone="good" if worked else "bad",
    )  # fmt: skip


def _when(held: FollowUp, today: dt.date, formats: Formats) -> str:
    """Return how a follow-up stands that cannot be judged yet."""
    day = formats.short_date(held.check_on)
    if held.check_on < today:
        return "waits for data"
    if held.check_on - today <= SOON:
        return f"due this week, {day}"
    return f"too early, check {day}"


# --------------------------------------------------------------------- small print


def _small(
    figures: Figures, now: dt.datetime, zone: dt.tzinfo, place: _Place
) -> tuple[str, ...]:
    formats = figures.formats
    known = figures.library.queries
    told = [
        f"{known[name].title}: {_one_line(known[name].question)} "
        f"{_one_line(known[name].description)}".strip()
        for name in DEFINED
        if name in known
    ]
    return (
        f"Money is {formats.money_label}, in {formats.currency}. What a leak costs is an "
        "estimate: units that no longer go on × the average value of those who do. "
        "Brackets hold 95% intervals.",
        *told,
        f"{health.as_of(figures, zone)} Written {formats.moment(now, zone)}.",
    )


def _one_line(text: Any) -> str:
    return " ".join(str(text or "").split())
