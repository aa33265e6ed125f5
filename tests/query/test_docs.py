"""docs/writing-a-query.md says what the code does."""

from __future__ import annotations

import re

import duckdb
import pytest

from journey.check import PARAMETERS
from journey.home import PROJECT
from journey.query.file import Library, parse
from journey.query.functions import FUNCTIONS, OPERATORS, WINDOWS
from journey.query.header import (
    BETTER,
    CHART_KEYS,
    CHARTS,
    COLUMN_KEYS,
    FORMATS,
    INTERVALS,
    KEYS,
    KINDS,
    UNITS,
)
from journey.query.parts import RESERVED
from journey.scope import SEGMENTS
from journey.words import STAGES

TEXT = (PROJECT / "docs" / "writing-a-query.md").read_text("utf-8")


@pytest.mark.parametrize(
    "word", [*KEYS, *COLUMN_KEYS, *CHART_KEYS, *KINDS, *UNITS, *INTERVALS, *CHARTS]
)
def test_every_word_of_a_header_is_documented(word: str) -> None:
    assert f"`{word}`" in TEXT


@pytest.mark.parametrize(
    "column", sorted(RESERVED | set(SEGMENTS) | set(FORMATS) | set(BETTER))
)
def test_every_column_and_format_is_documented(column: str) -> None:
    assert re.search(rf"\b{column}\b", TEXT)


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_is_documented(name: str) -> None:
    assert f"`${name}`" in TEXT


def test_the_list_of_functions_is_the_one_in_force() -> None:
    block = TEXT.split("<!-- functions -->")[1].split("<!-- /functions -->")[0]
    assert set(block.replace("```", "").split()) == FUNCTIONS - OPERATORS


def test_every_listed_function_exists() -> None:
    rows = duckdb.sql("select distinct function_name from duckdb_functions()").fetchall()
    syntax = {"coalesce", "nullif", "if", "ifnull", "unnest"}
    assert FUNCTIONS - OPERATORS - WINDOWS - syntax <= {row[0] for row in rows}


def test_the_first_example_is_a_file_without_problems(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    from journey.check import check

    names = ("visitor_type", "source_medium", "campaign", "sales_channel")
    for name in names:
        shop.execute(f"alter table published.traffic add column {name} varchar")
    shop.execute("alter table published.traffic add column purchases_of_checkouts bigint")
    example = TEXT.split("```sql\n")[1].split("```")[0]
    query = parse(example, "conversion/checkout_completion", own=False)
    assert check(Library({query.name: query}), shop) == []
    assert example == (PROJECT / "queries" / f"{query.name}.sql").read_text("utf-8")


def test_the_chart_is_a_file_without_problems(shop: duckdb.DuckDBPyConnection) -> None:
    from journey.check import check

    shop.execute("alter table published.orders add column delivery_method varchar")
    query = parse(TEXT.split("```sql\n")[2].split("```")[0], "conversion/x", own=False)
    assert query.chart is not None
    assert check(Library({query.name: query}), shop) == []


def test_every_folder_of_the_project_is_named() -> None:
    for folder in (*STAGES, "segments"):
        assert (PROJECT / "queries" / folder).is_dir()
        assert f"`{folder}`" in TEXT


def test_the_other_examples_run(shop: duckdb.DuckDBPyConnection) -> None:
    from journey.query.gate import inspect

    shop.execute("alter table published.tickets add column before_purchase boolean")
    shop.execute("alter table published.tickets add column bought_within_7_days boolean")
    shop.execute("use published")
    examples = TEXT.split("```sql\n")[3].split("```")[0].split("\n\n")
    assert len(examples) == 4
    for sql in examples:
        assert inspect(sql, {"orders", "customers", "tickets"}, "docs").reads
        shop.execute(f"describe {sql}").fetchall()
