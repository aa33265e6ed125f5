"""[[events]] and [[notes]] of journey.toml: blocks that have days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from journey.days import notes
from journey.days.notes import Note
from journey.days.seasons import Event
from journey.problem import near
from journey.scope import COMPARISONS, SEGMENTS, Choices, choices

STAGES = ("awareness", "consideration", "conversion", "retention", "advocacy", "support")
TAKEN = (*COMPARISONS, "day")
"""Words of a comparison that an event may not be named by."""
LONGEST_NAME = 40
"""Characters of an event's name; it stands in a choice."""
LONGEST_EVENT = 92
"""Days of an event; what takes longer is no event."""

Report = Callable[[int, str, str, str], None]
"""Takes a problem: number of the block, found, expected, fix."""


def events(blocks: Any, report: Report) -> tuple[Event, ...]:
    """Return the shop's own events; `report` hears of every problem."""
    found: list[Event] = []
    for number, block in _tables("events", blocks, report):
        _refuse(block, ("name", "first", "last"), number, report)
        name, days = block.get("name"), _days(block, number, report)
        if not (isinstance(name, str) and 0 < len(name.strip()) <= LONGEST_NAME):
            report(number, f"name = {name!r}", f"1 to {LONGEST_NAME} characters in quotes",
                   'write name = "Summer sale"')  # fmt: skip
            continue
        event = Event(notes.cleaned(name), *days) if days else None
        if event is None:
            continue
        for problem in _wrong(event, found):
            report(number, *problem)
        found.append(event)
    return tuple(found)


def _wrong(event: Event, others: Sequence[Event]) -> Iterator[tuple[str, str, str]]:
    """Return found, expected and fix of what is wrong with an event among others."""
    if not event.key or event.key in TAKEN or _is_day(event.key):
        yield (f'name = "{event.name}"', "a name of its own, none that a comparison has",
               "rename the event")  # fmt: skip
    days = (event.last - event.first).days + 1
    if days > LONGEST_EVENT:
        yield (f"an event of {days} days", f"at most {LONGEST_EVENT}",
               "write its first and last day")  # fmt: skip
    for other in others:
        if other.key == event.key and not (
            event.last < other.first or event.first > other.last
        ):
            yield (f'two of "{event.name}" on the same days', "one block for each time",
                   "correct the days or take one out")  # fmt: skip


def planned(blocks: Any, report: Report) -> tuple[Note, ...]:
    """Return the notes of the settings; `report` hears of every problem."""
    found: list[Note] = []
    for number, block in _tables("notes", blocks, report):
        _refuse(block, ("text", "first", "last", "where", "stage"), number, report)
        text, stage = block.get("text"), block.get("stage", "")
        if not isinstance(text, str):
            report(number, f"text = {text!r}", "what happened, in quotes",
                   'write text = "New checkout released"')  # fmt: skip
        if stage not in ("", *STAGES):
            report(number, f"stage = {stage!r}", near(str(stage), STAGES),
                   "name a stage or take the line out")  # fmt: skip
        days, where = _days(block, number, report), _where(block, number, report)
        if days and isinstance(text, str):
            note = Note(notes.cleaned(text), *days, where, str(stage))
            for problem in notes.problems_of(note, "[[notes]]"):
                report(number, problem.found, problem.expected, problem.fix)
            found.append(note)
    return tuple(found)


def _where(block: Mapping[str, Any], number: int, report: Report) -> Choices:
    """Return the segments a note concerns."""
    given = block.get("where", {})
    pairs = given.items() if isinstance(given, dict) else [("where", None)]
    found = []
    for column, value in pairs:
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            report(number, f"{column} = {value!r}",
                   'where = { device = ["mobile"] }: a segment and its values as texts',
                   "correct where")  # fmt: skip
        elif column not in SEGMENTS:
            report(number, f'no segment "{column}"', near(column, SEGMENTS),
                   "name a segment of the filters")  # fmt: skip
        else:
            found.append((column, values))
    return choices(found)


def _days(
    block: Mapping[str, Any], number: int, report: Report
) -> tuple[dt.date, dt.date] | None:
    """Return first and last day; without a last one both are the first."""
    first = block.get("first")
    last = block.get("last", first)
    for key, day in (("first", first), ("last", last)):
        if not isinstance(day, dt.date) or isinstance(day, dt.datetime):
            if key == "first" or "last" in block:
                report(number, f"{key} = {day!r}" if key in block else f"no {key}",
                       f"a day without quotes: {key} = 2026-06-24",
                       f"write {key} as a day")  # fmt: skip
            return None
    assert isinstance(first, dt.date) and isinstance(last, dt.date)
    if last < first:
        report(number, f"last = {last} before first = {first}",
               "a last day on or after the first", "correct the days")  # fmt: skip
        return None
    return first, last


def _tables(
    name: str, blocks: Any, report: Report
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Return the blocks with their number; what is no block is a problem."""
    listed = blocks if isinstance(blocks, list) else [blocks]
    for number, block in enumerate(listed):
        if isinstance(blocks, list) and isinstance(block, dict):
            yield number, block
        else:
            report(number, f"{name} = {block!r}"[:80], f"a block [[{name}]] for each",
                   f"write [[{name}]] with two brackets")  # fmt: skip


def _refuse(
    block: Mapping[str, Any], known: Sequence[str], number: int, report: Report
) -> None:
    for key in block:
        if key not in known:
            report(number, f'unknown key "{key}"', near(key, known),
                   "correct the name or take the line out")  # fmt: skip


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
