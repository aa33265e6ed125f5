"""The mart files: header, text, what they read, and the order to run them in."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from journey.home import PROJECT
from journey.problem import JourneyError, Problem

FOLDER = PROJECT / "queries" / "marts"
"""Marts come from here only: they read the landing, which holds keys of people."""


@dataclass(frozen=True)
class Mart:
    """One file of queries/marts."""

    name: str
    where: str
    """The file as errors name it."""
    title: str
    grain: str
    key: tuple[str, ...]
    columns: Mapping[str, str]
    """Column -> what it holds, in the order of the table."""
    sql: str
    """The whole text, header included, so that line numbers are the file's."""
    reads: frozenset[str]
    """Marts it reads."""
    lands: frozenset[str]
    """Landed tables it reads."""


def marts(folder: Path = FOLDER) -> list[Mart]:
    """Return every mart of the folder, each after the ones it reads.

    Raises JourneyError with the problems of every file.
    """
    problems: list[Problem] = []
    found: dict[str, Mart] = {}
    with duckdb.connect(":memory:") as connection:
        for path in sorted(folder.glob("*.sql")):
            try:
                found[path.stem] = _mart(path, connection)
            except JourneyError as error:
                problems += error.problems
    problems += _unknown_tables(found) if not problems else []
    if problems:
        raise JourneyError(*problems)
    return _in_order(found)


def _mart(path: Path, connection: duckdb.DuckDBPyConnection) -> Mart:
    where = f"queries/marts/{path.name}"
    text = path.read_text("utf-8-sig").replace("\r\n", "\n")
    header = _header(where, text)
    tables = _tables(where, text, connection)
    return Mart(
        name=path.stem,
        where=where,
        title=header["title"],
        grain=header["grain"],
        key=tuple(str(header["key"]).replace(",", " ").split()),
        columns=_descriptions(header["columns"]),
        sql=text,
        reads=frozenset(name for catalog, name in tables if catalog == ""),
        lands=frozenset(name for catalog, name in tables if catalog == "landed"),
    )


def _header(where: str, text: str) -> dict[str, Any]:
    opening, closing = text.find("/*"), text.find("*/")
    try:
        header = tomllib.loads(text[opening + 2 : closing])
    except tomllib.TOMLDecodeError as error:
        raise JourneyError(
            Problem(where, str(error), "a header in TOML between /* and */",
                    "mend that line", 1)
        ) from error  # fmt: skip
    missing = [k for k in ("title", "grain", "key", "columns") if k not in header]
    if missing:
        raise JourneyError(
            Problem(where, f"no {', '.join(missing)} in the header",
                    "title, grain, key and [columns]", "add them", 1)
        )  # fmt: skip
    return header


def _descriptions(columns: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: str(value["description"] if isinstance(value, dict) else value)
        for name, value in columns.items()
    }


def _tables(
    where: str, text: str, connection: duckdb.DuckDBPyConnection
) -> set[tuple[str, str]]:
    """Return (catalog, table) of every table the text reads, without its own CTEs."""
    answer = connection.sql("select json_serialize_sql($text)", params={"text": text})
    tree = json.loads(answer.fetchall()[0][0])
    if tree["error"]:
        position = int(tree.get("position", 0) or 0)
        raise JourneyError(
            Problem(where, str(tree["error_message"]), "one SELECT",
                    "mend the SQL", text.count("\n", 0, position) + 1)
        )  # fmt: skip
    nodes = list(_nodes(tree))
    own = {
        entry["key"]
        for node in nodes
        for entry in (node.get("cte_map") or {}).get("map", ())
    }
    return {
        (node["catalog_name"] or node["schema_name"], node["table_name"])
        for node in nodes
        if node.get("type") == "BASE_TABLE"
        if node["catalog_name"] or node["schema_name"] or node["table_name"] not in own
    }


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            yield from _nodes(branch)


def _unknown_tables(found: Mapping[str, Mart]) -> list[Problem]:
    return [
        Problem(mart.where, f'reads "{name}"', "a mart, or landed.<table>",
                f"write queries/marts/{name}.sql or correct the name")
        for mart in found.values()
        for name in sorted(mart.reads - set(found))
    ]  # fmt: skip


def _in_order(found: Mapping[str, Mart]) -> list[Mart]:
    graph = {name: mart.reads for name, mart in sorted(found.items())}
    try:
        names: Sequence[str] = tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise JourneyError(
            Problem("queries/marts", f"marts that read each other: {circle}",
                    "no circle", "let one of them read the landing instead")
        ) from error  # fmt: skip
    return [found[name] for name in names]
