"""Any table from files: CSV, TSV, NDJSON, Parquet or Excel, one file or many.

docs/connecting-files.md explains every setting to the person who writes it.
"""

from __future__ import annotations

import functools
import glob
import os
import re
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from journey.connector import (
    Batch,
    Files,
    Guide,
    Http,
    JourneyError,
    Problem,
    Since,
    near,
    setting,
)

TABLES = (
    "web_daily", "web_people", "web_order", "session", "web_event", "customer",
    "sales_order", "order_line", "refund", "fulfillment", "checkout", "payment_attempt",
    "return_case", "subscription_event", "exchange_rate", "ticket", "ticket_event",
    "conversation", "feedback", "campaign_daily", "message", "loyalty_event",
)  # fmt: skip

FORMATS = {
    ".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".tab": "tsv",
    ".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "ndjson",
    ".parquet": "parquet", ".pq": "parquet",
    ".xlsx": "excel", ".xlsm": "excel", ".xlsb": "excel", ".xls": "excel", ".ods": "excel",
}  # fmt: skip
"""Ending (without .gz) -> format."""

GUIDE = Guide(
    "Files of any shop, helpdesk or survey",
    (
        "Export orders, lines, customers, tickets as CSV, Parquet, JSON or Excel.",
        "Map each file's columns to a table of this product; docs/connecting-files.md "
        "shows every table.",
        "E-mail addresses and phone numbers are turned into keyed hashes on arrival.",
    ),
    "exports",
    '[[sources.tables]]\ntable = "sales_order"\npath = "exports/orders.csv"\n'
    'columns = { order_id = "OrderNo", placed_at = "Date", status = "Status", '
    'currency = "\'EUR\'", gross_total = "Total" }',
)

OF_ORDERS = ("order_line", "refund", "payment_attempt")

PRIVATE = ("hash.key", "hash.check", "secrets.toml", "journey.toml", "status.json")
"""Names of files that hold secrets or belong to the dashboard."""


@dataclass(frozen=True)
class Table:
    """One mapping: files of one kind to one canonical table."""

    table: str = setting(help="the canonical table the rows go to, like sales_order")
    path: str = setting(
        help="a file, a folder, or a pattern like exports/by-day/*.csv; relative to "
        "the folder of journey.toml; $NAME stands for an environment variable"
    )
    columns: Mapping[str, str] = setting(
        help="canonical column -> column of the file, or a DuckDB expression over "
        "columns, filename and row_number",
        default={},
    )
    select: str | None = setting(
        help="instead of columns: a file with one SELECT over `input`", default=None
    )
    lookups: Mapping[str, str] = setting(
        help="name -> file; further tables that the SELECT may join", default={}
    )
    format: str | None = setting(
        help="csv, tsv, ndjson, parquet or excel; by the file's ending without it",
        default=None,
    )
    time_zone: str | None = setting(help="zone of times that carry none", default=None)
    currency: str | None = setting(
        help="currency of the money, where no column says it", default=None
    )
    decimal: str | None = setting(help='decimal sign, "." or ","', default=None)
    thousands: str | None = setting(
        help='sign between thousands: ".", ",", " " or "\'"', default=None
    )
    date_formats: Sequence[str] = setting(
        help='how dates are written, like "%d.%m.%Y %H:%M"; tried in turn, then ISO',
        default=[],
    )
    encoding: str | None = setting(
        help="utf-8, utf-16, cp1250, iso-8859-2, latin-1 ...", default=None
    )
    delimiter: str | None = setting(
        help="sign between columns; found out without it", default=None
    )
    sheet: str | None = setting(help="sheet of an Excel file, else the first", default=None)
    header_line: int | None = setting(
        help="line of a CSV or row of a sheet with the names of the columns, else 1",
        default=None,
    )
    empty_words: Sequence[str] = setting(
        help='what stands where there is nothing, like ["NULL", "-"]', default=[]
    )
    on_bad_rows: str | None = setting(
        help='"stop" (default), or "skip": leave them out, count and show them',
        default=None,
    )


@dataclass(frozen=True)
class Settings:
    tables: Sequence[Table] = setting(help="a [[sources.tables]] block for every mapping")
    time_zone: str = setting(
        help="zone of times that carry none, for all tables of this source", default="UTC"
    )
    currency: str | None = setting(
        help="currency of money where no column says it, for all tables", default=None
    )
    decimal: str = setting(help="decimal sign for all tables", default=".")
    thousands: str | None = setting(help="thousands sign for all tables", default=None)
    date_formats: Sequence[str] = setting(help="date formats for all tables", default=[])
    encoding: str = setting(help="encoding of all files", default="utf-8")
    delimiter: str | None = setting(help="sign between columns, for all", default=None)
    empty_words: Sequence[str] = setting(
        help="what stands where there is nothing, for all tables", default=[]
    )
    on_bad_rows: str = setting(help='"stop" or "skip", for all tables', default="stop")


def read(table: str, since: Since, settings: Settings, http: Http) -> Iterator[Batch]:
    """Yield the files of every mapping to `table`.

    Raises JourneyError with every problem of the settings.
    """
    problems = problems_of(settings)
    if problems:
        raise JourneyError(*problems)
    for number, mapping in enumerate(settings.tables, 1):
        if mapping.table == table:
            yield from batches(mapping, settings, place(number, mapping))


def place(number: int, mapping: Table) -> str:
    return f"journey.toml, table {number} ({mapping.table} from {mapping.path})"


def problems_of(settings: Settings) -> list[Problem]:
    """Return what is wrong with the settings, before any file is opened."""
    problems = _check_writing("journey.toml", settings)
    for number, mapping in enumerate(settings.tables, 1):
        where = place(number, mapping)
        problems += _check_writing(where, mapping)
        if mapping.table not in TABLES:
            problems.append(
                Problem(where, f'table = "{mapping.table}"', near(mapping.table, TABLES),
                        "name a canonical table")
            )  # fmt: skip
        if bool(mapping.columns) == (mapping.select is not None):
            problems.append(
                Problem(where, "both columns and select" if mapping.select else
                        "neither columns nor select", "one of the two",
                        'write columns = { ... } or select = "file.sql"')
            )  # fmt: skip
        if mapping.format and mapping.format not in FORMATS.values():
            known = sorted(set(FORMATS.values()))
            problems.append(
                Problem(where, f'format = "{mapping.format}"', near(mapping.format, known),
                        "correct format, or leave it out")
            )  # fmt: skip
        if mapping.header_line is not None and mapping.header_line < 1:
            problems.append(
                Problem(where, f"header_line = {mapping.header_line}", "1 or more",
                        "count lines from 1")
            )  # fmt: skip
        problems += [
            Problem(where, f"{key} = {value!r} in columns", "a column or an expression",
                    f'write {key} = "..."')
            for key, value in mapping.columns.items()
            if not isinstance(value, str)
        ]  # fmt: skip
    return problems


@functools.cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _check_writing(where: str, given: Settings | Table) -> list[Problem]:
    zone, decimal = given.time_zone or "UTC", given.decimal or "."
    thousands = given.thousands
    tests = (
        ("time_zone", zone, zone in _zones(),
         'a zone of the IANA list, like "Europe/Warsaw"'),
        ("currency", given.currency, re.fullmatch("[A-Z]{3}", given.currency or "EUR"),
         'an ISO code of three capitals, like "PLN"'),
        ("decimal", decimal, decimal in (".", ","), '"." or ","'),
        ("thousands", thousands, thousands in (None, ".", ",", " ", "'", "\u00a0"),
         'one of "." "," " " "\'"'),
        ("thousands", thousands, thousands != decimal, "another sign than decimal"),
        ("on_bad_rows", given.on_bad_rows, given.on_bad_rows in (None, "stop", "skip"),
         '"stop" or "skip"'),
    )  # fmt: skip
    return [
        Problem(where, f'{name} = "{value}"', expected, f"correct {name}")
        for name, value, fine, expected in tests
        if not fine
    ]


def batches(mapping: Table, settings: Settings, where: str) -> Iterator[Files]:
    """Yield the files of one mapping, those of one format together."""
    by_format: dict[str, list[Path]] = {}
    for path in find(mapping, where):
        by_format.setdefault(mapping.format or _format_of(path, where), []).append(path)
    for form, paths in by_format.items():
        yield Files(
            paths=paths,
            format=form,  # type: ignore[arg-type]
            columns=mapping.columns,
            select=_select(mapping, where),
            select_file=mapping.select,
            lookups={
                key: _lookup(key, path, where) for key, path in mapping.lookups.items()
            },
            time_zone=mapping.time_zone or settings.time_zone,
            currency=mapping.currency or _currency(mapping.table, settings),
            decimal=mapping.decimal or settings.decimal,
            thousands=mapping.thousands or settings.thousands,
            date_formats=tuple(mapping.date_formats or settings.date_formats),
            encoding=mapping.encoding or settings.encoding,
            delimiter=mapping.delimiter or settings.delimiter,
            sheet=mapping.sheet,
            header_line=mapping.header_line or 1,
            empty_words=tuple(mapping.empty_words or settings.empty_words),
            where=where,
            on_bad_rows=mapping.on_bad_rows or settings.on_bad_rows,  # type: ignore[arg-type]
        )


def _currency(table: str, settings: Settings) -> str | None:
    """Return the currency of all tables; what hangs on an order has that of the order."""
    return None if table in OF_ORDERS else settings.currency


def _expanded(path: str, where: str) -> str:
    full = os.path.expandvars(str(Path(path).expanduser()))
    if missing := re.findall(r"\$\{?(\w+)", full):
        raise JourneyError(
            Problem(where, f"the environment variable {missing[0]} is not set",
                    f"a folder in {missing[0]}", f"export {missing[0]}=... and run again")
        )  # fmt: skip
    return full


def find(mapping: Table, where: str) -> list[Path]:
    """Return the files under the path, sorted; hidden ones are left out.

    Raises JourneyError when there is none.
    """
    pattern = _expanded(mapping.path, where)
    endings = [e for e, f in FORMATS.items() if mapping.format in (None, f)]
    if Path(pattern).is_dir():
        every = [path for path in _below(Path(pattern)) if _ending(path) in endings]
    else:
        every = list(map(Path, glob.glob(pattern, recursive=True)))  # noqa: PTH207
    every = sorted(path for path in every if path.is_file() and not _is_hidden(path))
    found = [path for path in every if not _is_own(path)]
    if found:
        return _once(found)
    if every:
        raise JourneyError(
            Problem(where, f"{every[0].name} belongs to the dashboard itself",
                    "files that a shop has exported",
                    "put exports into a folder of their own")
        )  # fmt: skip
    raise JourneyError(
        Problem(where, f'no file at path = "{mapping.path}"', _beside(pattern, endings),
                "correct path; it is relative to the folder of journey.toml")
    )  # fmt: skip


def _below(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, through links too, each folder once."""
    seen = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        yield from (Path(place, name) for name in names)


def _once(paths: Sequence[Path]) -> list[Path]:
    """Return every file under the shortest of its names: links can lead to it again."""
    first: dict[str, Path] = {}
    for path in sorted(paths, key=lambda path: (len(path.parts), path)):
        first.setdefault(os.path.realpath(path), path)
    return sorted(first.values())


def _is_hidden(path: Path) -> bool:
    return path.name.startswith((".", "_", "~$"))


def _is_own(path: Path) -> bool:
    real = Path(os.path.realpath(path))
    private = real.name in PRIVATE or real.suffix in (".duckdb", ".wal")
    return private or real.parent.name == ".streamlit"


def _beside(pattern: str, endings: Sequence[str] = ()) -> str:
    """Return what is near a path, of files that could be meant and of folders."""
    place = Path(pattern)
    if place.is_dir():
        return f"a file ending in {', '.join(endings)} in that folder"
    if place.exists():
        return "a regular file"
    folder = place.parent
    every = sorted(folder.glob("*")) if folder.is_dir() else []
    names = [
        path.name
        for path in every
        if not (_is_hidden(path) or _is_own(path))
        and (path.is_dir() or _ending(path) in (*FORMATS, ".sql"))
    ][:50]
    return near(place.name, names) if names else "a folder with files in it"


def _ending(path: Path) -> str:
    last = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return last.suffix.lower()


def _format_of(path: Path, where: str) -> str:
    form = FORMATS.get(_ending(path))
    if form is None:
        raise JourneyError(
            Problem(where, f"{path.name}: an ending that says no format",
                    ", ".join(FORMATS), 'add format = "csv" or another')
        )  # fmt: skip
    return form


def _select(mapping: Table, where: str) -> str | None:
    if mapping.select is None:
        return None
    path = Path(_expanded(mapping.select, where))
    if not path.is_file():
        raise JourneyError(
            Problem(where, f'no file at select = "{mapping.select}"', _beside(str(path)),
                    "correct select; it is relative to the folder of journey.toml")
        )  # fmt: skip
    return path.read_text(encoding="utf-8-sig")


def _lookup(key: str, given: str, where: str) -> Path:
    path = Path(_expanded(given, where))
    if key.lower() == "input" or not re.fullmatch(r"[a-z_]\w*", key):
        raise JourneyError(
            Problem(where, f'a lookup named "{key}"', "a name like customers, not input",
                    "rename it")
        )  # fmt: skip
    if not path.is_file():
        raise JourneyError(
            Problem(where, f'no file for the lookup {key} = "{given}"', _beside(str(path)),
                    "correct its path")
        )  # fmt: skip
    return path
