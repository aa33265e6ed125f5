"""Google Analytics 4 from the files of its BigQuery export, Parquet or JSON.

One folder, one file or a pattern. Days are known by the names BigQuery gives its
tables (events_20260131, events_intraday_20260131); a day's daily table stands in the
place of its intraday one. Files with other names are read as they are and may hold
many days.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import re
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale

from connectors.ga4_export import shape
from journey.connector import (
    Batch,
    Days,
    Files,
    Flag,
    Guide,
    Http,
    JourneyError,
    Problem,
    Since,
    setting,
)

TABLES = ("web_event",)
GUIDE = Guide(
    "Google Analytics 4, from the BigQuery export",
    (
        "In Analytics: Admin, then BigQuery links. Link a project, daily.",
        "Export the tables events_* to Parquet or newline-delimited JSON files.",
        "Put the files where this app can read them and name them below.",
    ),
    "web",
    'path = "exports/ga4/*.parquet"',
)

BODY = Path(__file__).with_name("events.sql")
TABLE_NAME = re.compile(
    r"(?:^|[^a-z])events_(?:(intraday|fresh)_)?(\d{8})(?:\d{12})?(?!\d)"
)
"""BigQuery puts the number of a part, twelve digits, where a name has a star."""
OTHER_TABLES = re.compile(r"(?:^|[^a-z_])(?:pseudonymous_)?users_\d{8}")
PROPERTY_FOLDER = re.compile(r"analytics_(\d+)")
RANK = {"": 0, "fresh": 1, "intraday": 2}
"""Of several tables of a day the best is read: daily, fresh daily, intraday."""

OTHER_NAMES = {
    "Brunei Darussalam": "BN", "Cape Verde": "CV", "Congo": "CG", "Czech Republic": "CZ",
    "Côte d'Ivoire": "CI", "Hong Kong": "HK", "Ivory Coast": "CI", "Macao": "MO",
    "Macau": "MO", "Macedonia": "MK", "Macedonia (FYROM)": "MK", "Myanmar": "MM",
    "Palestine": "PS", "Swaziland": "SZ", "The Bahamas": "BS", "The Gambia": "GM",
    "Turkey": "TR", "Türkiye": "TR",
}  # fmt: skip
"""Names Google uses or used where Unicode's list says another."""


@dataclass(frozen=True)
class Settings:
    path: str = setting(
        help="folder of the exported files, or a pattern like exports/events_*.parquet, "
        "relative to journey.toml; $NAME stands for an environment variable"
    )
    property: str | int = setting(
        help="number of the property; of folders analytics_<number> only its is read",
        default="",
    )
    time_zone: str = setting(
        help="reporting time zone of the property, as Admin > Property details says",
        default="UTC",
    )
    currency: str = setting(
        help="currency of the property, for events that name none", default=""
    )
    stream: str | int = setting(
        help="number of the data stream to read; all of them without it", default=""
    )
    search_results: str = setting(
        help="your event parameter that counts the results of a search",
        default="search_results",
    )


@dataclass(frozen=True)
class Table:
    """What a file's name says."""

    kind: str
    """"" for a daily table, "fresh" or "intraday"."""
    day: dt.date | None
    """None for a file that may hold many days."""


def read(table: str, since: Since, settings: Settings, http: Http) -> Iterator[Batch]:
    """Yield the files to land, the days they complete and what to know about them.

    Raises JourneyError with every problem of the settings and of the files.
    """
    problems = problems_of(settings)
    if problems:
        raise JourneyError(*problems)
    chosen = choose(find(settings))
    shapes, problems = read_shapes(chosen)
    if problems:
        raise JourneyError(*problems)
    yield from batches(settings, chosen, shapes)
    yield from days(chosen)


def problems_of(settings: Settings) -> list[Problem]:
    """Return what is wrong with the settings of this source."""
    tests = (
        ("property", str(settings.property), r"\d*",
         "the number of the property; G-... names a stream's tag",
         "paste the number under Admin > Property details, or leave property out"),
        ("stream", str(settings.stream), r"\d*",
         "the number of one data stream",
         "paste the number under Admin > Data streams, or leave stream out"),
        ("currency", settings.currency, r"([A-Z]{3})?",
         'an ISO code of three capitals, like "PLN"', "correct currency"),
        ("search_results", settings.search_results, r"[A-Za-z0-9_]*",
         "the name of an event parameter", "correct search_results"),
        ("path", str(settings.path), r".+", "a folder, a file or a pattern",
         "name the folder that holds the exported files"),
    )  # fmt: skip
    problems = [
        Problem("journey.toml", f'{name} = "{value}"', expected, fix)
        for name, value, pattern, expected, fix in tests
        if not re.fullmatch(pattern, value)
    ]
    if settings.time_zone not in zoneinfo.available_timezones():
        problems.append(
            Problem("journey.toml", f'time_zone = "{settings.time_zone}"',
                    'a zone like "Europe/Warsaw"', "name a zone of the IANA list")
        )  # fmt: skip
    return problems


def find(settings: Settings) -> list[Path]:
    """Return the export's files under the path, sorted.

    Raises JourneyError when there are none, or the path names an unknown variable.
    """
    place = Path(os.path.expandvars(settings.path)).expanduser()
    if missing := re.search(r"\$\{?(\w+)", str(place)):
        raise JourneyError(
            Problem(
                f"ga4_export, path {settings.path}",
                f"the environment variable {missing[1]} is not set",
                "a folder, a file or a pattern", f"set {missing[1]}, or write the path",
            )
        )  # fmt: skip
    found = place.rglob("*") if place.is_dir() else _matching(place)
    paths = sorted(path for path in found if _is_export(path, str(settings.property)))
    if paths:
        return paths
    raise JourneyError(
        Problem(f"ga4_export, path {settings.path}", "no file of an export",
                f"files ending in {', '.join(shape.ENDINGS)}, the last three also "
                "with .gz; or tables named like events_20260131",
                "correct path, or export the tables of analytics_<number> there")
    )  # fmt: skip


def _matching(pattern: Path) -> Iterator[Path]:
    if pattern.is_file():
        return iter([pattern])
    fixed = next(p for p in (pattern, *pattern.parents) if not re.search(r"[*?[]", str(p)))
    rest = pattern.relative_to(fixed)
    return fixed.glob(str(rest)) if rest.parts else iter(())


def _is_export(path: Path, property_number: str) -> bool:
    name = path.name.lower()
    numbers = PROPERTY_FOLDER.findall(str(path))
    if (
        name.startswith((".", "_"))
        or OTHER_TABLES.search(name)
        or (property_number and numbers and property_number not in numbers)
        or not path.is_file()
    ):
        return False
    if shape.format_by_ending(path):
        return True
    # parts of a table may come without an ending: their first bytes tell what they are
    return bool(TABLE_NAME.search(name)) and shape.format_by_content(path) is not None


def name_of(path: Path) -> Table:
    """Return what the name of a file says about the table it came from."""
    match = TABLE_NAME.search(path.name.lower())
    if match is None:
        return Table("", None)
    try:
        return Table(match[1] or "", dt.datetime.strptime(match[2], "%Y%m%d").date())
    except ValueError:
        return Table("", None)


def choose(paths: Sequence[Path]) -> dict[Path, Table]:
    """Return the files to read: of each day's tables only the best kind."""
    tables = {path: name_of(path) for path in paths}
    best: dict[dt.date, int] = {}
    for table in tables.values():
        if table.day:
            best[table.day] = min(RANK[table.kind], best.get(table.day, 9))
    return {
        path: table
        for path, table in tables.items()
        if table.day is None or RANK[table.kind] == best[table.day]
    }


def read_shapes(
    paths: Mapping[Path, Table],
) -> tuple[dict[Path, shape.Shape], list[Problem]]:
    """Return what columns each file has, and the problems of those that cannot be read."""
    shapes: dict[Path, shape.Shape] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            shapes[path] = shape.of_file(path)
        except JourneyError as error:
            problems += error.problems
    return shapes, problems


def batches(
    settings: Settings, chosen: Mapping[Path, Table], shapes: Mapping[Path, shape.Shape]
) -> Iterator[Files]:
    """Yield the files, those of one shape together."""
    groups: dict[shape.Shape, list[Path]] = {}
    for path in chosen:
        groups.setdefault(shapes[path], []).append(path)
    for form, paths in groups.items():
        named = {table.day for path in paths if (table := chosen[path]).day}
        yield Files(
            paths=paths,
            format=form.format,
            select=statement(form, settings),
            time_zone=settings.time_zone,
            currency=settings.currency or None,
            schema=dict(shape.JSON_TYPES) if form.format == "ndjson" else None,
            where=f"ga4_export, path {settings.path}",
            replaces=[
                f"*events_{kind}{day:%Y%m%d}*"
                for day in sorted(filter(None, named))
                for kind in ("", "fresh_", "intraday_")
            ],
        )


def statement(form: shape.Shape, settings: Settings) -> str:
    """Return the SELECT over `input` that gives web_event for files of one shape."""
    only = f"where stream_id = {quote(str(settings.stream))}" if settings.stream else ""
    pairs = quote("|".join(f"{name}={code}" for name, code in countries().items()))
    choice = (
        f"{quote(settings.currency)}::varchar as currency",
        f"{quote(settings.search_results)} as search_results",
    )
    lines = (
        "with export as (", "select * from (", form.select, ")", only, "),",
        "country_name as (",
        "select split_part(pair, '=', 1) as name, split_part(pair, '=', 2) as code",
        f"from (select unnest(string_split({pairs}, '|')) as pair)", "),",
        f"choice as (select {', '.join(choice)})",
        "select * from (", BODY.read_text("utf-8"), ")",
    )  # fmt: skip
    return "\n".join(lines)


def quote(text: str) -> str:
    """Return the text as a SQL literal, null where there is none."""
    if not text:
        return "null"
    return "'" + text.replace("'", "''") + "'"


@cache
def countries() -> dict[str, str]:
    """Return Google's English name of a country -> its ISO code of two letters."""
    territories = Locale("en").territories
    names = {
        name: code
        for code, name in territories.items()
        if re.fullmatch("[A-Z]{2}", code) and code not in ("EU", "EZ", "UN", "ZZ")
    }
    straight = {name.replace("\u2019", "'"): code for name, code in names.items()}
    return names | straight | OTHER_NAMES


def days(chosen: Mapping[Path, Table]) -> Iterator[Days | Flag]:
    """Yield the days that are complete, and a flag for every other one.

    The newest day is complete only with its daily table. Nothing is said of days when a
    file's name does not tell its own: the landing then sees for itself.
    """
    if any(table.day is None for table in chosen.values()):
        return
    kinds = {table.day: table.kind for table in chosen.values() if table.day}
    known = sorted(kinds)
    newest = known[-1]
    whole = [day for day in known if day < newest or not kinds[day]]
    for first, last in runs(whole):
        yield Days(first, last)
    for first, last in runs([day for day in known if kinds[day]]):
        yield _flag("only_intraday", first, last)
    for (_, before), (after, _) in itertools.pairwise(runs(known)):
        yield _flag("no_table", before + dt.timedelta(1), after - dt.timedelta(1))


def _flag(flag: str, first: dt.date, last: dt.date) -> Flag:
    return Flag(flag, first, last, value=float((last - first).days + 1))


def runs(days: Sequence[dt.date]) -> list[tuple[dt.date, dt.date]]:
    """Return the first and last of every unbroken run of sorted days."""
    found: list[tuple[dt.date, dt.date]] = []
    for day in days:
        if found and day - found[-1][1] == dt.timedelta(1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
