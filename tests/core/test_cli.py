"""What operators and analysts type, and what they are told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from journey import cli, followups, landing, warehouse
from journey.figures import figures
from journey.home import Home

CARD = "conversion/checkout_completion"


@pytest.fixture
def own_copy(sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A sample home that a test may change."""
    shutil.copytree(sample_home.root, tmp_path / "home")
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


@pytest.mark.parametrize(
    "words",
    [
        [], ["refres"], ["query"], ["query", CARD, "--from", "yesterday"],
        ["query", CARD, "--compare", "last-month"], ["query", CARD, "--where", "mobile"],
        ["new", "query", "nowhere/x"], ["new", "query", "conversion/Bad Name"],
        ["refresh", "--every", "0h"], ["forget"],
    ],
)  # fmt: skip
def test_wrong_usage_ends_with_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2


def test_query_prints_what_the_card_shows(
    in_sample_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--from", "2026-10-01", "--to", "2026-10-28", "--where", "device=mobile"]
    code = cli.main(["query", CARD, *words, "--compare", "previous", "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["compared"] == {"from": "2026-09-03", "to": "2026-09-30"}
    rows = plain(
        in_sample_home,
        "select sum(checkouts)::double, sum(purchases_of_checkouts)::double from "
        "published.traffic where device = 'mobile' "
        "and day between '2026-10-01' and '2026-10-28'",
    )
    assert (told["denominator"], told["numerator"]) == rows[0]
    assert told["value"] == pytest.approx(told["numerator"] / told["denominator"])
    assert told["low"] < told["value"] < told["high"]
    assert {"value", "numerator", "denominator", "low", "high"} <= told["before"].keys()


def plain(home: Home, sql: str) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = figures(home).reader.cursor().execute(sql).fetchall()
    return rows


@pytest.mark.parametrize("kind", ["table", "csv", "parquet"])
def test_query_prints_every_format(
    in_sample_home: Home, capfdbinary: pytest.CaptureFixture[bytes], kind: str
) -> None:
    assert cli.main(["query", "conversion/payment_methods", "--format", kind]) == 0
    out = capfdbinary.readouterr().out
    if kind == "parquet":
        assert pl.read_parquet(out).height > 3
    else:
        assert b"blik" in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["conversion/checkout_completio"],
            'did you mean "conversion/checkout_completion"?',
        ),
        ([CARD, "--where", "devic=mobile"], 'did you mean "device"?'),
        ([CARD, "--from", "2026-10-28", "--to", "2026-10-01"], "swap the two days"),
        ([CARD, "--role", "boss"], 'no role "boss"'),
    ],
)
def test_a_mistake_ends_with_1_and_says_what_to_do(
    in_sample_home: Home, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    assert cli.main(["query", *words]) == 1
    assert says in capsys.readouterr().err


def test_a_segment_that_tickets_do_not_carry_gives_no_figure(
    in_sample_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["support/first_response", "--where", "campaign=x", "--where", "channel=Email"]
    assert cli.main(["query", *words, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told.get("absence") or told["state"] != "ready"


def test_a_new_query_file_passes_the_check_and_answers(
    own_copy: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    (own_copy.root / "queries").mkdir()
    assert cli.main(["new", "query", "conversion/my_question"]) == 0
    assert cli.main(["check"]) == 0
    assert cli.main(["query", "conversion/my_question", "--format", "json"]) == 0
    assert cli.main(["new", "query", "conversion/my_question"]) == 1
    assert "a name that is free" in capsys.readouterr().err


def test_check_prints_every_problem_with_its_line(
    own_copy: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own_copy.root / "queries" / "conversion"
    folder.mkdir(parents=True)
    (folder / "broken.sql").write_text('/*\ntitel = "x"\n*/\nselect 1', "utf-8")
    assert cli.main(["check", "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert any(p["line"] == 2 and '"title"' in p["expected"] for p in told)


def test_rollback_needs_an_older_snapshot(
    own_copy: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["rollback"]) == 1
    assert "no snapshot older" in capsys.readouterr().err


def test_build_rollback_and_resume(
    own_copy: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    first = warehouse.current(own_copy)
    assert cli.main(["build"]) == 0
    assert cli.main(["rollback"]) == 0
    assert warehouse.current(own_copy) == first
    assert cli.main(["build"]) == 1
    assert "resume" in capsys.readouterr().err
    assert cli.main(["resume"]) == 0
    assert cli.main(["status"]) == 1


def test_forget_removes_a_person_from_every_table_and_snapshot(own_copy: Home) -> None:
    email = "kept-out@mail.example"
    key = insert_order(own_copy, email)
    assert cli.main(["build"]) == 0
    assert "own:X1" in order_keys(own_copy)
    assert cli.main(["forget", "--email", f" {email.upper()} "]) == 0
    assert "own:X1" not in order_keys(own_copy)
    assert len(warehouse.snapshots(own_copy)) == 1
    with landing.open_landing(own_copy) as connection:
        rows = connection.execute("select key_kind, key from erasure").fetchall()
        left = connection.execute("select count(*) from order_line where source = 'own'")
        assert left.fetchall() == [(0,)]
    assert ("email", key) in rows and ("order", "own:X1") in rows


def insert_order(home: Home, email: str) -> str:
    from journey import people

    key = people.hash_of(people.hash_key(home), email)
    with landing.open_landing(home) as connection:
        connection.execute(
            "insert into sales_order (source, order_id, email_hash, placed_at, status, "
            "currency, gross_total, updated_at) values ('own', 'X1', $key, "
            "'2026-11-01 12:00+00', 'completed', 'PLN', 100, '2026-11-01 12:00+00')",
            {"key": key},
        ).fetchall()
        connection.execute(
            "insert into order_line (source, order_id, line_id, quantity, unit_price, "
            "currency) values ('own', 'X1', '1', 1, 100, 'PLN')"
        ).fetchall()
    return key


def order_keys(home: Home) -> set[object]:
    return {row[0] for row in plain(home, "select order_key from published.orders")}


def test_the_sample_shop_has_a_closed_leak_in_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    assert cli.main(["demo", "--visits", "5000", "--end", "2026-11-16"]) == 0
    (held,) = followups.opened(Home(tmp_path), sample=True)
    assert held.title == "Checkout on desktop"
    assert followups.opened(Home(tmp_path)) == []
