"""An answer as a card shows it: texts and numbers for the browser, no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from journey import clock
from journey.answer import Answer, Change, Estimate, Measure, Point
from journey.charts import paced
from journey.days import comparison
from journey.formats import Formats
from journey.output.absent import sentence as sentence, why
from journey.problem import Problem
from journey.query import Query

ARROWS = {True: "up", False: "down"}
TOLD = {True: ": met", False: ": missed", None: ""}
"""What is said of a target; nothing where the figure is too close to it to tell."""


def figure(
    answer: Answer,
    query: Query | None,
    formats: Formats,
    target: float | None = None,
    unit: str | None = None,
) -> dict[str, Any]:
    """Return everything a card, a map stage or a line of "More measures" shows.

    Always set: key, title, label (for screen readers), definition, state. Where there
    is no figure, `value` is empty and `message` says why and what to do.
    """
    title = query.title if query else answer.name
    shown: dict[str, Any] = {
        "key": answer.name,
        "title": title,
        "value": "",
        "state": "ready",
        "definition": _definition(query, formats),
        "note": " ".join(answer.notes),
        "badges": [{"text": one.text, "help": one.help} for one in answer.badges],
    }
    if answer.problem is not None:
        problem = answer.problem
        shown |= {"state": "problem", "message": _problem(problem), "note": ""}
        return shown | {"label": f"{title}: {problem.place}, {problem.found}"}
    measure = answer.measure
    if measure is None:
        message = sentence(answer.absence or "no rows in these days")
        return shown | {
            "state": "missing",
            "message": message,
            "label": f"{title}: {message}",
        }
    unit = unit or (query.unit if query else None)
    if measure.now.value is None:
        message = why(measure.now, formats)
        shown |= {"state": measure.now.state, "message": message}
        return shown | {"label": f"{title}: {message}"}
    better = query.better if query else "neither"
    shown |= _numbers(measure, unit, formats, target, better)
    words = [shown["value"], shown["change"], shown["was"], shown["interval"]]
    if shown["target"]:
        words.append(shown["target"]["text"])
    words += [badge.text for badge in answer.badges]
    return shown | {"label": f"{title}: {', '.join(word for word in words if word)}"}


def _numbers(
    measure: Measure,
    unit: str | None,
    formats: Formats,
    target: float | None,
    better: str = "neither",
) -> dict[str, Any]:
    now, before, change = measure.now, measure.before, measure.change
    spread = formats.range(now.low, now.high, unit)
    was = formats.value(before.value, unit) if before and before.value is not None else ""
    return {
        "value": formats.value(now.value, unit),
        "was": f"was {was}" if was else "",
        "interval": ", ".join(
            text
            for text in (_sides(now, unit, formats), f"{spread} at 95%" if spread else "")
            if text
        ),
        **_change(change, unit, formats),
        "target": _target(now, before, target, unit, formats, better),
        "spark": sparkline(measure.trend, measure.trend_before, unit, formats),
    }


def _sides(now: Estimate, unit: str | None, formats: Formats) -> str:
    """Return "12.1% against 5.9%" of a difference, else nothing."""
    if now.sides is None:
        return ""
    plain = "percent" if unit == "percent_points" else unit
    treated, baseline = (formats.value(side, plain) for side in now.sides)
    return f"{treated} against {baseline}"


def _change(change: Change | None, unit: str | None, formats: Formats) -> dict[str, str]:
    """Return text, arrow and tone; arrow and colour only beyond what chance explains.

    Without an interval nobody knows what chance explains.
    """
    if change is None:
        return {"change": "", "arrow": "", "tone": "flat"}
    text = formats.difference(change.absolute, change.relative, unit)
    flat = not any(digit in text for digit in "123456789")
    tones = {True: "good", False: "bad", None: ""}
    quiet = flat or not change.moved
    return {
        "change": text,
        "arrow": "" if quiet else ARROWS[change.absolute > 0],
        "tone": "flat" if quiet else tones[change.good],
    }


def _target(
    now: Estimate,
    before: Estimate | None,
    target: float | None,
    unit: str | None,
    formats: Formats,
    better: str,
) -> dict[str, Any] | None:
    """Return bar, tick and text; a tone only where the interval clears the target."""
    if target is None or now.value is None or target <= 0:
        return None
    was = before.value if before and before.value is not None else 0.0
    met = comparison.is_met(now, target, better)
    full = 1.08 * max(target, now.value, was)
    return {
        "text": f"Target {formats.value(target, unit)}{TOLD.get(met, '')}",
        "tone": {True: "good", False: "bad"}.get(met, ""),  # type: ignore[arg-type]
        "fill": round(100 * max(0.0, now.value) / full, 1),
        "tick": round(100 * target / full, 1),
    }


def sparkline(
    now: Sequence[Point], before: Sequence[Point], unit: str | None, formats: Formats
) -> dict[str, Any] | None:
    """Return the two lines with the highest and lowest value written.

    None where most points are missing: bits of a line tell nothing.
    """
    lines = [[_height(p.estimate) for p in points] for points in paced(now, before)]
    # False equals 0.0, and a day of nothing belongs to the lowest
    known = [v for line in lines for v in line if v is not None and v is not False]
    drawn = sum(value is not None for value in lines[0])
    if len(known) < 3 or 2 * drawn < len(lines[0]):
        return None
    write = {"count": formats.compact, "money": formats.money_compact}.get(unit or "")
    text = write or (lambda value: formats.value(value, unit))
    high, low = text(max(known)), text(min(known))
    if per := clock.MINUTES.get(unit or ""):
        low = formats.as_long(min(known) * per, max(known) * per)
    return {"now": lines[0], "before": lines[1], "high": high, "low": low}


def _height(estimate: Estimate) -> float | Literal[False] | None:
    """Return the value; None breaks the line, False (too few that day) bridges it."""
    return False if estimate.state == "too_few" else estimate.value


def _definition(query: Query | None, formats: Formats) -> str:
    if query is None:
        return ""
    parts = [query.question, query.description]
    if query.unit == "money":
        parts.append(f"Money is {formats.money_label}.")
    return " ".join(part.strip() for part in parts if part)


def _problem(problem: Problem) -> str:
    """Return the four parts as sentences."""
    return (
        f"{problem.place}: {problem.found}. Expected {problem.expected}. "
        f"To do: {problem.fix}."
    )
