"""The card "What moved": the change of a figure, split to the last cent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from journey import charts, data, words
from journey.answer import Answer, Measure
from journey.charts import Look, Spec
from journey.findings import leaks as search, movement
from journey.findings.movement import Effect, Split
from journey.findings.revenue import Revenue, revenue
from journey.formats import NO_BREAK, Formats
from journey.query import Query
from journey.query.file import Column
from journey.scope import Scope
from journey.ui import address, downloads, problems, tables

MOVED, MOVED_BY = "moved", "moved_by"
"""Names in the address: what moved, and by which column it is split."""
REVENUE = "revenue"
SCALE = {"percent": 100.0, "per_100": 100.0}
"""Units whose figures are written a hundred times as large as they are stored."""
MIX = "Different mix"
QUIET = "nothing moved beyond its usual swing"


def card(stage: str, headlines: Sequence[Query], scope: Scope) -> None:
    """Draw what the stage's headline did and which groups, or which mix, did it."""
    with st.container(border=True, key="card_moved"):
        st.markdown("#### What moved")
        if scope.comparison is None:
            st.caption("Choose days to compare with in the filters.")
            return
        _moved(stage, headlines, scope)


@st.fragment
def _moved(stage: str, headlines: Sequence[Query], scope: Scope) -> None:
    able = [q for q in headlines if _can(data.glance(q.name, scope), q)]
    able.sort(key=lambda query: query.unit == "count")
    known = {query.name: query for query in able}
    facts = revenue(data.Figures(scope)) if stage == "conversion" else None
    options = [*known, *([REVENUE] if facts else [])]
    if not options:
        st.caption("No headline of this stage has days before to be compared with.")
        return
    row = st.container(horizontal=True, vertical_alignment="bottom")
    with row:
        address.pick(MOVED, "moved_figure", options, options[0], "figure")
        picked = st.selectbox(
            "Measure", options, key="moved_figure", width=230,
            format_func=lambda name: known[name].title if name in known else "Revenue",
        )  # fmt: skip
    address.picked(MOVED, picked or options[0], options[0])
    query = known.get(picked or options[0])
    if query is not None:
        _figure(query, scope, row)
    elif facts:
        _revenue(facts, scope)


def _can(answer: Answer, query: Query) -> bool:
    """Whether the change is a sum over groups; a median's is not."""
    measure = answer.measure
    if measure is None or measure.before is None or measure.before.value is None:
        return False
    is_sum = query.unit in ("count", "money") and measure.now.value is not None
    return measure.change is not None and (measure.now.denominator is not None or is_sum)


def _figure(query: Query, scope: Scope, row: DeltaGenerator) -> None:
    measure, formats = data.answer(query.name, scope).measure, data.formats()
    if measure is None:
        return
    columns = [c for c in measure.parts if c in search.SCANNED or c not in words.SEGMENTS]
    found = movement.splits(measure, columns, query.unit)
    if not found:
        _said(sentence(query, measure, None, formats))
        return
    by, key = {one.column: one for one in found}, f"moved_by_{query.name}"
    with row:
        address.pick(MOVED_BY, key, by, found[0].column, "column")
        chosen = st.selectbox(
            "By", list(by), format_func=lambda one: words.SEGMENTS.get(one, one),
            key=key, width=190,
        )  # fmt: skip
    one = by[chosen or found[0].column]
    address.picked(MOVED_BY, one.column, found[0].column)
    _said(sentence(query, measure, one, formats))
    if elsewhere := mixed(query, measure, one, found, formats):
        _said(elsewhere)
    rows = bars(one, query.unit, formats)
    drawn = data.spec(
        f"moved {one.column}", query.name, scope, lambda look: charts.moves(rows, look)
    )
    is_quiet = measure.change is not None and measure.change.moved is False
    if drawn is not None and not is_quiet:
        st.vega_lite_chart(drawn, theme=None, key=f"chart_moved_{query.name}")
    closed = st.expander("As a table", key=f"moved_open_{query.name}", on_change="rerun")
    if closed.open:
        with closed:
            frame, told = table(one, query.unit, formats)
            tables.show(frame, None, f"moved_{query.name}", texts=told)
    _take(query, one, scope, lambda look: charts.moves(rows, look))


def _take(
    query: Query, one: Split, scope: Scope, chart: Callable[[Look], Spec | None]
) -> None:
    """Draw the downloads of a split: its values with their effects, and the bars."""
    by = words.SEGMENTS.get(one.column, one.column)
    formats = data.formats()
    frame, _ = table(one, query.unit, formats)
    unit = "percent_points" if query.unit == "percent" else query.unit
    labels = {
        by: Column(by), "Share": Column("Share", "percent"),
        "Inside the group": Column("Inside the group", unit),
        "By the mix": Column("By the mix", unit),
    }  # fmt: skip
    told = replace(query, title=f"What moved: {query.title.lower()} by {by.lower()}",
                   columns=labels)  # fmt: skip
    downloads.rows(data.answer(query.name, scope), frame, scope, "moved", told, chart)


def _revenue(facts: Revenue, scope: Scope) -> None:
    formats = data.formats()
    _said(revenue_sentence(facts, formats))
    if not facts.before:
        return
    amounts = movement.adding_up([s.amount for s in facts.shares], facts.change, 2)
    rows = [
        (share.label.capitalize(), amount, _signed(amount, "money", 2, formats))
        for share, amount in zip(facts.shares, amounts, strict=True)
    ]
    drawn = charts.moves(rows, Look(charts.PALETTES[data.theme()], formats))
    if drawn is not None:
        st.vega_lite_chart(drawn, theme=None, key="chart_moved_revenue")
    query = data.query("conversion/revenue")
    if query is not None:
        labels = {"part": Column("Part"), "amount": Column("Amount", "money")}
        told = replace(query, title="What moved: revenue", columns=labels)
        frame = pl.DataFrame({"part": [row[0] for row in rows], "amount": amounts})
        downloads.rows(data.answer(query.name, scope), frame, scope, "moved", told,
                       lambda look: charts.moves(rows, look))  # fmt: skip


def _said(text: str) -> None:
    st.markdown(problems.plain(text))


# ------------------------------------------------------------------ words


def sentence(query: Query, measure: Measure, one: Split | None, formats: Formats) -> str:
    """Return what a figure did, and where; a quiet one claims nothing."""
    unit, change = query.unit, measure.change
    if change is None or measure.before is None:
        return f"{query.title}: nothing to compare with."
    was, now = (_exact(e.value, unit, formats) for e in (measure.before, measure.now))
    if change.moved is False:
        return f"{query.title} {was} → {now}: {QUIET}."
    whole = _signed(change.absolute * _scale(unit), unit, _digits(unit), formats)
    told = [f"{query.title} went from {was} to {now} ({whole})."]
    if one is not None and measure.now.denominator is not None:
        by = words.SEGMENTS.get(one.column, one.column).lower()
        rate, mix = _texts([one.rate, one.mix], one.change, unit, formats)
        told.append(f"By {by}: {rate} inside the groups, {mix} by a different mix of them.")
    if one is not None:
        told.append(_where(one, unit, formats))
    return " ".join(told)


def mixed(
    query: Query, measure: Measure, one: Split, others: Sequence[Split], formats: Formats
) -> str:
    """Return which other column's mix did much of the change; "" where none did."""
    if measure.change is None or measure.change.moved is False:
        return ""
    able = [other for other in others if other is not one and other.shifted]
    most = max(able, key=lambda other: abs(other.mix), default=None)
    if most is None or most.shifted is None or abs(most.mix) <= abs(one.mix):
        return ""
    unit, shifted = query.unit, most.shifted
    amount = _signed(most.mix * _scale(unit), unit, _digits(unit), formats)
    was, now = (formats.percent(share) for share in shifted.shares)
    by = words.SEGMENTS.get(most.column, most.column).lower()
    name = _name(most, shifted, formats)
    return f"A different mix by {by} made {amount}: {name} was {was} of all, is {now}."


def _where(one: Split, unit: str | None, formats: Formats) -> str:
    """Return which group carries half of the change, or that none does."""
    if not round(one.rate * _scale(unit), _digits(unit)):
        return "All of it is the mix, nothing inside the groups."
    if one.rate * one.change < 0:
        return "Inside the groups it went the other way."
    if abs(one.mix) > abs(one.rate):
        return "Most of it is the mix, not the groups."
    worst = one.largest
    if worst is None:
        return "No single group carries half of it: it is spread evenly."
    amount = _signed(worst.rate * _scale(unit), unit, _digits(unit), formats)
    return f"{words.value(one.column, worst.label, formats)}: {amount} of it."


def revenue_sentence(facts: Revenue, formats: Formats) -> str:
    """Return what revenue did; the bars below say by which factor."""
    now = f"{formats.money(facts.now, 0)} {formats.money_label}"
    if not facts.before:
        return f"Revenue was {now}; there is nothing before to compare it with."
    if facts.share is None:
        before = formats.money(facts.before, 0)
        return f"Revenue was {now} after refunds, {before} before."
    share = formats.change(facts.share)
    if not facts.moved:
        return f"Revenue was {now} ({share}): {QUIET}."
    verb = "fell" if facts.change < 0 else "rose"
    amount = _signed(round(facts.change, 2), "money", 2, formats)
    return f"Revenue {verb} to {now} ({share}, {amount}). The bars add up to that."


def bars(
    one: Split, unit: str | None, formats: Formats, shown: int = charts.MOVES
) -> list[tuple[str, float, str]]:
    """Return the bars of a split, largest first, the mix last; they add up to it, and are
    those of the sentence."""
    effects = sorted(one.effects, key=lambda e: (e.label == movement.REST, -abs(e.rate)))
    kept = [e for e in effects if e.label != movement.REST][:shown]
    rest = [e for e in effects if e not in kept]
    rows = [(_name(one, e, formats), e.rate) for e in kept]
    if any(e.rate for e in rest):
        rows.append((movement.REST, sum(e.rate for e in rest)))
    inside, mix = _rounded([one.rate, one.mix], one.change * _scale(unit), unit)
    numbers = _rounded([value for _, value in rows], inside, unit)
    if any(e.mix for e in one.effects):
        rows.append((MIX, one.mix))
        numbers.append(mix)
    texts = _written(numbers, unit, formats)
    return [(label, value, text) for (label, value), text in zip(rows, texts, strict=True)]


def table(
    one: Split, unit: str | None, formats: Formats
) -> tuple[pl.DataFrame, dict[str, list[str]]]:
    """Return every value with its two effects and, as the last row, their sums; and the
    texts of the numbers, which add up as well."""
    by = words.SEGMENTS.get(one.column, one.column)
    names = [*(_name(one, effect, formats) for effect in one.effects), "Together"]
    shares = [*(effect.share for effect in one.effects), 1.0]
    rates, mixes = [e.rate for e in one.effects], [e.mix for e in one.effects]
    inside, mix = _rounded([one.rate, one.mix], one.change * _scale(unit), unit)
    columns = {
        "Share": shares, "Inside the group": [*rates, one.rate],
        "By the mix": [*mixes, one.mix],
    }  # fmt: skip
    told = {"Share": [formats.percent(share) for share in shares]} | {
        name: _written([*_rounded(parts, total, unit), total], unit, formats)
        for name, parts, total in (
            ("Inside the group", rates, inside), ("By the mix", mixes, mix),
        )
    }  # fmt: skip
    return pl.DataFrame({by: names, **columns}), told


def _name(one: Split, effect: Effect, formats: Formats) -> str:
    if effect.label == movement.REST:
        return movement.REST
    return words.value(one.column, effect.label, formats)


def _texts(
    parts: Sequence[float], total: float, unit: str | None, formats: Formats
) -> list[str]:
    """Return the parts as texts whose numbers add up to that of the total."""
    return _written(_rounded(parts, total * _scale(unit), unit), unit, formats)


def _rounded(parts: Sequence[float], total: float, unit: str | None) -> list[float]:
    """Return the parts as they are written, adding up to a total as it is written."""
    scaled = [part * _scale(unit) for part in parts]
    return movement.adding_up(scaled, total, _digits(unit))


def _written(numbers: Sequence[float], unit: str | None, formats: Formats) -> list[str]:
    return [_signed(number, unit, _digits(unit), formats) for number in numbers]


def _signed(number: float, unit: str | None, digits: int, formats: Formats) -> str:
    if unit == "money":
        return f"{'+' if number > 0 else ''}{formats.money(number, digits)}"
    mark = f"{NO_BREAK}p.p." if unit == "percent" else ""
    return f"{formats.signed(number, digits)}{mark}"


def _exact(value: float | None, unit: str | None, formats: Formats) -> str:
    """Return a figure with the digits that its change is told in."""
    return formats.percent(value, 2) if unit == "percent" else formats.value(value, unit)


def _scale(unit: str | None) -> float:
    return SCALE.get(unit or "", 1.0)


def _digits(unit: str | None) -> int:
    return 0 if unit == "count" else 2
