"""docs/data-dictionary.md: every mart and column, from the headers of the files.

Written anew by `python -m journey.build.dictionary`; a test compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journey.build import blueprint
from journey.build.marts import Mart, marts
from journey.home import PROJECT

PATH = PROJECT / "docs" / "data-dictionary.md"

HEAD = """\
# Data dictionary

Every table that queries read: one row of it, its key, its columns. This page is made
from the headers of `queries/marts/*.sql` by `python -m journey.build.dictionary`; change
the description there.

A name is public: renaming a column breaks the queries of others. Money is net of tax,
shipping and refunds and in the reporting currency unless its line says otherwise. Days
are cut in the reporting time zone, weeks are ISO weeks. NULL is "not known" or "not yet",
never zero. `person_id` is a number within one snapshot's landing, not a name or address.
"""


def dictionary() -> str:
    """Return the page as Markdown."""
    types = _types()
    files = sorted(marts(), key=lambda mart: mart.name)
    links = ", ".join(f"[{mart.name}](#{mart.name})" for mart in files)
    parts = [HEAD, links + "\n"]
    parts += ["\n".join(_section(mart, types)) for mart in files]
    return "\n".join(parts)


def write() -> None:
    """Write the page to docs/."""
    PATH.write_text(dictionary(), encoding="utf-8")


def _section(mart: Mart, types: Mapping[tuple[str, str], str]) -> Iterator[str]:
    yield f"## {mart.name}\n"
    yield f"{mart.title}: {mart.grain}. Key: {', '.join(f'`{k}`' for k in mart.key)}."
    if mart.description:
        yield f"\n{mart.description}"
    if mart.lands:
        landed = ", ".join(f"`{name}`" for name in sorted(mart.lands))
        yield f"\nRead from the landed tables {landed}."
    yield "\n| column | type | what it is |\n|---|---|---|"
    for name, description in mart.columns.items():
        yield f"| `{name}` | {types[mart.name, name]} | {description.replace('|', '/')} |"
    yield ""


def _types() -> dict[tuple[str, str], str]:
    connection = blueprint()
    rows = connection.execute(
        "select table_name, column_name, lower(data_type) from duckdb_columns() "
        "where database_name = 'published'"
    ).fetchall()
    connection.close()
    short = {"timestamp with time zone": "timestamptz"}
    return {(str(t), str(c)): short.get(str(k), str(k)) for t, c, k in rows}


if __name__ == "__main__":
    write()
