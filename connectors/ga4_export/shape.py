"""What columns a file of the GA4 export has, and how to read them in one shape.

Exports differ: older ones lack columns, files written by hand hold numbers as text, and
a Parquet list stands either as a list or as a struct around one (list.element). A
`Shape` says which, and gives the SELECT that makes all of them alike.
"""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TextIO, cast

import polars

from journey.connector import JourneyError, Problem

Wanted = str | dict[str, Any] | list[Any]
"""A DuckDB type, a struct of them, or a list of one."""

CAMPAIGN = {"source": "varchar", "medium": "varchar", "campaign_name": "varchar"}
COLUMNS: Mapping[str, Wanted] = MappingProxyType(
    {
        "event_date": "varchar",
        "event_timestamp": "bigint",
        "event_name": "varchar",
        "event_params": [
            {
                "key": "varchar",
                "value": {
                    "string_value": "varchar",
                    "int_value": "bigint",
                    "float_value": "double",
                    "double_value": "double",
                },
            }
        ],
        "user_id": "varchar",
        "user_pseudo_id": "varchar",
        "privacy_info": {"analytics_storage": "varchar"},
        "device": {"category": "varchar"},
        "geo": {"country": "varchar"},
        "traffic_source": {"source": "varchar", "medium": "varchar", "name": "varchar"},
        "collected_traffic_source": {
            "manual_source": "varchar",
            "manual_medium": "varchar",
            "manual_campaign_name": "varchar",
            "gclid": "varchar",
        },
        "session_traffic_source_last_click": {
            "manual_campaign": CAMPAIGN,
            "google_ads_campaign": {"customer_id": "varchar", "campaign_name": "varchar"},
            "cross_channel_campaign": CAMPAIGN,
        },
        "stream_id": "varchar",
        "ecommerce": {
            "transaction_id": "varchar",
            "purchase_revenue": "double",
            "refund_value": "double",
        },
        "items": [
            {
                "item_id": "varchar",
                "item_name": "varchar",
                "item_brand": "varchar",
                "item_category": "varchar",
                "quantity": "bigint",
                "price": "double",
                "item_revenue": "double",
            }
        ],
    }
)
ALIASES = MappingProxyType({"event_date": "event_date_dt", "user_pseudo_id": "client_id"})
"""Column -> what staging models call it, read where the column itself is absent."""

ESSENTIAL = (
    "event_date", "event_timestamp", "event_name", "event_params", "user_pseudo_id",
)  # fmt: skip
Format = Literal["parquet", "ndjson"]
ENDINGS = (".parquet", ".json", ".jsonl", ".ndjson")
SAMPLE_LINES = 200
"""Lines of a JSON file that are looked at; it leaves out what is null."""


def duckdb_type(wanted: Wanted) -> str:
    """Return the DuckDB type, nested ones written out."""
    if isinstance(wanted, str):
        return wanted
    if isinstance(wanted, list):
        return f"{duckdb_type(wanted[0])}[]"
    members = ", ".join(f'"{name}" {duckdb_type(kind)}' for name, kind in wanted.items())
    return f"struct({members})"


JSON_TYPES: Mapping[str, str] = MappingProxyType(
    {name: duckdb_type(wanted) for name, wanted in COLUMNS.items()}
    | dict.fromkeys(ALIASES.values(), "varchar")
)
"""Declared types of a JSON file: its integers are text and would be read as such."""


@dataclass(frozen=True)
class Shape:
    """Files with equal shapes are read by one statement."""

    format: Format
    select: str
    """A SELECT over `input` that returns COLUMNS, absent ones as null."""


def of_file(path: Path) -> Shape:
    """Return the shape of a file; raises JourneyError when it is no export of GA4."""
    known = format_by_ending(path) or format_by_content(path)
    return _of_parquet(path) if known == "parquet" else _of_json(path)


def format_by_ending(path: Path) -> Format | None:
    """Return what a file's name says it holds; None where it does not say."""
    name = path.name.lower()
    if name.endswith(".parquet"):
        return "parquet"
    plain = name.removesuffix(".gz")
    return "ndjson" if plain.endswith(ENDINGS[1:]) else None


def format_by_content(path: Path) -> Format | None:
    """Return what a file's first bytes say it holds; None where it is neither."""
    try:
        with path.open("rb") as file:
            if file.read(4) == b"PAR1":
                return "parquet"
        with _opened(path) as lines:
            return "ndjson" if lines.read(1) == "{" else None
    except (OSError, EOFError, ValueError):
        return None


def _opened(path: Path) -> TextIO:
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    reader = gzip.open if is_gzip else open
    return cast(TextIO, reader(path, "rt", encoding="utf-8-sig"))


def _of_parquet(path: Path) -> Shape:
    try:
        schema = polars.read_parquet_schema(path)
    except (polars.exceptions.PolarsError, OSError) as error:
        raise _unreadable(path, "a Parquet file", error) from error
    _check(path, schema)
    columns = []
    for column, wanted in COLUMNS.items():
        name = _present(column, schema)
        value = _project(name, schema[name], wanted) if name else _null(wanted)
        columns.append(f"{value} as {column}")
    return Shape("parquet", _select(columns))


def _of_json(path: Path) -> Shape:
    present: dict[str, Any] = {}
    try:
        for line in _head(path):
            present |= json.loads(line)
    except (OSError, EOFError, ValueError, TypeError) as error:
        raise _unreadable(path, "one JSON object a line", error) from error
    _check(path, present | {"user_pseudo_id": None})
    both = {column: f"coalesce({column}, {ALIASES[column]})" for column in ALIASES}
    return Shape("ndjson", _select([f"{both.get(c, c)} as {c}" for c in COLUMNS]))


def _select(columns: Sequence[str]) -> str:
    return "select\n    " + ",\n    ".join(columns) + "\nfrom input"


def _head(path: Path) -> Iterator[str]:
    with _opened(path) as lines:
        for line in itertools.islice(lines, SAMPLE_LINES):
            if line.strip():
                yield line


def _present(column: str, columns: Mapping[str, Any]) -> str | None:
    return next((n for n in (column, ALIASES.get(column)) if n in columns), None)


def _check(path: Path, columns: Mapping[str, Any]) -> None:
    missing = [column for column in ESSENTIAL if not _present(column, columns)]
    if missing:
        raise JourneyError(
            Problem(
                path.name,
                f"no column {', '.join(missing)}; it has {', '.join(list(columns)[:8])}",
                "a table events_YYYYMMDD of the GA4 BigQuery export",
                "export whole tables, or narrow path to the files of the export",
            )
        )


def _unreadable(path: Path, expected: str, error: Exception) -> JourneyError:
    return JourneyError(
        Problem(path.name, f"cannot be read: {str(error).splitlines()[0][:200]}",
                expected, "export the table once more, or take the file out of path")
    )  # fmt: skip


def _project(value: str, have: Any, wanted: Wanted) -> str:
    """Return the SQL that brings a column of type `have` into the wanted type."""
    if isinstance(wanted, list):
        return _project_list(value, have, wanted) or _null(wanted)
    if isinstance(wanted, dict):
        return _project_struct(value, _members(have), wanted)
    if isinstance(have, polars.Struct | polars.List):
        return _null(wanted)
    if isinstance(have, polars.Datetime) and wanted == "bigint":
        return f"epoch_us({value})"
    return f"{value}::{wanted}"


def _project_struct(value: str, have: dict[str, Any], wanted: dict[str, Any]) -> str:
    if not have.keys() & wanted.keys():
        return _null(wanted)
    members = {
        name: _project(f"{value}.{name}", have[name], kind) if name in have else _null(kind)
        for name, kind in wanted.items()
    }
    packed = ", ".join(f"{name} := {member}" for name, member in members.items())
    return f"struct_pack({packed})"


def _null(wanted: Wanted) -> str:
    return f"null::{duckdb_type(wanted)}"


def _project_list(value: str, have: Any, wanted: list[Any]) -> str | None:
    members = _members(have)
    if set(members) == {"list"}:
        return _unwrap_list(f"{value}.list", wanted[0])
    if not isinstance(have, polars.List):
        return None
    if set(_members(have.inner)) == {"element"}:
        return _unwrap_list(value, wanted[0])
    if not _members(have.inner).keys() & wanted[0].keys():
        return None
    return f"list_transform({value}, lambda e: {_project('e', have.inner, wanted[0])})"


def _unwrap_list(value: str, wanted: dict[str, Any]) -> str:
    """Return the SQL for a list whose members may or may not be wrapped in `element`.

    BigQuery writes list.element without saying that it is a list. DuckDB then sees
    through `element` and Polars does not, so the schema cannot tell: both are tried.
    """
    members = ", ".join(f"{name} {duckdb_type(kind)}" for name, kind in wanted.items())
    either = f"struct(element {duckdb_type(wanted)}, {members})[]"
    packed = ", ".join(f"{name} := coalesce(e.element.{name}, e.{name})" for name in wanted)
    return f"list_transform({value}::{either}, lambda e: struct_pack({packed}))"


def _members(have: Any) -> dict[str, Any]:
    if not isinstance(have, polars.Struct):
        return {}
    return {field.name: field.dtype for field in have.fields}
