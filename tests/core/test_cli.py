"""What operators and analysts type, and what they are told."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import re
import shutil
from pathlib import Path

import polars as pl
import pytest

from journey import (
    cli,
    landing,
    sample,
    warehouse,
)
from journey.days import notes
from journey.figures.published import figures
from journey.findings import followups
from journey.home import PROJECT, Home
from journey.output import templates
from journey.query import load
from journey.settings import Settings, Source

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
        ["query", CARD, "--compare", "last-month"],
        ["query", CARD, "--compare", "none,year"], ["query", CARD, "--compare", ""],
        ["query", CARD, "--where", "mobile"],
        ["new", "query", "marts/x"], ["new", "query", "conversion/Bad Name"],
        ["new", "query", "x"], ["new", "query", "../conversion/x"],
        ["refresh", "--every", "0h"], ["forget"], ["demo", "--visits", "-3"],
        ["demo", "--visits", "many"], ["refresh", "--every", "99999999999d"],
        ["run", "--port", "99999"], ["run", "--port", "0"],
    ],
)  # fmt: skip
def test_wrong_usage_ends_with_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2


@pytest.mark.usefixtures("in_sample_home")
def test_nothing_that_is_printed_steers_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hostile = "conversion/\x1b]0;owned\x07\x9b2J\r"
    assert cli.main(["query", hostile]) == 2
    told = "".join(capsys.readouterr())
    assert "owned" in told
    assert not re.search(r"[^\n\t\x20-\x7e\xa0-\uffff]", told)


def test_a_full_disk_keeps_no_half_of_a_new_query(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write = Path.write_text
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))

    def full(path: Path, text: str, *more: str) -> int:
        if path.suffix == ".toml":
            write(path, text[:9], *more)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return write(path, text, *more)

    monkeypatch.setattr(Path, "write_text", full)
    assert cli.main(["new", "query", "conversion/mine"]) == 1
    assert "the disk is full" in capsys.readouterr().err
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_help_names_a_segment_that_exists(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["query", "--help"])
    (name,) = re.findall(r"segments/\w+", capsys.readouterr().out)
    assert load([PROJECT / "queries"]).queries[name].kind == "segment"


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


def test_query_holds_a_figure_against_several_days_and_its_target(
    in_sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (tmp_path / "data").symlink_to(in_sample_home.data)
    (tmp_path / "journey.toml").write_text(f'[targets]\n"{CARD}" = 0.9\n', "utf-8")
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    ways = ["--compare", "previous,year,all-saints-day"]
    assert cli.main(["query", CARD, *ways, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    rows = {row["key"]: row for row in told["against"]}
    assert list(rows) == ["previous", "year", "all-saints-day", "target"]
    assert rows["previous"]["value"] == told["before"]["value"]
    assert rows["year"]["compared"] == {"from": "2025-10-21", "to": "2025-11-17"}
    assert rows["year"]["days_covered"] == 28
    assert rows["target"]["value"] == 0.9
    assert rows["target"]["change"]["moved"] and not rows["target"]["change"]["good"]
    assert cli.main(["query", CARD, *ways, "--format", "csv"]) == 0
    assert "against,year," in capsys.readouterr().out
    assert cli.main(["query", CARD, *ways]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^Last year, same weekdays +21 Oct . 17 Nov 2025 ", out, re.M)
    assert re.search(r"^Target .* missed$", out, re.M)


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
        assert b"blik" in out.lower()


def test_products_of_a_shop_have_the_shops_own_amounts(in_sample_home: Home) -> None:
    found = figures(in_sample_home).answer("consideration/products")
    assert found.frame is not None and found.notes == ()
    assert found.frame.columns == [
        "product", "brand", "views", "cart_rate", "orders", "return_rate",
        "questions_per_100_orders", "revenue",
    ]  # fmt: skip


GROUP = "segments/champions"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["query", "conversion/checkout_completio"], f'did you mean "{CARD}"?'),
        (["query", "marts/orders"], "has no answer of its own"),
        (["query", GROUP], "has no answer of its own"),
        (["query", CARD, "--segment", "segments/champion"], f'did you mean "{GROUP}"?'),
        (["query", CARD, "--segment", CARD], 'a query of kind "segment"'),
        (["query", CARD, "--where", "devic=mobile"], 'did you mean "device"?'),
        (["query", CARD, "--where", "device=mobil"], 'did you mean "mobile"?'),
        (["query", CARD, "--where", "campaign=display-seson"], '"display-season"?'),
        (["query", CARD, "--from", "2026-10-28", "--to", "2026-10-01"], "swap the two"),
        (["query", CARD, "--role", "boss"], 'no role "boss"'),
        (["query", CARD, "--compare", "previous,black-week"], "that have the event"),
        (["query", CARD, "--segment", "champions"], f'did you mean "{GROUP}"?'),
        (["link", "conversoin"], 'did you mean "conversion"?'),
        (["link", "conversion", "--segment", "segments/champion"], f'"{GROUP}"?'),
        (["link", "conversion", "--where", "device=mobil"], 'did you mean "mobile"?'),
        (["brief", "--role", "boss", "--out", "-"], 'no role "boss"'),
        (["check", "gone.sql"], "no such file or folder"),
        (["test", "gone.sql"], "no such file or folder"),
        (["test", "conversion/checkout_completio"], f'did you mean "{CARD}"?'),
        (["new", "query", CARD], "a name that is free"),
        (["demo", "--truths", "cupon"], 'did you mean "coupon"?'),
        (["demo", "--visits", "3"], "5000 or more"),
        (["demo", "--seed", "-1"], "0 or more"),
        (["forget", "--email", "nobody"], "an e-mail address"),
        (["restore", "gone.tar.gz"], "no such file"),
        (["restore", __file__], "--replace"),
        (["sync", "shopp"], "no source named"),
        (["doctor", "shopp"], "no source named"),
    ],
)
def test_what_was_typed_wrongly_ends_with_2_and_says_what_to_do(
    in_sample_home: Home, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    assert cli.main(words) == 2
    told = capsys.readouterr()
    assert says in told.err and told.out == ""


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
@pytest.mark.parametrize(
    "words",
    [["conversion/orderz"], [CARD, "--where", "device=mobil"], [CARD, "--role", "boss"]],
)
def test_an_error_leaves_the_output_empty(
    in_sample_home: Home, capfdbinary: pytest.CaptureFixture[bytes], words: list[str],
    kind: str,
) -> None:  # fmt: skip
    assert cli.main(["query", *words, "--format", kind]) == 2
    told = capfdbinary.readouterr()
    assert told.out == b"" and told.err


def test_the_heading_names_days_and_choices(
    in_sample_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    days = ["--from", "2026-10-01", "--to", "2026-10-28"]
    assert cli.main(["query", CARD, *days, "--where", "device=mobile"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first == "Checkout completion · 1 Oct – 28 Oct 2026 · Phones · Own shop"
    assert cli.main(["query", CARD, *days, "--where", "sales_channel=all"]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith("28 Oct 2026")


@pytest.mark.parametrize("name", ["quality", "order_statuses", "freshness"])
def test_queries_about_the_data_answer_without_a_choice(
    in_sample_home: Home, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert cli.main(["query", f"data/{name}", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["rows"]) > 2
    chosen = ["--where", "sales_channel=own_shop"]
    assert cli.main(["query", f"data/{name}", *chosen]) == 0
    assert "carry no sales channel" in capsys.readouterr().out


def test_values_are_printed_as_the_locale_writes_them(
    in_sample_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["query", "conversion/payment_methods"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split("  ")[0] == "Payment method"
    assert any("%" in line and "zł" in line for line in lines[2:])


def test_too_few_are_told_in_words(
    in_sample_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["query", CARD, "--from", "2026-10-01", "--to", "2026-10-01"]) == 0
    out = capsys.readouterr().out
    assert "fewer than 30" in out and "too_few" not in out


def test_a_segment_that_tickets_do_not_carry_gives_no_figure(
    in_sample_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        "support/first_response",
        "--where",
        "campaign=shopping-footwear",
        "--where",
        "channel=Email",
    ]
    assert cli.main(["query", *words, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told.get("absence") or told["state"] != "ready"


@pytest.mark.parametrize("kind", list(templates.TEMPLATES))
def test_a_new_query_file_passes_the_check_and_answers(
    own_copy: Home, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    (own_copy.root / "queries").mkdir()
    name = f"conversion/my_{kind}"
    assert cli.main(["new", "query", name, "--kind", kind]) == 0
    capsys.readouterr()
    assert cli.main(["check"]) == 0
    told = capsys.readouterr().out
    assert "no problems, 1 warning." in told and "owner as in the template" in told
    assert ("question and owner" in told) == (kind != "segment")
    asked = ["conversion/orders", "--segment", name] if kind == "segment" else [name]
    assert cli.main(["query", *asked, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told.get("rows") or told["value"] is not None
    assert cli.main(["new", "query", name]) == 2
    assert "a name that is free" in capsys.readouterr().err


def test_a_new_query_file_may_lie_in_a_folder_of_its_own(own_copy: Home) -> None:
    (own_copy.root / "queries").mkdir()
    assert cli.main(["new", "query", "returns/by_week"]) == 0
    assert cli.main(["check"]) == 0
    assert cli.main(["query", "returns/by_week", "--format", "json"]) == 0


def test_a_rate_of_nothing_is_not_called_a_rate_of_few(
    own_copy: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    file = own_copy.root / "queries" / "returns" / "none.sql"
    file.parent.mkdir(parents=True)
    text, _ = templates.texts("measure", "None")
    file.write_text(text.replace("from traffic", "from traffic where device = 'fridge'"))
    assert cli.main(["query", "returns/none"]) == 0
    assert "nothing to count" in capsys.readouterr().out


def test_new_files_of_every_kind_pass_their_tests_in_a_folder_of_ones_own(
    own_copy: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = own_copy.root / "team" / "sql"
    ours.mkdir(parents=True)
    own_copy.settings.write_text('queries = ["team/sql"]\n', "utf-8")
    for kind in templates.TEMPLATES:
        assert cli.main(["new", "query", f"conversion/my_{kind}", "--kind", kind]) == 0
    tests = own_copy.root / "team" / "tests" / "queries" / "conversion"
    wrong = tests / "my_table.toml"
    wrong.write_text(wrong.read_text("utf-8").replace("revenue = 150", "revenue = 151"))
    (tests / "my_chart.toml").write_text("[[given.trafic]]\nday = 2026-10-01\n", "utf-8")
    capsys.readouterr()
    assert cli.main(["test", str(ours)]) == 1
    out = capsys.readouterr().out
    assert "4 queries tested, 2 problems." in out
    assert "revenue = 151" in out and "revenue = 150.0" in out
    assert "no expect" in out
    assert cli.main(["test", "conversion/my_tables"]) == 2
    assert 'did you mean "conversion/my_table"?' in capsys.readouterr().err


def test_check_warns_of_files_without_a_test_and_counts_broken_ones(
    own_copy: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own_copy.root / "queries" / "conversion"
    folder.mkdir(parents=True)
    text, _ = templates.texts("measure", "Mine")
    text = text.replace("your team", "sales").replace("Of what", "Of all visits")
    (folder / "mine.sql").write_text(text, "utf-8")
    assert cli.main(["check"]) == 0
    out = capsys.readouterr().out
    assert "Warning: home/queries/conversion/mine.sql: no test" in out
    assert "no problems, 1 warning." in out
    (folder / "broken.sql").write_text("select 1", "utf-8")
    assert cli.main(["check", str(folder)]) == 1
    out = capsys.readouterr().out
    assert "home/queries/conversion/broken.sql:1: select 1" in out
    assert "1 of them cannot be read, 1 problem, 1 warning." in out


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
    written = {
        note.text: note.first
        for note in notes.known(Home(tmp_path), sample=True).all
        if note.kind == "written"
    }
    assert written["New payment page released"] == dt.date(2026, 10, 22)
    assert len(written) == 3
    alone = Settings(sources=(Source("sample", "sample", {"truths": "phone_payment"}),))
    sample.note_down(Home(tmp_path), alone)
    left = [n.text for n in notes.known(Home(tmp_path), sample=True).all if n.id]
    assert left == ["New payment page released"]


def test_run_keeps_a_relative_home_when_it_changes_folder(
    own_copy: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.chdir(own_copy.root.parent)
    monkeypatch.setenv("JOURNEY_HOME", own_copy.root.name)
    monkeypatch.setattr("sys.argv", ["journey"])
    monkeypatch.setattr(
        "runpy.run_module", lambda *_, **__: seen.append(os.environ["JOURNEY_HOME"])
    )
    assert cli.main(["run", "--headless"]) == 0
    assert seen == [str(own_copy.root)]


@pytest.mark.parametrize("error", [OSError("No space left"), PermissionError("denied")])
def test_a_timed_refresh_goes_on_after_a_failure_of_the_disk(
    error: OSError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    tries: list[OSError | KeyboardInterrupt] = [error, error, KeyboardInterrupt()]

    def fail(*_: object) -> int:
        raise tries.pop(0)

    monkeypatch.setattr("journey.refresh.once", fail)
    monkeypatch.setattr("journey.refresh.time.sleep", lambda _: None)
    cli.main(["refresh", "--every", "1h"])
    assert tries == []
