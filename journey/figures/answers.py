"""The one way to a figure: for cards, files and the command line alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from journey.answer import Answer, Badge, Change, Estimate, Measure, Period
from journey.figures import cells, measures, statistics
from journey.figures.suppression import protect
from journey.formats import Formats
from journey.problem import JourneyError, Misuse, Problem, near
from journey.query import run
from journey.query.absence import needs, unfilled
from journey.query.catalog import Reader, catalog
from journey.query.file import Library, Query
from journey.query.header import SHOWN
from journey.query.period import Settled
from journey.query.run import Parts, Question
from journey.query.traits import PEOPLE_MARTS
from journey.query.view import Unanswerable
from journey.scope import USUAL, Scope
from journey.settings import Settings

DAYS = 28
"""Length of the period where none is asked for."""


@dataclass(frozen=True)
class Versus:
    """A named group against everyone else who is known, over the same days."""

    group: Answer
    others: Answer
    change: Change | None = None
    """The group minus the others."""


def answer(
    reader: Reader,
    library: Library,
    name: str,
    scope: Scope,
    settings: Settings,
    params: Mapping[str, Any] | None = None,
    split: bool = True,
) -> Answer:
    """Return what the query answers in this scope; a bad file is a problem inside.

    Without `split` a measure comes without its parts by segment: a third of the work.
    """
    return _answer(reader, library, name, scope, settings, params, True, split)


def versus(
    reader: Reader,
    library: Library,
    name: str,
    scope: Scope,
    settings: Settings,
    split: bool = True,
) -> Versus:
    """Return a measure of the scope's named segment and of everyone else.

    Rows of nobody who is known belong to neither side. `split` as for `answer`.
    """
    group, others = (
        _answer(reader, library, name, scope, settings, None, inside, split)
        for inside in (True, False)
    )
    return Versus(group, others, _between(group.measure, others.measure, library, name))


def default_scope(reader: Reader, settings: Settings, role: str | None = None) -> Scope:
    """Return the last 28 complete days of the own shop against the 28 before, with a
    role's rows; more days where the shop's orders are too few for a figure.

    Raises Misuse for a role that the settings do not have.
    """
    if role is not None and role not in settings.roles:
        raise Misuse(
            Problem("journey.toml", f'no role "{role}"', near(role, settings.roles)
                    if settings.roles else "a table [roles.<name>]",
                    "name a role of the settings")
        )  # fmt: skip
    policy = tuple(settings.roles[role].rows.items()) if role else ()
    last, days = _usual_days(reader)
    period = Period(last - dt.timedelta(days - 1), last)
    return Scope(period, period.before(), USUAL, policy=policy, usual=USUAL)


def _usual_days(reader: Reader) -> tuple[dt.date, int]:
    """Return the last day that the snapshot has complete, else its newest one, and how
    many days up to there are looked at."""
    known = catalog(reader)
    about = known.marts.get("snapshot", {})
    if "data_through" in about:
        days = "usual_days" if "usual_days" in about else str(DAYS)
        cursor = reader.cursor()
        try:
            rows = cursor.execute(
                f"select data_through::varchar, {days} from published.snapshot"
            ).fetchall()
        finally:
            cursor.close()
        if rows and rows[0][0]:
            return dt.date.fromisoformat(rows[0][0][:10]), int(rows[0][1] or DAYS)
    complete = [f.complete_through for f in known.freshness.values() if f.complete_through]
    return max(complete, default=dt.date.today() - dt.timedelta(1)), DAYS


def _answer(
    reader: Reader,
    library: Library,
    name: str,
    scope: Scope,
    settings: Settings,
    params: Mapping[str, Any] | None,
    inside: bool,
    split: bool = True,
) -> Answer:
    empty = Answer(name, scope.period, scope.comparison)
    try:
        query = find(library, name)
        question = run.ask(reader, library, query, scope, params, inside)
        question = replace(question, split=split)
        formats = Formats(settings.reporting.locale, settings.reporting.currency)
        shape = {"measure": _measured, "period": _exact}.get(query.kind, _framed)
        return shape(question, formats)
    except Unanswerable as reason:
        return replace(empty, absence=str(reason))
    except JourneyError as error:
        return replace(empty, problem=error.problems[0])


def find(library: Library, name: str) -> Query:
    """Return a query that has an answer. Raises as `run.find`, and Misuse for a mart or
    a segment."""
    query = run.find(library, name, SHOWN)
    if query.kind not in SHOWN:
        raise Misuse(
            query.problem(
                f'kind = "{query.kind}" has no answer of its own',
                "a measure, chart or table", "ask a query that reads it",
                query.lines.get("kind"),
            )
        )  # fmt: skip
    return query


def _measured(question: Question, formats: Formats) -> Answer:
    """Return the figures of a measure; complete days only, windows that are over."""
    query = question.query
    parts = run.measured(question)
    settled = parts.settled
    base = _based(question, settled, formats)
    if settled.state != "ready":
        figure = Estimate(None, settled.state, ready_on=settled.ready_on)
        return replace(base, measure=Measure(now=figure))
    found = cells.cells(parts.rows, parts.shape, parts.step)
    measurer = measures.Measurer(query, parts.shape)
    odd = cells.violations(found, query, bool(question.scope.where), measures.FEWEST)
    if odd.problem:
        raise JourneyError(odd.problem)
    if _says_nothing(found, question.scope):
        sentence = needs(query, question.catalog)
        if sentence:
            raise Unanswerable(sentence)
    whole = measures.measure(
        found, measurer, settled.scope.period, settled.scope.comparison
    )
    whole = _aged(whole, parts)
    people = parts.shape.kind == "member" or bool(PEOPLE_MARTS & set(question.reads))
    shown = replace(base, measure=whole, notes=base.notes + odd.notes)
    return protect(shown, query, people)


def _says_nothing(found: cells.Cells, scope: Scope) -> bool:
    """Whether neither period has a single row, although nothing was filtered out."""
    chosen = [pair for pair in scope.where if pair not in scope.usual]
    narrowed = chosen or scope.segment or scope.policy
    return not narrowed and all(cell.is_empty for cell in found.total.values())


def _aged(measure: Measure, parts: Parts) -> Measure:
    """Return the measure with what its age allows: no comparison with days before the
    data, no step that the whole cohort has not been watched for."""
    settled = parts.settled
    if settled.unknown_before and measure.before is not None:
        measure = _uncompared(measure)
    if settled.ready_on:
        measure = replace(measure, now=replace(measure.now, ready_on=settled.ready_on))
    if parts.step is not None:
        steps = {
            step: estimate if run.is_whole(step, settled) else Estimate(None, "immature")
            for step, estimate in measure.steps.items()
        }
        measure = replace(measure, steps=steps)
    return measure


def _uncompared(measure: Measure) -> Measure:
    """Return the measure with nothing before, in its total and in all its parts."""
    nothing = Estimate(None, "missing")
    gone: dict[str, Any] = {"before": nothing, "change": None, "others_before": None}
    parts = {
        column: tuple(replace(part, **gone) for part in values)
        for column, values in measure.parts.items()
    }
    return replace(measure, before=nothing, change=None, trend_before=(), parts=parts)


def _exact(question: Question, formats: Formats) -> Answer:
    """Return the figure of exactly this period: such values do not add up."""
    rows, _, _ = run.framed(question)
    missing = {"period_start", "period_end", "value"} - set(rows.columns)
    if missing:
        raise JourneyError(_no_columns(question.query, sorted(missing)))
    known = {
        (start, end): value
        for start, end, value in rows.select("period_start", "period_end", "value").rows()
        if value is not None
    }
    scope = question.scope
    value = known.get((scope.period.first, scope.period.last))
    if value is None:
        raise Unanswerable("not available for these days: such numbers do not add up")
    now, before, change = Estimate(float(value), units=float(value)), None, None
    if scope.comparison:
        then = known.get((scope.comparison.first, scope.comparison.last))
        before = Estimate(None if then is None else float(then),
                          "missing" if then is None else "ready")  # fmt: skip
        change = measures.plain_change(now, before, question.query)
    figure = Measure(now=now, before=before, change=change)
    base = _based(question, question.settled(0), formats, covers=question.scope)
    return replace(base, measure=figure, notes=())


def _no_columns(query: Query, missing: list[str]) -> Problem:
    return query.problem(
        f"no column {', '.join(missing)}", "period_start, period_end and value",
        "name the columns of the result so",
    )  # fmt: skip


def _framed(question: Question, formats: Formats) -> Answer:
    rows, settled, more = run.framed(question)
    base = _based(question, settled, formats)
    notes = base.notes + unfilled(question.query, question.catalog, question.reader)
    if more:
        notes += (f"Only the first {formats.number(run.ROWS)} rows are shown.",)
    compared = None if settled.unknown_before else base.compared
    shown = replace(base, frame=rows, notes=notes, compared=compared)
    return protect(shown, question.query, counts_people=True)


def _based(
    question: Question, settled: Settled, formats: Formats, covers: Scope | None = None
) -> Answer:
    scope = covers or settled.scope
    return Answer(
        question.query.name, scope.period, scope.comparison, reads=question.reads,
        complete_through=settled.through, notes=_notes(settled, formats),
        badges=_badges(question, scope, formats),
    )  # fmt: skip


def _badges(question: Question, scope: Scope, formats: Formats) -> tuple[Badge, ...]:
    """Return what the sources say against these days, one badge for each kind."""
    days = [period for period in (scope.period, scope.comparison) if period]
    said: dict[str, dict[str, None]] = {}
    for mart in question.reads:
        for one in question.catalog.remarks.get(mart, ()):
            if any(one.first <= day.last and one.last >= day.first for day in days):
                where = f"{one.source}, {formats.day_range(one.first, one.last)}"
                detail = f": {one.detail}" if one.detail else ""
                said.setdefault(one.badge, {})[f"{one.title} ({where}){detail}."] = None
    return tuple(Badge(text, " ".join(helps)) for text, helps in said.items())


def _notes(settled: Settled, formats: Formats) -> tuple[str, ...]:
    """Return the sentences about days: what was cut, moved or is not known."""
    notes = []
    first, through = (
        formats.day_range(day, day) if day else None
        for day in (settled.first, settled.through)
    )
    if settled.state == "missing" and settled.through and settled.first:
        whole = formats.day_range(settled.first, settled.through)
        notes.append(f"The data cover {whole}.")
    if settled.cut:
        notes.append(f"Complete to {through}; later days are left out.")
    if settled.watched and settled.state == "ready":
        period = formats.day_range(settled.scope.period.first, settled.scope.period.last)
        days = formats.counted(settled.watched, "day")
        notes.append(f"Began {period}, watched for {days}.")
    if settled.begins:
        notes.append(f"The data begin on {first}.")
    elif settled.ahead:
        notes.append("Nothing to compare with yet: those days are not complete.")
    elif settled.unknown_before:
        notes.append(f"Nothing to compare with: the data begin on {first}.")
    return tuple(notes)


def _between(
    group: Measure | None, others: Measure | None, library: Library, name: str
) -> Change | None:
    if group is None or others is None:
        return None
    query = library.queries[name]
    change = measures.plain_change(group.now, others.now, query)
    ends = (group.now.low, group.now.high, others.now.low, others.now.high)
    if change is None or None in ends:
        return change
    a_low, a_high, b_low, b_high = (float(end or 0.0) for end in ends)
    low, high = statistics.mover(
        group.now.value or 0.0, (a_low, a_high), others.now.value or 0.0, (b_low, b_high)
    )
    return replace(change, low=low, high=high, moved=not low <= 0 <= high)
