"""The data dictionary: every table and column that a query may read, as Markdown."""

from __future__ import annotations

from journey import build, landing
from journey.build import Mart

HEAD = """\
# Data dictionary

Written by `python -m journey docs` from the headers of `queries/marts/` and from
`journey/canonical.sql`. The marts come first: questions read them by their plain name.
The landed tables follow: only marts read them, as `landed.<table>`.

A column that is NULL was not known; it is shown as "(not set)". Money is in the reporting
currency unless a column says otherwise. Days begin in the reporting time zone.

## Marts
"""


def text() -> str:
    """Return the whole page; equal for equal marts and canonical tables."""
    types = _types()
    marts = sorted(build.marts(), key=lambda mart: mart.name)
    parts = [HEAD, *(_mart(mart, types[mart.name]) for mart in marts), "## Landed tables\n"]
    return "\n".join([*parts, *(_landed(name) for name in sorted(landing.TABLES))])


def _types() -> dict[str, dict[str, str]]:
    """Return mart -> column -> DuckDB type, from marts built without rows."""
    connection = build.blueprint()
    rows = connection.sql(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = 'published' order by table_name, column_index"
    ).fetchall()
    connection.close()
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind.lower()
    return found


def _mart(mart: Mart, types: dict[str, str]) -> str:
    lines = [
        f"### {mart.name}\n",
        f"{mart.title}: {mart.grain}. Key: {', '.join(mart.key)}.",
    ]
    if mart.description:
        lines += ["", mart.description.strip()]
    lines += [
        "",
        f"Reads: {', '.join(sorted(mart.reads | mart.lands)) or 'settings only'}.",
    ]
    lines += ["", "| column | type | what it holds |", "|---|---|---|"]
    lines += [
        f"| {column} | {kind} | {_cell(mart.columns.get(column, ''))} |"
        for column, kind in types.items()
    ]
    return "\n".join([*lines, ""])


def _landed(name: str) -> str:
    table = landing.TABLES[name]
    lines = [f"### landed.{name}\n", f"One row is {table.grain}.", ""]
    lines += ["| column | type |", "|---|---|"]
    lines += [f"| {column.name} | {column.type} |" for column in table.columns]
    return "\n".join([*lines, ""])


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")
