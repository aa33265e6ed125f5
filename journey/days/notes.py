"""Notes: what happened on a day or on several, and how far from a change it was."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from journey import lines
from journey.answer import Period
from journey.formats import Formats
from journey.home import Home
from journey.problem import JourneyError, Problem
from journey.scope import NOT_SET, SEGMENTS, Choices, Scope, choices

NEAR = 3
"""Days from a change within which a note is told beside it."""
LONGEST = 100
"""Characters of a note; it stands on a chart."""
PLACE = "Add a note"
MAKER = "sample shop"
"""Who writes the notes that the sample shop comes with."""


@dataclass(frozen=True)
class Note:
    """One thing that happened. It is told, never given as a cause."""

    text: str
    first: dt.date
    last: dt.date
    where: Choices = ()
    """Segments it concerns; () for everybody."""
    stage: str = ""
    """The stage it concerns; "" for all."""
    kind: Literal["planned", "written", "follow-up"] = "planned"
    """From the settings, from a reader, or the day of a follow-up."""
    id: str = ""
    """Of a written one, by which it is taken away."""

    def meets(self, period: Period) -> bool:
        """Whether a day of it lies in the period."""
        return self.first <= period.last and self.last >= period.first

    def away(self, day: dt.date) -> int:
        """Return the days from the note to a day: 3 three days after its start, 0
        during it, -2 two days before it. After a long one its end counts."""
        if day < self.first:
            return (day - self.first).days
        return max(0, (day - self.last).days)

    def concerns(self, where: Iterable[tuple[str, Sequence[str | None]]]) -> bool:
        """Whether it is about rows that these choices keep."""
        asked = {column: {v or NOT_SET for v in values} for column, values in where}
        return all(
            column not in asked or asked[column] & set(values)
            for column, values in self.where
        )


@dataclass(frozen=True)
class Notes:
    """All notes that a reader may know of."""

    all: tuple[Note, ...] = ()

    def near(
        self,
        day: dt.date,
        days: int = NEAR,
        cell: Iterable[tuple[str, str | None]] = (),
        stage: str = "",
    ) -> list[Note]:
        """Return the notes at most so many days from a day, the nearest first.

        `cell` and `stage` leave out what is about others.
        """
        about = [(column, (value,)) for column, value in cell]
        found = [
            one
            for one in self.all
            if abs(one.away(day)) <= days and one.concerns(about) and _of(one, stage)
        ]
        return sorted(found, key=lambda one: (abs(one.away(day)), one.first, one.text))

    def within(self, period: Period, scope: Scope | None = None, stage: str = ""
               ) -> list[Note]:  # fmt: skip
        """Return the notes with a day in the period, by day; those about what a scope
        leaves out are not among them."""
        where = scope.where if scope else ()
        found = [
            one
            for one in self.all
            if one.meets(period) and one.concerns(where) and _of(one, stage)
        ]
        return sorted(found, key=lambda one: (one.first, one.last, one.text))


def _of(note: Note, stage: str) -> bool:
    return not (stage and note.stage) or note.stage == stage


def known(
    home: Home,
    also: Sequence[Note] = (),
    policy: Choices = (),
    sample: bool = False,
) -> Notes:
    """Return the written notes and `also` those given (planned, of follow-ups), but
    nothing that names rows the role may not see.

    Written ones are of the sample shop or of the real one.
    """
    found = [*also, *_written(home, sample)]
    allowed = dict(policy)
    return Notes(
        tuple(
            one
            for one in found
            if all(
                set(values) & set(allowed[column])
                for column, values in one.where
                if column in allowed
            )
        )
    )


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def near(found: Notes, day: dt.date, days: int = NEAR) -> list[Note]:
    """Return the notes at most so many days from a day, the nearest first."""
    return found.near(day, days)


def told(note: Note, day: dt.date, formats: Formats) -> str:
    """Return "3 days after: 'New checkout released' (26 Oct)" for a change of a day."""
    away = note.away(day)
    if note.first == note.last or day < note.first:
        when = formats.short_date(note.first)
    else:
        when = f"{formats.short_date(note.first)} – {formats.short_date(note.last)}"
    if away:
        side = "after" if away > 0 else "before"
        begin = f"{formats.days(abs(away))} {side}"
    elif note.first == note.last:
        begin = "On the day of"
    else:
        begin = "During"
    return f"{begin}: ‘{note.text}’ ({when})"


def write(
    home: Home,
    note: Note,
    now: dt.datetime,
    by: str = "",
    sample: bool = False,
) -> Note:
    """Add one note to the file that only grows and return it as it was written.

    Raises JourneyError with every problem of it, OSError where it cannot be written.
    """
    note = replace(note, text=cleaned(note.text), kind="written", id=uuid.uuid4().hex[:12])
    if problems := list(problems_of(note, PLACE)):
        raise JourneyError(*problems)
    lines.append(
        _path(home),
        {
            "event": "written", "id": note.id, "text": note.text,
            "first": note.first.isoformat(), "last": note.last.isoformat(),
            "where": [[column, list(values)] for column, values in note.where],
            "stage": note.stage, "at": now.isoformat(), "by": by, "sample": sample,
        },
    )  # fmt: skip
    return note


def of_sample(
    home: Home, told: Sequence[Mapping[str, Any]], last: dt.date, now: dt.datetime
) -> None:
    """Let the sample shop have these notes, their days counted back from its last one.

    Those of before go, where they are others; what readers added stays.
    """
    wanted = [
        Note(
            one["text"], last - dt.timedelta(one["first_days_ago"]),
            last - dt.timedelta(one["last_days_ago"]), (), one["stage"], "written",
        )
        for one in told
    ]  # fmt: skip
    there = _written(home, sample=True, by=MAKER)
    for old in there:
        if replace(old, id="") not in wanted:
            take_away(home, old.id, now, MAKER)
    known_ = {replace(old, id="") for old in there}
    for note in wanted:
        if note not in known_:
            write(home, note, now, MAKER, sample=True)


def take_away(home: Home, note_id: str, now: dt.datetime, by: str = "") -> None:
    """Write that a note holds no more, and who said so; its line stays."""
    line = {"event": "taken away", "id": note_id, "at": now.isoformat(), "by": by}
    lines.append(_path(home), line)


def cleaned(text: str) -> str:
    """Return one line of visible characters: no line breaks, no signs that turn the
    direction of writing or show nothing."""
    seen = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return " ".join(seen.split())


def problems_of(note: Note, place: str) -> Iterable[Problem]:
    """Return what keeps a note from being taken."""
    if not note.text:
        yield Problem(place, "the text is empty", "what happened, in a few words",
                      "write what happened")  # fmt: skip
    if len(note.text) > LONGEST:
        yield Problem(place, f"a text of {len(note.text)} characters",
                      f"at most {LONGEST}", "shorten the text")  # fmt: skip
    elif PERSONAL.search(unicodedata.normalize("NFKC", note.text)):
        yield Problem(place, "an e-mail address or a long number in the text",
                      "a text that names no person",
                      "take the address or number out")  # fmt: skip
    if note.last < note.first:
        yield Problem(place, f"the last day {note.last} is before the first {note.first}",
                      "a last day on or after the first", "correct the days")  # fmt: skip
    for column, values in note.where:
        if column not in SEGMENTS or not values:
            yield Problem(place, f'no segment "{column}" with values',
                          'a segment and its values: device = ["mobile"]',
                          "correct the segment")  # fmt: skip


PERSONAL = re.compile(r"\S+@\S+\.\S+|\d(?:[ ().-]*\d){8,}")
"""An e-mail address, or as many digits as a phone has."""


def _written(home: Home, sample: bool, by: str | None = None) -> list[Note]:
    """Return the written notes that hold, those of one writer where one is named; a line
    that cannot be read is left out."""
    found: dict[str, Note] = {}
    for line in lines.open_ones(_path(home)):
        name = str(line.get("id", ""))
        if line.get("event") == "taken away":
            found.pop(name, None)
        elif (
            line.get("event") == "written"
            and bool(line.get("sample")) == sample
            and by in (None, line.get("by"))
            and (note := _note(line)) is not None
        ):
            found[name] = note
    return list(found.values())


def _note(line: Mapping[str, Any]) -> Note | None:
    try:
        return Note(
            cleaned(str(line["text"]))[:LONGEST],
            dt.date.fromisoformat(line["first"]),
            dt.date.fromisoformat(line["last"]),
            choices((column, map(str, values)) for column, values in line["where"]),
            str(line.get("stage") or ""), "written", str(line["id"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None


def _path(home: Home) -> Path:
    return home.app / "notes.ndjson"
