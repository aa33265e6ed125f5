"""The mart files: header, text, what they read, and the order to run them in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from journey.home import PROJECT
from journey.problem import JourneyError, Problem
from journey.query.file import Query, parse
from journey.query.gate import parsed

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
    description: str
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
    for path in sorted(folder.glob("*.sql")):
        try:
            found[path.stem] = _mart(path.stem, path.read_text("utf-8-sig"))
        except JourneyError as error:
            problems += error.problems
    problems += _unknown_tables(found) if not problems else []
    if problems:
        raise JourneyError(*problems)
    return _in_order(found)


def version(folder: Path = FOLDER) -> str:
    """Return what changes when a mart's text does: the tables it built are then old."""
    texts = (path.read_bytes() for path in sorted(folder.glob("*.sql")))
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]


@lru_cache(200)
def _mart(name: str, text: str) -> Mart:
    """Return the mart of a text; reading what one reads takes longer than to build it."""
    where = f"queries/marts/{name}.sql"
    query = parse(text, f"marts/{name}", where)
    _refuse_misfits(query)
    tables = _tables(parsed(query.sql, where))
    return Mart(
        name=name,
        where=where,
        title=query.title,
        grain=query.grain,
        description=query.description.strip(),
        key=query.key,
        columns={n: c.description or c.label or "" for n, c in query.columns.items()},
        sql=query.sql,
        reads=frozenset(name for catalog, name in tables if catalog == ""),
        lands=frozenset(name for catalog, name in tables if catalog == "landed"),
    )


def _refuse_misfits(query: Query) -> None:
    missing = [name for name in ("grain", "key", "columns") if not getattr(query, name)]
    if query.kind != "mart":
        raise JourneyError(
            query.problem(f'kind = "{query.kind}"', 'kind = "mart"',
                          "move the file to another folder of queries", 1)
        )  # fmt: skip
    if missing:
        raise JourneyError(
            query.problem(f"no {', '.join(missing)} in the header",
                          "grain, key and [columns]", "add what is missing", 1)
        )  # fmt: skip


def _tables(tree: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return (catalog, table) of every table the text reads, without its own CTEs."""
    nodes = list(_nodes(tree))
    own = {
        entry["key"]
        for node in nodes
        for entry in (node.get("cte_map") or {}).get("map", ())
    }
    return {
        (_catalog(node), node["table_name"])
        for node in nodes
        if node.get("type") == "BASE_TABLE"
        if _catalog(node) or node["table_name"] not in own
    }


def _catalog(node: Mapping[str, Any]) -> str:
    return str(node.get("catalog_name") or node.get("schema_name") or "")


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    branches = [tree]
    while branches:
        branch = branches.pop()
        if isinstance(branch, dict):
            yield branch
            branches += branch.values()
        elif isinstance(branch, list):
            branches += branch


def _unknown_tables(found: Mapping[str, Mart]) -> list[Problem]:
    return [
        Problem(mart.where, f'reads "{name}"', "a mart, or landed.<table>",
                f"write queries/marts/{name}.sql or correct the name")
        for mart in found.values()
        for name in sorted(mart.reads - set(found))
    ]  # fmt: skip


def _in_order(found: Mapping[str, Mart]) -> list[Mart]:
    graph = {name: sorted(mart.reads) for name, mart in sorted(found.items())}
    try:
        names: Sequence[str] = tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise JourneyError(
            Problem("queries/marts", f"marts that read each other: {circle}",
                    "no circle", "let one of them read the landing instead")
        ) from error  # fmt: skip
    return [found[name] for name in names]
