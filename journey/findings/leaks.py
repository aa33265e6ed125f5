"""What a manager should know first: the sentence and the worst leaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl
from polars import selectors as cs

from journey import standings, words
from journey.answer import Estimate
from journey.figures.scoped import Figures
from journey.findings import dropoff
from journey.findings.dropoff import Cell, Leak, Step, Thin
from journey.findings.revenue import Revenue, Share, measure_of, revenue
from journey.formats import Formats
from journey.query import Query
from journey.scope import NOT_SET, Scope

SCANNED = (
    "channel", "device", "country", "visitor_type", "payment_method",
    "delivery_method", "customer_tier", "first_product_category",
    "product_brand", "arrival", "effort_band",
)  # fmt: skip
"""Segment columns that the search for leaks cuts by; campaigns are too many."""
BY_NATURE = frozenset({"visitor_type", "customer_tier"})
"""Columns whose values differ by what they are: who is new buys less, and no remedy
makes strangers regulars. They may get worse, but being low is no leak."""
ORDER_STEPS = ("conversion/not_collected", "retention/second_order_90_days")
"""Steps that an order makes after the visit: each is worth an order of average value."""
LEAVING = {"consideration/product_view_rate": "awareness"}
"""Steps that lose people of another stage than the one their file belongs to."""
UNPRICED_STEPS = ("advocacy/review_rate",)
"""Steps whose worth in money nobody knows; they are searched on their own."""
ALWAYS = (
    "conversion/average_order", "conversion/revenue", "conversion/conversion_rate",
    "awareness/visits",
)  # fmt: skip
"""What the sentence and the worth of a step are made of."""
SHOWN = 3
FRESHNESS = "data/freshness"
HALF = 0.5
MATERIAL = 0.005
"""A leak below this share of the period's revenue is not worth a manager's morning."""


@dataclass(frozen=True)
class Findings:
    """What the search for leaks found in one scope."""

    leaks: tuple[Leak, ...] = ()
    """Worse than before, dearest first."""
    sentence: str = ""


def steps(figures: Figures) -> list[Step]:
    """Return the transitions of the journey with what one more unit is worth."""
    web = [q for q in figures.library.queries.values() if "step" in q.tags]
    figures.prepare([*(q.name for q in web), *ORDER_STEPS, *ALWAYS])
    order = measure_of(figures, "conversion/average_order")
    value = order.now.value if order else None
    reached = {q.name: _went_on(figures, q.name) for q in web}
    bought = reached.get("conversion/payment_completion") or 0.0
    found = []
    for query in sorted(web, key=lambda q: -reached[q.name]):
        went = reached[query.name]
        worth = value * bought / went if value and went and bought else None
        found.append(_step(query, worth))
    return found + _steps(figures, ORDER_STEPS, value)


def unpriced(figures: Figures) -> list[Step]:
    """Return the transitions whose worth in money nobody knows."""
    return _steps(figures, UNPRICED_STEPS, None)


def _steps(figures: Figures, names: Sequence[str], worth: float | None) -> list[Step]:
    library = figures.library.queries
    return [_step(library[name], worth) for name in names if name in library]


def leaks(
    figures: Figures, kind: Literal["worse", "low"], of: Sequence[Step] | None = None
) -> list[Leak]:
    """Return the leaks of the scope, dearest first; "worse" ones with their start day.

    `of`: the steps to search, else all that have a price.
    """
    if kind == "worse" and figures.scope.comparison is None:
        return []
    of = steps(figures) if of is None else of
    known = [s for s in of if kind == "low" or _compared(figures, s.name)]
    cuts = figures.cuts({s.name: _columns(figures, s.name) for s in known
                         if measure_of(figures, s.name)})  # fmt: skip
    parts = {
        s: dropoff.going_on(cuts[s.name], s.counts_lost) for s in known if s.name in cuts
    }
    if kind == "low":
        parts = {s: frame.select(cs.exclude(*BY_NATURE)) for s, frame in parts.items()}
    found = dropoff.leaks(parts, kind)
    if kind == "low":
        return found
    found = _material(figures, found)
    dear = [dropoff.sharpen(leak, _days(figures, leak)) for leak in found[: 2 * SHOWN]]
    return dear + found[2 * SHOWN :]


def worth_fixing(
    worse: Sequence[Leak], low: Sequence[Leak], stage: str | None = None
) -> list[Leak]:
    """Return the three dearest leaks of a stage: new ones first, then those that always
    were; a leak that got worse is not told again for being low."""
    new = {leak.key for leak in worse}
    both = (*worse, *(leak for leak in low if leak.key not in new))
    return [leak for leak in both if stage in (None, leak.step.stage)][:SHOWN]


def too_small(figures: Figures) -> list[Thin]:
    """Return the groups of all steps that have too few units for a rate."""
    known = [s for s in steps(figures) if measure_of(figures, s.name)]
    cuts = figures.cuts({s.name: _columns(figures, s.name) for s in known})
    period = figures.scope.period
    return [
        one for s in known if s.name in cuts
        for one in dropoff.thin(s, cuts[s.name], period.last, period.days)
    ]  # fmt: skip


def sentence(figures: Figures, found: Sequence[Leak]) -> str:
    """Return the one sentence that opens the Journey page."""
    left_out = standings.of_figures(figures)
    if not _connected(figures, "conversion/revenue"):
        return " ".join(left_out) or _visits_sentence(figures)
    facts = revenue(figures)
    told = _revenue_sentence(figures, facts, found) if facts else _sold_sentence(figures)
    if left_out and not (facts and facts.now):
        return " ".join([*left_out, *_without_visits(figures)])
    return " ".join([told, *left_out, *_without_visits(figures)])


def _revenue_sentence(figures: Figures, facts: Revenue, found: Sequence[Leak]) -> str:
    formats = figures.formats
    net = "net" if formats.vat == "excluded" else "incl. VAT"
    amount = f"{formats.money(facts.now, 0)} {net}"
    if not facts.before:
        return f"Revenue was {amount}; there is nothing before to compare it with."
    if not facts.now:
        before = formats.money(facts.before, 0)
        return f"No order that counts came in; the days before brought {before} {net}."
    if facts.share is None:
        before = formats.money(facts.before, 0)
        return f"Revenue was {amount} after refunds, before {before}."
    if not facts.moved:
        swing = formats.change(facts.share)
        return f"Revenue was {amount} ({swing}): nothing moved beyond its usual swing."
    verb = "fell" if facts.change < 0 else "rose"
    share = formats.percent(abs(facts.share), 1)
    reasons = ", ".join(_factors_told(facts.shares[:3], formats))
    reason = _reason(facts, found, formats)
    return f"Revenue {verb} {share} to {amount}: {reasons}. {reason}"


def _factors_told(shares: Sequence[Share], formats: Formats) -> list[str]:
    """Return "visits −2,000"; beside the word "orders" a bare number reads as a count."""
    rounded = [(share.label, round(share.amount, -2)) for share in shares]
    if all(label != "orders" for label, _ in rounded):
        return [f"{label} {formats.signed(amount)}" for label, amount in rounded]
    return [
        f"{_more_or_fewer(amount) if label == 'orders' else label} "
        f"{'+' if amount > 0 else ''}{formats.money(amount, 0)}"
        for label, amount in rounded
    ]


def _more_or_fewer(amount: float) -> str:
    return "fewer orders" if amount < 0 else "more orders"


def title(leak: Leak, formats: Formats) -> str:
    """Return "Payment on phones"; a leak of everybody is named by its step alone."""
    ends = [words.phrase(column, value, formats) for column, value in leak.cell]
    return " ".join([leak.step.label, *ends])


def line(leak: Leak, formats: Formats) -> str:
    """Return "62% → 51% since 24 Oct", or the gap to the others."""
    rates = [leak.step.as_counted(e.value or 0.0) for e in (leak.reference, leak.now)]
    digits = 0 if abs(rates[0] - rates[1]) >= 0.02 and min(rates) >= 0.1 else 1
    was, now = (formats.percent(rate, digits) for rate in rates)
    if leak.kind == "low":
        return f"{now}, others {was}"
    return f"{was} → {now}" + (
        f" since {formats.short_date(leak.since)}" if leak.since else ""
    )


def money(leak: Leak, formats: Formats) -> str:
    """Return "about 20,000 zł (12,000 to 28,000)", or units where money is unknown."""
    amount = leak.money
    if amount is None:
        middle, low, high = (formats.number(round(units)) for units in leak.lost)
        return f"about {middle} lost ({low} to {high})"
    return formats.estimate(*amount)


def task(leak: Leak, figures: Figures, link: str) -> str:
    """Return a leak as text for a task: numbers, definition, link."""
    formats, scope = figures.formats, figures.scope
    query = figures.library.queries[leak.step.name]
    now, reference = leak.now, leak.reference
    beside = "before" if leak.kind == "worse" else "everybody else"
    period = formats.day_range(scope.period.first, scope.period.last)
    return "\n".join(
        [
            f"{title(leak, formats)}: {line(leak, formats)}",
            f"Cost: {money(leak, formats)} (estimate, 95% interval), {period}",
            f"Now: {_of(leak.step, now, formats)}",
            f"{beside.capitalize()}: {_of(leak.step, reference, formats)}",
            f"Definition: {query.question} ({query.where})",
            "How the cost is worked out: units that no longer go on × the average net "
            "value of those who do.",
            f"See: {link}",
        ]
    )


def _of(step: Step, rate: Estimate, formats: Formats) -> str:
    """Return "510 of 1,000", as the step's own measure counts them."""
    whole, went_on = rate.denominator or 0.0, rate.numerator or 0.0
    counted = whole - went_on if step.counts_lost else went_on
    return f"{formats.number(counted)} of {formats.number(whole)}"


def _material(figures: Figures, found: Sequence[Leak]) -> list[Leak]:
    total = measure_of(figures, "conversion/revenue")
    least = MATERIAL * (total.now.value or 0.0) if total else 0.0
    return [leak for leak in found if leak.money is None or leak.money[0] >= least]


def _step(query: Query, worth: float | None) -> Step:
    label = words.STEPS.get(query.name, query.title)
    stage = LEAVING.get(query.name, query.name.split("/")[0])
    return Step(query.name, label, stage, worth, query.better == "lower")


def _went_on(figures: Figures, name: str) -> float:
    measure = measure_of(figures, name)
    return (measure.now.numerator or 0.0) if measure else 0.0


def _columns(figures: Figures, name: str) -> list[str]:
    """Return the segment columns that a measure is cut by."""
    able = figures.splits(name)
    fixed = {column for column, values in figures.scope.where if len(values) == 1}
    return [c for c in SCANNED if c in able and c not in fixed]


def _compared(figures: Figures, name: str) -> bool:
    """Whether the data cover the period compared with: half of it proves no fall."""
    measure = measure_of(figures, name)
    return bool(measure and measure.before and measure.before.state != "missing")


def _days(figures: Figures, leak: Leak) -> pl.DataFrame:
    scope = inside(figures.scope, leak.cell)
    days = figures.parts(leak.step.name, (), daily=True, scope=scope)
    return dropoff.going_on(days, leak.step.counts_lost)


def inside(scope: Scope, cell: Cell) -> Scope:
    """Return the scope narrowed to one cell."""
    for column, value in cell:
        scope = scope.with_(column, NOT_SET if value is None else value)
    return scope


def _reason(facts: Revenue, found: Sequence[Leak], formats: Formats) -> str:
    """Return the second sentence: the leak that carries half of the fall, or none does."""
    worst = next((leak for leak in found if leak.cell and leak.money), None)
    fall = -sum(share.amount for share in facts.shares if share.amount < 0)
    if worst is None or worst.money is None or worst.money[0] < HALF * fall:
        return "No single segment stands out: the change is spread evenly."
    name = title(worst, formats)
    was, now = (
        formats.percent(worst.step.as_counted(rate.value or 0.0), 0)
        for rate in (worst.reference, worst.now)
    )
    since = f"Since {formats.short_date(worst.since)} " if worst.since else ""
    text = f"{since}{name[0].lower() if since else name[0]}{name[1:]}"
    return f"{text} went from {was} to {now}."


def _connected(figures: Figures, name: str) -> bool:
    """Whether there is a source for it; a filter alone never makes it unconnected."""
    if name not in figures.library.queries:
        return False
    scope = figures.scope
    return not figures.glance(name, replace(scope, where=(), segment=None)).absence


def _sold_sentence(figures: Figures) -> str:
    """Return what is known where no comparison of revenue is possible."""
    total, formats = measure_of(figures, "conversion/revenue"), figures.formats
    if total is None:
        return _unfinished(figures) or "No order that counts came in these days."
    net = "net" if formats.vat == "excluded" else "incl. VAT"
    return f"Revenue was {formats.money(total.now.value, 0)} {net}."


def _unfinished(figures: Figures) -> str:
    """Say that all orders so far lie on days that are not complete, else nothing."""
    if FRESHNESS not in figures.library.queries:
        return ""
    rows = figures.answer(FRESHNESS, replace(figures.scope, where=(), segment=None)).frame
    wanted = {"table_name", "first_day", "complete_through"}
    if rows is None or not wanted <= set(rows.columns):
        return ""
    for name, first, through in rows.select(
        "table_name", "first_day", "complete_through"
    ).iter_rows():
        if name == "orders" and first and through and first > through:
            day = figures.formats.short_date(first)
            return f"The first orders came in on {day}, a day that is not complete yet."
    return ""


def _without_visits(figures: Figures) -> list[str]:
    """Return what an orders-only shop must know about its map."""
    if _connected(figures, "awareness/visits"):
        return []
    text = ["Visits are not connected, so there is no conversion rate."]
    known = measure_of(figures, "awareness/known_source")
    if known and known.now.value:
        share = figures.formats.percent(known.now.value, 0)
        text.append(
            "Orders by source come from the shop's own attribution "
            f"({share} of orders have one)."
        )
    return text


def _visits_sentence(figures: Figures) -> str:
    visits = measure_of(figures, "awareness/visits")
    rate = measure_of(figures, "conversion/checkout_completion")
    seen = measure_of(figures, "conversion/revenue_seen")
    formats = figures.formats
    if visits is None:
        contacts = measure_of(figures, "support/contacts")
        if contacts is None:
            return "Nothing has landed for these days yet."
        text = formats.counted(contacts.now.value, "contact")
        return f"{text}; orders are not connected, so revenue is not known."
    text = formats.counted(visits.now.value, "visit")
    if visits.change and visits.change.relative is not None:
        text += f" ({formats.change(visits.change.relative)})"
    if rate is not None:
        text += f", {formats.percent(rate.now.value, 1)} of checkouts end in an order"
    if seen is None:
        return f"{text}. Orders are not connected, so revenue is not known."
    amount = formats.money(seen.now.value, 0)
    return (
        f"{text}. Revenue as web analytics saw it: {amount}; shops usually have more. "
        "Connect orders for the true figure."
    )
