"""docs/writing-a-query.md says what the code does."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import duckdb
import pytest

from journey import cli, query_commands, trial
from journey.answer import Period
from journey.build import blueprint
from journey.check import PARAMETERS, check
from journey.home import PROJECT, Home
from journey.query import load, worker
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
from journey.scope import SEGMENTS, Scope
from journey.warehouse import current
from journey.words import STAGES

TEXT = (PROJECT / "docs" / "writing-a-query.md").read_text("utf-8")
FIRST = "## From nothing to a card in fifteen minutes"
TUTORIAL = TEXT.split(FIRST)[1].split("## Five minutes")[0]
REST = TEXT.replace(TUTORIAL, "")


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
    names = ("visitor_type", "source_medium", "campaign", "sales_channel")
    for name in names:
        shop.execute(f"alter table published.traffic add column {name} varchar")
    shop.execute("alter table published.traffic add column purchases_of_checkouts bigint")
    example = REST.split("```sql\n")[1].split("```")[0]
    query = parse(example, "conversion/checkout_completion", own=False)
    assert check(Library({query.name: query}), shop) == []
    assert example == (PROJECT / "queries" / f"{query.name}.sql").read_text("utf-8")


def test_the_chart_is_a_file_without_problems(shop: duckdb.DuckDBPyConnection) -> None:
    shop.execute("alter table published.orders add column delivery_method varchar")
    query = parse(REST.split("```sql\n")[2].split("```")[0], "conversion/x", own=False)
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
    examples = REST.split("```sql\n")[3].split("```")[0].split("\n\n")
    assert len(examples) == 4
    for sql in examples:
        assert inspect(sql, {"orders", "customers", "tickets"}, "docs").reads
        shop.execute(f"describe {sql}").fetchall()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TUTORIAL, re.S)


def test_the_fifteen_minutes_lead_to_a_card(
    sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    place = Home(tmp_path / "home")
    (place.root / "queries").mkdir(parents=True)
    place.data.symlink_to(sample_home.data, target_is_directory=True)
    monkeypatch.setenv("JOURNEY_HOME", str(place.root))
    now = current(place)
    assert now is not None
    look, whole = blocks("sql")
    period = Period(dt.date(2026, 10, 1), dt.date(2026, 10, 28))
    found = worker.run_typed(now.path, look, Scope(period)).rows
    worker._pool.stop()
    assert found.columns == ["device", "checkouts", "orders"] and found.height

    (new,), (test,) = blocks("sh")[:1], blocks("toml")
    assert cli.main(new.split()[3:]) == 0
    name = new.split()[-1]
    file = place.root / "queries" / f"{name}.sql"
    file.write_text(whole, "utf-8")
    (place.root / "tests" / "queries" / f"{name}.toml").write_text(test, "utf-8")

    checked, tested, asked = (line.split()[3:] for line in blocks("sh")[1].splitlines())
    library = load(place.queries)
    assert not library.problems and not library.queries[name].own
    connection = blueprint()
    try:
        assert check(Library({name: library.queries[name]}), connection) == []
        with trial.everything_shown():
            marts = trial.emptied(connection)
            assert trial.test(library.queries[name], library, marts) == []
    finally:
        connection.close()
    assert cli.parser().parse_args(checked).run is query_commands.check
    assert cli.parser().parse_args(tested).path == [name]
    assert cli.main(asked) == 0
    assert "Phones that pay" in capsys.readouterr().out


def test_what_the_team_examples_run_is_there() -> None:
    folder = PROJECT / "examples" / "team"
    texts = [file.read_text("utf-8") for file in sorted(folder.rglob(".*.yaml"))]
    texts += [(folder / ".github" / "workflows" / "queries.yml").read_text("utf-8")]
    lines = re.findall(r"(?:entry|run): python -m journey (.*)", "\n".join(texts))
    assert sorted(lines) == ["check", "check", "test", "test"]
    for line in lines:
        assert callable(cli.parser().parse_args(line.split()).run)
