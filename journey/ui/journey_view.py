"""What the Journey page shows, as plain data: filled here, drawn by journey_page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from journey import (
    words,
)
from journey.answer import Answer, Change, Estimate, Measure, Point
from journey.data import Figures, Findings, settings
from journey.figures import scoped
from journey.findings import followups, leaks as search, verdicts
from journey.findings.dropoff import Leak
from journey.formats import NOTHING
from journey.home import Home
from journey.ui import groups
from journey.ui.connect import brings
from journey.ui.figure import figure

STAGES = {
    "awareness": "awareness/visits",
    "consideration": "consideration/product_view_rate",
    "conversion": "conversion/orders",
    "retention": "retention/second_order_90_days",
    "advocacy": "advocacy/review_rate",
}
"""The measure that stands for a stage on the map."""
NOUNS = {
    "awareness": "visits",
    "consideration": "viewed a product",
    "conversion": "orders",
    "retention": "order again in 90 days",
    "advocacy": "leave a review",
}
ONE = {"awareness": "visit", "conversion": "order"}
"""The same word for a single one."""
STEPS = (
    ("look", "consideration/product_view_rate"),
    ("buy", "conversion/viewers_who_buy"),
)
"""What one does between two stages of visits, and the rate of it."""
BESIDE_OTHERS = ("retention", "advocacy")
"""Stages of customers, whose rate stands beside everyone else's for a named group."""
BESIDE = (
    "conversion/conversion_rate", "conversion/buyers", "awareness/coverage",
    "awareness/known_source",
)  # fmt: skip
"""What the map and the foot line say besides."""
SHOWN = 3


@dataclass(frozen=True)
class Row:
    """One line of a list: a leak to fix, or something already in hand."""

    key: str
    title: str
    text: str
    amount: str = ""
    chip: str = ""
    tone: str = ""

    def as_data(self, actions: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
        return {**self.__dict__, "actions": [list(action) for action in actions]}


@dataclass(frozen=True)
class JourneyView:
    """Everything on the Journey page."""

    stages: tuple[dict[str, Any], ...]
    """Five figures in the order of the journey, as journey.ui.figure makes them."""
    steps: tuple[dict[str, Any], ...]
    """Two transitions: rate, verb, was, label, leak."""
    people: str
    """How many customers stand at the hinge: "960 people"; "" where not known."""
    quiet: str
    """What to say where nothing got worse; "" where something did."""
    in_hand: tuple[Row, ...]
    foot: str


def view(
    figures: Figures, found: Findings, targets: Mapping[str, float], home: Home
) -> JourneyView:
    """Return the page's content in the scope of `figures`."""
    figures.prepare([*STAGES.values(), *(name for _, name in STEPS), *BESIDE])
    return JourneyView(
        tuple(_stage(figures, stage, targets) for stage in STAGES),
        _steps(figures, found.leaks[0] if found.leaks else None),
        _people(figures),
        "" if found.leaks else quiet(figures),
        tuple(
            _held(figures, held)
            for held in verdicts.in_hand(home, figures.scope, settings().is_sample)[:SHOWN]
        ),
        _foot(figures),
    )


def _stage(figures: Figures, stage: str, targets: Mapping[str, float]) -> dict[str, Any]:
    name = STAGES[stage]
    answer, query = figures.glance(name), figures.library.queries.get(name)
    if stage == "consideration":
        answer = _numerators(answer)
    unit = "count" if stage == "consideration" else query.unit if query else None
    # A target of the rate says nothing of the number that the map shows instead.
    target = targets.get(name) if query and unit == query.unit else None
    shown = figure(answer, query, figures.formats, target, unit)
    noun = NOUNS[stage]
    if shown["value"] == "1":
        noun = ONE.get(stage, noun)
    note = _share_of_visits(figures) if stage == "conversion" else shown["note"]
    if stage in BESIDE_OTHERS:
        note = groups.told(name, figures.scope, figures.formats) or note
    return shown | {
        "key": stage, "title": words.STAGES[stage], "noun": noun, "note": note,
        "label": _read_out(words.STAGES[stage], shown, noun, note),
    }  # fmt: skip


def _read_out(title: str, shown: Mapping[str, Any], noun: str, note: str) -> str:
    """Return what a screen reader says: "Conversion: 977 orders, −9.7%, was 1,082"."""
    told, value = shown["label"].partition(": ")[2], shown["value"]
    if value:
        told = told.replace(value, f"{value} {noun}", 1)
    return f"{title}: {told}{f', {note}' if note else ''}"


def _steps(figures: Figures, dearest: Leak | None) -> tuple[dict[str, Any], ...]:
    """Return both transitions; the one that the dearest leak is part of is marked."""
    lost = dearest.step if dearest else None
    of_visits = lost is not None and lost.name not in search.ORDER_STEPS
    at = "look" if lost and lost.stage == "awareness" else "buy"
    return tuple(
        _step(figures, verb, name, of_visits and verb == at) for verb, name in STEPS
    )


def _step(figures: Figures, verb: str, name: str, is_leak: bool) -> dict[str, Any]:
    measure, formats = figures.glance(name).measure, figures.formats
    now = measure.now.value if measure else None
    before = measure.before.value if measure and measure.before else None
    is_leak = is_leak and now is not None
    digits = 0 if now is not None and now >= 0.1 else 1
    rate, was = formats.percent(now, digits), formats.percent(before, digits)
    return {
        "verb": verb, "rate": rate, "was": "" if was == NOTHING else f"was {was}",
        "label": f"{'Largest leak: ' if is_leak else ''}{rate} {verb}, was {was}",
        "leak": is_leak,
    }  # fmt: skip


def _people(figures: Figures) -> str:
    """Return how many people ordered: who crosses from visits to customers."""
    for name in ("conversion/buyers", "retention/customers"):
        measure = figures.glance(name).measure if name in figures.library.queries else None
        if measure and measure.now.value is not None:
            return figures.formats.counted(measure.now.value, "person", "people")
    return ""


def _share_of_visits(figures: Figures) -> str:
    measure = figures.glance("conversion/conversion_rate").measure
    if measure is None or measure.now.value is None:
        return ""
    return f"{figures.formats.percent(measure.now.value)} of visits"


def quiet(figures: scoped.Figures) -> str:
    """Return why no leak is listed: no step got worse, or nobody can know."""
    which = "No step that is counted got worse" if unseen(figures) else "No step got worse"
    return unknowable(figures) or (
        f"{which} beyond its usual swing. Drop-offs shows what is always low."
    )


def unseen(figures: scoped.Figures) -> dict[str, list[str]]:
    """Return the steps that nobody can count for want of a source, by what to do."""
    found: dict[str, list[str]] = {}
    for name, label in words.STEPS.items():
        known = name in figures.library.queries
        reason = figures.glance(name).absence if known else None
        if reason and brings(reason):
            found.setdefault(reason, []).append(label)
    return found


def unknowable(figures: scoped.Figures) -> str:
    """Return why nobody can know whether a step got worse; "" where one can."""
    named = {*STAGES.values(), *(name for _, name in STEPS)} & set(words.STEPS)
    known = named & set(figures.library.queries)
    found = [measure for name in known if (measure := figures.glance(name).measure)]
    if any(measure.change for measure in found):
        return ""
    if any(measure.now.value is not None for measure in found):
        return "There is nothing before these days to hold them against."
    return "No step of the journey can be counted yet, so no loss can be found."


def _held(figures: Figures, held: followups.FollowUp) -> Row:
    formats = figures.formats
    verdict = verdicts.judged(figures, held)
    text = f"{held.owner}: {held.action}"
    if verdict.outcome == "too early":
        return Row(
            held.id, held.title, text, chip=f"check {formats.short_date(held.check_on)}"
        )
    good = verdict.outcome == "worked"
    return Row(
        held.id, held.title, f"{text.rstrip('.')}. {verdicts.told(verdict, formats)}",
        chip=verdict.outcome, tone="good" if good else "bad",
    )  # fmt: skip


def _foot(figures: Figures) -> str:
    """Return what the figures do not see: orders without a visit, without a source."""
    formats, parts = figures.formats, []
    seen = _measure(figures, "awareness/coverage")
    if seen:
        parts.append(
            f"Web analytics saw {formats.percent(seen.now.value, 0)} of own-shop orders"
        )
    known = _measure(figures, "awareness/known_source")
    if known and known.now.denominator:
        lost = (known.now.denominator or 0) - (known.now.numerator or 0)
        orders, has = formats.counted(lost, "order"), "has" if lost == 1 else "have"
        parts.append(f"{orders} {has} no known source")
    return " · ".join(parts)


def _measure(figures: Figures, name: str) -> Any:
    measure = figures.glance(name).measure if name in figures.library.queries else None
    return measure if measure and measure.now.value is not None else None


def _numerators(answer: Answer) -> Answer:
    """Return the same answer counting those who went on instead of their share."""
    if (measure := answer.measure) is None:
        return answer

    def count(estimate: Estimate) -> Estimate:
        known = estimate.numerator is not None and estimate.state in ("ready", "too_few")
        return Estimate(estimate.numerator if known else None,
                        "ready" if known else estimate.state)  # fmt: skip

    now = count(measure.now)
    before = count(measure.before) if measure.before else None
    change = None
    if before and before.value and now.value is not None:
        gap = now.value - before.value
        change = Change(gap, gap / before.value, good=gap > 0)
    trend, trend_before = (
        tuple(Point(p.day, count(p.estimate)) for p in points)
        for points in (measure.trend, measure.trend_before)
    )
    counted = Measure(now, before, change, trend, trend_before)
    return replace(answer, measure=counted)
