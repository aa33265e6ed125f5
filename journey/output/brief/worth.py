"""The money sections of the brief: customers, second orders, sales to the cent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from journey.answer import Answer, Estimate, Part, Period
from journey.figures.scoped import Figures
from journey.findings.revenue import measure_of
from journey.formats import Formats
from journey.output.absent import sentence, why
from journey.output.brief.parts import Line, Section
from journey.rounding import coarse
from journey.scope import Scope

SECOND = "retention/second_order_90_days"
SALES = "data/shop_sales"
YEAR = 365
TWO_SIDES = (
    ("Late deliveries", "arrival", "late", "whose first order came late",
     "retention/after_late_delivery", "No arrival of a parcel is known beside its "
     "promised day."),
    ("Much effort", "effort_band", "high", "whose first order cost much effort",
     "retention/after_effort", "No contact is known about a first order."),
)  # fmt: skip
"""What may cost second orders: title, column, value, who, the table about it, and what
to say where it tells nothing."""


# ----------------------------------------------------------------------- customers


def customers(figures: Figures, link: str) -> Section:
    """Return what a new customer costs, beside what one brought in 12 months."""
    return Section(
        "New customers",
        (
            _figure(figures, "awareness/new_customer_cost", "Cost of a new customer"),
            _figure(figures, "retention/value_12_months", "Brings in 12 months"),
            _figure(figures, "retention/value_over_cost", "Times what it cost"),
        ),
        link=link, follow="Open retention",
    )  # fmt: skip


def _figure(figures: Figures, name: str, title: str) -> Line:
    """Return a measure with interval, what it was, and the days it is of."""
    query = figures.library.queries.get(name)
    if query is None:
        return Line(title, "Its query file is not there.")
    answer, formats = figures.glance(name), figures.formats
    missing = _missing(answer, formats)
    if missing or answer.measure is None:
        return Line(title, missing)
    now, change = answer.measure.now, answer.measure.change
    spread = formats.range(now.low, now.high, query.unit)
    told = []
    if answer.measure.before and answer.measure.before.value is not None:
        told.append(f"was {formats.value(answer.measure.before.value, query.unit)}")
    tone = ""
    if change and change.moved and change.good is not None:
        tone = "good" if change.good else "bad"
    value = formats.value(now.value, query.unit)
    return Line(
        title, " ".join([*map(sentence, told), *answer.notes]),
        amount=f"{value} ({spread})" if spread else value, tone=tone,
    )  # fmt: skip


def _missing(answer: Answer, formats: Formats) -> str:
    """Return why a measure has no figure; "" where it has one."""
    if answer.problem is not None:
        return f"Could not be worked out: {answer.problem.found}."
    if answer.measure is None:
        return sentence(answer.absence or "no rows in these days")
    if answer.measure.now.value is None:
        return why(answer.measure.now, formats)
    return ""


# -------------------------------------------------------------------- second orders


def second_orders(figures: Figures, link: str) -> Section:
    """Return what late deliveries and much effort cost in second orders of a year."""
    last = figures.scope.period.last
    year = replace(
        figures.scope,
        period=Period(last - dt.timedelta(YEAR - 1), last), comparison=None, event=None,
    )  # fmt: skip
    answer = figures.answer(SECOND, year)
    value = measure_of(figures, "conversion/average_order", year)
    worth = value.now.value if value else None
    lines = tuple(_side(figures, answer, year, worth, *side) for side in TWO_SIDES)
    days = figures.formats.day_range(answer.period.first, answer.period.last)
    return Section(
        "Second orders lost in a year", lines,
        note=f"First orders of {days}, each watched for 90 days, beside everybody else's. "
        "It shows where they are lost, not why." if answer.measure else "",
        link=link, follow="Open support",
    )  # fmt: skip


def _side(
    figures: Figures, answer: Answer, year: Scope, worth: float | None, title: str,
    column: str, name: str, who: str, table: str, fallback: str,
) -> Line:  # fmt: skip
    formats = figures.formats
    missing = _missing(answer, formats)
    parts = answer.measure.parts.get(column, ()) if answer.measure else ()
    part = next((one for one in parts if one.label == name), None)
    if missing:
        return Line(title, missing)
    if part is None:
        told = figures.answer(table, year).absence if table in _names(figures) else None
        return Line(title, sentence(told) if told else fallback)
    if part.now.value is None:
        return Line(title, why(part.now, formats))
    if part.rest is None or part.others is None or part.others.value is None:
        return Line(title, "There is nobody else to hold them against.")
    return lost(formats, part, worth, title, who)


def _names(figures: Figures) -> Mapping[str, Any]:
    return figures.library.queries


def lost(formats: Formats, part: Part, worth: float | None, title: str, who: str) -> Line:
    """Return second orders and money lost: the gap to everybody else x those people."""
    now, rest, others = part.now, part.rest, part.others
    people = now.denominator or 0.0
    told = (
        f"{formats.percent(now.value)} of {formats.counted(people, 'customer')} {who} "
        f"ordered again, others {formats.percent(others.value if others else None)}."
    )
    if rest is None or rest.absolute >= 0:
        return Line(title, f"{told} No loss.", tone="good")
    gap = -rest.absolute, -(rest.high or 0.0), -(rest.low or 0.0)
    orders = [units * people for units in gap]
    count = f"about {formats.number(coarse(orders[0]))} orders"
    ends = " to ".join(formats.number(coarse(end)) for end in orders[1:])
    amount = f"{count} ({ends})"
    if worth is not None:
        amount += f", {formats.estimate(*(units * worth for units in orders))}"
    chance = not rest.moved
    return Line(
        title, told, amount, chip="may be chance" if chance else "",
        tone="" if chance else "bad",
    )  # fmt: skip


# ---------------------------------------------------------------------- to the cent


def sales(figures: Figures, link: str) -> Section:
    """Return revenue to the cent, how it comes from gross, and what it leaves out."""
    answer, formats = figures.answer(SALES), figures.formats
    title = f"Revenue to the cent, {formats.money_label}"
    if answer.problem is not None or answer.frame is None:
        said = answer.problem.found if answer.problem else answer.absence
        return Section(title, (), empty=sentence(said or "orders are not connected"))
    rows = {row["standing"]: row for row in answer.frame.to_dicts()}
    lines = [*_sum(figures, rows.get("counts", {})), *_others(figures)]
    lines += [_covered(figures), *_aside(rows, formats)]
    return Section(title, tuple(lines), link=link, follow="Open conversion")


def _sum(figures: Figures, counts: Mapping[str, Any]) -> list[Line]:
    formats = figures.formats

    def cents(name: str, sign: int = 1) -> str:
        return formats.money(sign * (counts.get(name) or 0), 2)

    orders = formats.counted(counts.get("orders") or 0, "order")
    taken = "Shipping and tax" if formats.vat == "excluded" else "Shipping"
    return [
        Line(f"Gross, {orders} that count", amount=cents("gross")),
        Line(taken, amount=cents("shipping_and_tax", -1)),
        Line("Refunds paid back these days", amount=cents("refunded", -1)),
        Line("Revenue", amount=cents("revenue"), strong=True),
    ]


def _others(figures: Figures) -> list[Line]:
    """Return revenue of all sales channels, where there is more than the own shop."""
    scope = figures.scope
    everywhere = replace(
        scope, where=tuple(p for p in scope.where if p[0] != "sales_channel"), usual=()
    )
    total = _of_orders(figures, scope), _of_orders(figures, everywhere)
    if None in total or total[0] == total[1]:
        return []
    return [Line("With marketplaces and all other channels",
                 amount=figures.formats.money(total[1], 2))]  # fmt: skip


def _of_orders(figures: Figures, scope: Scope) -> float | None:
    rows = figures.answer(SALES, scope).frame
    if rows is None:
        return None
    return float(sum(value or 0 for value in rows["revenue"].to_list()))


def _covered(figures: Figures) -> Line:
    name, title = "awareness/coverage", "Seen by web analytics"
    answer, formats = figures.glance(name), figures.formats
    missing = _missing(answer, formats)
    if missing or answer.measure is None:
        return Line(title, missing)
    now: Estimate = answer.measure.now
    return Line(
        title,
        amount=f"{formats.percent(now.value, 0)} of "
        f"{formats.counted(now.denominator, 'own-shop order')}",
    )


STANDINGS = {
    "waits": ("waits for payment or approval", "wait for payment or approval"),
    "lost": ("failed or was cancelled", "failed or were cancelled"),
    "unknown": (
        "has a status that nobody explained",
        "have a status that nobody explained",
    ),
    "test": ("is a test", "are tests"),
}
"""Standing of orders that count nowhere -> what is said of one, and of many."""


def _aside(rows: Mapping[str, Mapping[str, Any]], formats: Formats) -> list[Line]:
    """Return what is not counted: orders that wait, are lost, unknown or tests."""
    told = []
    for standing, (one, many) in STANDINGS.items():
        row = rows.get(standing)
        if row is not None and row["orders"]:
            verb = one if row["orders"] == 1 else many
            title = f"{formats.counted(row['orders'], 'order')} {verb}: not counted"
            told.append(Line(title, amount=f"{formats.money(row['gross'], 2)} gross",
                             tone="bad" if standing == "unknown" else ""))  # fmt: skip
    return told
