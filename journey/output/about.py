"""What a file says of itself: title, scope, age, definition, coverage and source."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import zoneinfo
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey import charts, words
from journey.answer import Answer, Period
from journey.days import comparison
from journey.formats import Formats
from journey.query import Query
from journey.scope import Scope

INVENTED = "Sample shop, invented data."
ALL = 10_000
"""Days of a period from which it is all there is."""
NAME = 80
"""Letters of a file's name before its days."""


@dataclass(frozen=True)
class About:
    """Everything that stands beside the figures of a file, in words of the locale."""

    title: str
    question: str
    definition: str
    """Description and caveat of the query file, what money is."""
    period: Period
    days: str
    compared: str
    """"against the 28 days before, 26 Sep – 23 Oct 2026"; empty without a comparison."""
    chosen: str
    """Segment values and named group; empty for none."""
    rows: str
    """The rows that the reader's role may see; empty for all."""
    as_of: str
    coverage: tuple[str, ...]
    """What the figures leave out or stand on: sentences."""
    file: str
    owner: str
    reads: tuple[str, ...]

    @property
    def scope(self) -> str:
        """Return "24 Oct – 20 Nov 2026 · against the 28 days before · Own shop"."""
        parts = (self.days, self.compared, self.chosen, self.rows)
        return " · ".join(part for part in parts if part)

    @property
    def source(self) -> str:
        """Return the file with its owner and the marts it reads."""
        parts = [self.file, f"owner {self.owner}" if self.owner else ""]
        parts.append(f"reads {', '.join(self.reads)}" if self.reads else "")
        return " · ".join(part for part in parts if part)

    def facts(self) -> dict[str, str]:
        """Return every fact by its name, in the order in which they are told; none that
        is empty."""
        told = {
            "Title": self.title, "Question": self.question, "Days": self.days,
            "Compared": self.compared, "Chosen": self.chosen, "Rows": self.rows,
            "As of": self.as_of, "Definition": self.definition,
            "Coverage": " ".join(self.coverage), "File": self.file, "Owner": self.owner,
            "Reads": ", ".join(self.reads),
        }  # fmt: skip
        return {name: text for name, text in told.items() if text}

    def columns(self) -> dict[str, str]:
        """Return what every row of a text file carries, by column."""
        return {
            "about_title": self.title,
            "about_scope": self.scope,
            "about_as_of": self.as_of,
            "about_definition": " ".join(filter(None, (self.question, self.definition))),
            "about_coverage": " ".join(self.coverage),
            "about_source": self.source,
        }

    def file_name(self, kind: str) -> str:
        """Return journey_<title>_<from>_<to>.<kind>, which every system can store."""
        days = f"{self.period.first.isoformat()}_{self.period.last.isoformat()}"
        of = "all_days" if self.period.days > ALL else days
        return f"journey_{slug(self.title)}_{of}.{kind}"


def slug(title: str) -> str:
    """Return a title in small plain letters, digits and _."""
    spelled = title.casefold().translate(str.maketrans(SPELLED))
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:NAME].rstrip("_") or "card"


SPELLED: dict[str, str | int | None] = {
    "ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe",
    **dict(zip("абвгґдезиіклмнопрстуф", "abvhgdezyiklmnoprstuf", strict=True)),
    "є": "ie", "ж": "zh", "ї": "i", "й": "i", "х": "kh", "ц": "ts", "ч": "ch",
    "ш": "sh", "щ": "shch", "ь": "", "ю": "iu", "я": "ia", "ё": "e", "ы": "y", "э": "e",
}  # fmt: skip
"""Letters without an accent to drop; Ukrainian ones as in passports (KMU 2010)."""


def about(
    answer: Answer,
    query: Query,
    scope: Scope,
    formats: Formats,
    zone: str,
    *,
    group: Query | None = None,
    snapshot: Mapping[str, Any] | None = None,
    columns: Collection[str] | None = None,
    more: Sequence[str] = (),
    compares: bool | None = None,
) -> About:
    """Return what a file says of itself.

    scope: what was asked; columns: those of all marts that the query reads, to leave out
    usual choices that it never saw. snapshot: the row of data/snapshot. more: further
    sentences on coverage. compares: whether the card shows the days compared with, where
    the query does not tell.
    """
    saw = scope.fitting(columns) if columns is not None else scope
    rows = ", ".join(_where(saw.policy, formats))
    shown = _compares(answer, query) if compares is None else compares
    return About(
        title=query.title, question=query.question, definition=_definition(query, formats),
        period=answer.period, days=_days(answer.period, formats),
        compared=_compared(answer, saw, formats) if shown else "",
        chosen=" · ".join([*_where(saw.where, formats), *([group.title] if group else [])]),
        rows=f"rows of the role: {rows}" if rows else "",
        as_of=_as_of(answer, snapshot or {}, formats, zone),
        coverage=_coverage(answer, snapshot or {}, more, formats),
        file=query.where, owner=query.owner, reads=answer.reads,
    )  # fmt: skip


def _compares(answer: Answer, query: Query) -> bool:
    """Whether the card shows the days compared with: a table does not."""
    chart = query.chart
    drawn = chart is not None and charts.compares(chart.type, chart.columns)
    return answer.measure is not None or drawn


def _days(period: Period, formats: Formats) -> str:
    if period.days > ALL:
        return "all days"
    return formats.day_range(period.first, period.last)


def _compared(answer: Answer, scope: Scope, formats: Formats) -> str:
    if answer.compared is None:
        return ""
    said = comparison.words(scope, formats) or "against"
    days = _days(answer.compared, formats)
    return said if days in said else f"{said}, {days}".replace("against, ", "against ")


def _where(pairs: Sequence[tuple[str, tuple[str, ...]]], formats: Formats) -> list[str]:
    """Return the values that were chosen, as people say them."""
    return [
        ", ".join(words.value(column, value, formats) for value in values)
        for column, values in pairs
    ]


def _definition(query: Query, formats: Formats) -> str:
    parts = [query.description, f"Mind: {query.caveat}" if query.caveat else ""]
    if query.unit == "money":
        parts.append(f"Money is {formats.money_label}, {formats.currency}.")
    return " ".join(" ".join(part.split()) for part in parts if part)


def _as_of(answer: Answer, snapshot: Mapping[str, Any], formats: Formats, zone: str) -> str:
    """Return "Data to 20 Nov 2026, read 22 Nov 2026, 06:10"."""
    through = answer.complete_through or snapshot.get("data_through")
    built, told = snapshot.get("built_at"), []
    if isinstance(through, dt.date):
        told.append(f"Data to {formats.day_range(through, through)}")
    if isinstance(built, dt.datetime):
        local = built.astimezone(zoneinfo.ZoneInfo(zone))
        day = formats.day_range(local.date(), local.date())
        told.append(f"read {day}, {formats.time(local)}")
    return ", ".join(told)


def _coverage(
    answer: Answer, snapshot: Mapping[str, Any], more: Sequence[str], formats: Formats
) -> tuple[str, ...]:
    told = [INVENTED] if snapshot.get("is_sample") else []
    told += more
    if answer.hidden:
        cells = formats.counted(answer.hidden, "cell")
        told.append(f"{cells} withheld for counting too few people.")
    told += [f"{badge.text.capitalize()}: {_ended(badge.help)}" for badge in answer.badges]
    return tuple(dict.fromkeys([*told, *map(_ended, answer.notes)]))


def _ended(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."
