"""What became of what was followed up, in the rows that a reader may see."""

from __future__ import annotations

from journey.answer import Period
from journey.figures.scoped import Figures
from journey.findings import followups
from journey.findings.dropoff import going_on
from journey.findings.followups import FollowUp, Verdict
from journey.formats import Formats
from journey.home import Home
from journey.scope import NOT_SET, Scope


def in_hand(home: Home, scope: Scope, sample: bool) -> list[FollowUp]:
    """Return what is in hand, but nothing that names rows the role may not see."""
    allowed = dict(scope.policy)
    return [
        held
        for held in followups.opened(home, sample)
        if all(
            (value or NOT_SET) in allowed[column]
            for column, value in held.cell
            if column in allowed
        )
    ]


def judged(figures: Figures, held: FollowUp) -> Verdict:
    """Compare the days from the remedy on with as many before it."""
    today = figures.scope.period.last
    early = Verdict("too early")
    if today < held.check_on or held.step not in figures.library.queries:
        return early
    after = Period(held.since, min(held.check_on, today))
    scope = Scope(after, after.before(), policy=figures.scope.policy)
    columns = [column for column, _ in held.cell]
    parts = figures.parts(held.step, columns, scope=scope)
    counts_lost = figures.library.queries[held.step].better == "lower"
    return followups.verdict(held, going_on(parts, counts_lost), today)


def told(verdict: Verdict, formats: Formats) -> str:
    """Return "52.1% → 61.8% go on; against the others +12.5 p.p. (+5.7 to +19.3 p.p.)"."""
    was, now = formats.percent(verdict.was), formats.percent(verdict.now)
    spread = formats.range(verdict.low, verdict.high, "percent_points")
    effect = formats.points(verdict.effect)
    return f"{was} → {now} go on; against the others {effect} ({spread})"
