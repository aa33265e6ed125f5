"""A stage page: built from the query files of its folder, in the order of headers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import islice

import streamlit as st

from journey import charts, data
from journey.answer import Change
from journey.check import HEADLINES
from journey.figures import statistics
from journey.findings import concentration, leaks as search
from journey.findings.dropoff import Leak
from journey.problem import Problem
from journey.query import Query
from journey.scope import Scope
from journey.ui import actions, address, downloads, drawer, moved, problems
from journey.ui.cards import body, cards, measure_rows, query_cards
from journey.ui.connect import brings, offer
from journey.ui.figure import sparkline
from journey.ui.navigation import entry
from journey.ui.page import page

CHARTS_OPEN = 2
BESIDE_PARTS = 300
"""Height of a chart that stands beside three parts of a figure, in pixels."""
PART_TALL = 26
STEPS_TALL = 400
"""Height from which on bars of six steps look swollen."""
MEASURE, BY = "measure", "by"
"""Names in the address: what is split, and by which column."""
CHANCE = 0.05
"""Share of false alarms that the sentence may have."""
ELSE = {"support/ces": "advocacy/csat"}
"""Headlines that few shops ask for, with the question most do ask."""
WHERE = {
    "awareness": "Who comes, and by which way, is in your web analytics.",
    "consideration": "What people look at is in your web analytics.",
    "conversion": "Who buys is in your orders.",
    "retention": "Who comes back is in your orders.",
    "advocacy": "Who recommends you is in your surveys and reviews.",
    "support": "Who had to ask is in your helpdesk.",
}
"""What a stage without any figure says first."""
STEPS = {
    "awareness": "conversion/steps",
    "consideration": "conversion/steps",
    "conversion": "conversion/steps",
}


def stage_page(
    stage: str,
    sections: Callable[[Scope], None] | None = None,
    placed: Collection[str] = (),
) -> None:
    """Draw a stage: headlines, steps, where it concentrates, actions, the rest.

    `sections` draws what is this page's own, after the headlines; the queries that it
    shows are `placed`, so that they are not listed once more below.
    """
    about = entry(stage)
    scope = page(about.title, about.question)
    found = data.library().of(stage)
    measures = [q for q in found if q.kind in ("measure", "period")]
    headlines = [_or_else(q, scope) for q in measures if q.headline][:HEADLINES]
    broken = _broken(stage)
    if not found and not broken:
        st.info("No query file is in this folder yet.")
        return
    _sentence(stage, headlines, scope)
    cards([q.name for q in headlines], scope)
    _mend(broken)
    if sections is not None:
        sections(scope)
    found = [query for query in found if query.name not in placed]
    measures = [query for query in measures if query in found]
    if any(data.glance(query.name, scope).measure for query in headlines):
        _middle(stage, headlines, scope)
        actions.stage(stage, scope)
        moved.card(stage, headlines, scope)
    more = [query.name for query in measures if query not in headlines]
    measure_rows(more, scope, key=f"more_{stage}")
    others = [
        q for q in found if q.kind in ("chart", "table") and q.name != STEPS.get(stage)
    ]
    if others:
        _team(others, scope, 0 if sections else CHARTS_OPEN)


def _or_else(query: Query, scope: Scope) -> Query:
    """Return the headline, or the one that takes its place while it has no figure."""
    other = data.query(ELSE.get(query.name, ""))
    if other is None or _figure(query, scope) is not None:
        return query
    return other if _figure(other, scope) is not None else query


def _figure(query: Query, scope: Scope) -> float | None:
    measure = data.glance(query.name, scope).measure
    return measure.now.value if measure else None


def _sentence(stage: str, headlines: list[Query], scope: Scope) -> None:
    """Say in one line what got worse here, that nothing did, or why nobody knows."""
    worse = data.leaks(scope, "worse", stage)
    if worse:
        text = f"{_told(worse[0])}."
    else:
        low = data.leaks(scope, "low", stage)
        text = _headlines(stage, headlines, scope)
        text += f" Always low: {_told(low[0])}." if low else ""
    with st.container(key="sentence"):
        st.markdown(problems.plain(text))
        if any(brings(reason) for reason in _gaps(headlines, scope)):
            offer()


def _told(leak: Leak) -> str:
    formats = data.formats()
    told = f"{search.title(leak, formats)}: {search.line(leak, formats)}"
    return f"{told}, {search.money(leak, formats)}"


def _headlines(stage: str, headlines: list[Query], scope: Scope) -> str:
    """Say which headlines got worse, that none did, or why nobody knows."""
    formats = data.formats()
    answers = [(query, data.glance(query.name, scope)) for query in headlines]
    known = [(query, a.measure) for query, a in answers if a.measure is not None]
    if not known:
        return _nothing_yet(stage, _gaps(headlines, scope), scope)
    changes = [(query, found) for query, found in known if found.change]
    sure = _beyond_chance([found.change for _, found in changes if found.change])
    worse = [
        f"{query.title} {formats.value(found.now.value, query.unit)}, was"
        f" {formats.value(found.before.value if found.before else None, query.unit)}"
        for (query, found), is_sure in zip(changes, sure, strict=True)
        if is_sure and found.change and found.change.good is False
    ]
    if worse:
        return f"Worse than before: {'; '.join(worse)}."
    if not changes:
        return "Nothing of this stage can be compared with the days before."
    return "No step or headline of this stage got worse beyond its usual swing."


def _gaps(headlines: list[Query], scope: Scope) -> list[str]:
    """Return why headlines have no figure, each reason once."""
    found = (data.glance(query.name, scope).absence for query in headlines)
    return list(dict.fromkeys(reason for reason in found if reason))


def _nothing_yet(stage: str, reasons: list[str], scope: Scope) -> str:
    """Say where the answer lies, and how much of the page a connection brings."""
    if not reasons:
        return "No headline of this stage has a figure here."
    reason = reasons[0]
    if not brings(reason):
        return f"No figure of this stage in these days and segments: {reason}."
    measures = [q for q in data.library().of(stage) if q.kind == "measure"]
    lit = sum(data.glance(query.name, scope).absence == reason for query in measures)
    lights = f", which lights {lit} measures here" if lit > 1 else ""
    place = f"{WHERE[stage]} " if stage in WHERE else ""
    how = reason.partition(": ")[2] or reason
    return f"{place}{how[:1].upper()}{how[1:]}{lights}."


def _beyond_chance(changes: list[Change]) -> list[bool]:
    """Return which changes stay beyond chance after a look at all of them."""
    p_values = [
        statistics.interval_p(c.absolute, c.low, c.high)
        if c.low is not None and c.high is not None
        else 1.0
        for c in changes
    ]
    return [q <= CHANCE for q in statistics.benjamini_hochberg(p_values)]


def _middle(stage: str, headlines: list[Query], scope: Scope) -> None:
    """Draw the steps now and before beside the place where a change concentrates."""
    left, right = st.columns([1, 1.15])
    able = [q for q in headlines if _splits(q.name, scope)]
    tall = _beside(able, scope)
    with left, st.container(border=True, key="card_left", height="stretch"):
        name = STEPS.get(stage, "")
        if data.query(name) and _has_steps(name, scope):
            answer, query = data.answer(name, scope), data.query(name)
            st.markdown(f"#### {problems.plain(query.title if query else name)}")
            st.caption("Visits that reached each step.")
            body(name, answer, scope, min(tall, STEPS_TALL))
            downloads.draw(name, answer, scope, "steps")
        elif headlines:
            drawn = (one for one in headlines if _has_trend(one, scope))
            query = next(drawn, headlines[0])
            st.markdown(f"#### {problems.plain(query.title)} over time")
            drawer.trend(query.name, scope, query, tall)
            downloads.draw(query.name, data.answer(query.name, scope), scope, "trend")
    with right, st.container(border=True, key="card_right", height="stretch"):
        concentrates(able, scope)


def _has_steps(name: str, scope: Scope) -> bool:
    """Whether visits are told by more than one step."""
    found = data.answer(name, scope)
    return found.problem is not None or (found.frame is not None and found.frame.height > 1)


def _beside(able: list[Query], scope: Scope) -> int:
    """Return how tall a chart must be to fill its card beside the parts of a figure."""
    query = next((q for q in able if _has_parts(q, scope)), None)
    measure = data.answer(query.name, scope).measure if query else None
    if measure is None:
        return BESIDE_PARTS
    first = measure.parts[concentration.ranked(measure, query.unit if query else None)[0]]
    drawn = sum(part.now.value is not None for part in first[: charts.SEGMENTS])
    return BESIDE_PARTS + PART_TALL * max(0, drawn - 3)


def _has_trend(query: Query, scope: Scope) -> bool:
    found = data.glance(query.name, scope).measure
    return bool(found and sparkline(found.trend, found.trend_before, None, data.formats()))


@st.fragment
def concentrates(able: list[Query], scope: Scope) -> None:
    """Draw one measure by one segment column; changing it redraws only this card."""
    st.markdown("#### Where it concentrates")
    if not able:
        st.caption("No headline of this stage can be split in this scope.")
        return
    known = {q.name: q for q in able}
    usual = next((q.name for q in able if _has_parts(q, scope)), able[0].name)
    address.pick(MEASURE, "measure", known, usual, "figure")
    picked = st.selectbox(
        "Measure", list(known), key="measure", width=230,
        format_func=lambda name: known[name].title,
    )  # fmt: skip
    query = known[picked or usual]
    address.picked(MEASURE, query.name, usual)
    column = drawer.column(query.name, scope, "concentrates", BY)
    st.caption("Grey dot before; dot now with its 95% interval, coloured where it moved.")
    drawer.breakdown(query.name, scope, query, column, "concentrates", taken=True)


def _splits(name: str, scope: Scope) -> bool:
    """Whether a measure has a figure here and columns to break it down by."""
    return bool(data.glance(name, scope).measure and data.Figures(scope).splits(name))


def _has_parts(query: Query, scope: Scope) -> bool:
    """Whether some value of a segment column has a figure."""
    measure = data.answer(query.name, scope).measure
    parts = measure.parts.values() if measure else ()
    return any(part.now.value is not None for column in parts for part in column)


def _team(queries: list[Query], scope: Scope, opened: int) -> None:
    """Draw the first that have an answer open, the others on lines that a click opens."""
    st.markdown("### Your team's questions")
    able = (query for query in queries if data.answer(query.name, scope).absence is None)
    shown = list(islice(able, opened))
    query_cards([query.name for query in shown], scope)
    for query in [query for query in queries if query not in shown]:
        title = problems.plain(query.title)
        closed = st.expander(title, key=f"open_{query.name}", on_change="rerun")
        if closed.open:
            with closed:
                st.caption(problems.plain(f"{query.question} {query.description}"))
                body(query.name, data.answer(query.name, scope), scope)
                drawer.foot(query, data.answer(query.name, scope), scope)


def _broken(stage: str) -> dict[str, Problem]:
    """Return the files of the folder that cannot be read, with what is wrong."""
    broken = data.library().broken.items()
    return {name: problem for name, problem in broken if name.startswith(f"{stage}/")}


def _mend(broken: Mapping[str, Problem]) -> None:
    """Draw one closed line with a card for each file that cannot be read."""
    if not broken:
        return
    files = data.formats().counted(len(broken), "query file")
    verb = "needs" if len(broken) == 1 else "need"
    named = problems.plain(", ".join(broken))
    with st.expander(f"{files} {verb} a hand: {named}", icon=":material/error:"):
        for name, problem in broken.items():
            problems.show([problem], name)
