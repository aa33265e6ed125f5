"""A file holds the figures of the card, in the shape its reader opens."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import zipfile
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from journey.answer import (
    Answer,
    Badge,
    Change,
    Estimate,
    Measure,
    Part,
    Period,
    Point,
)
from journey.formats import Formats
from journey.output import about as abouts, export
from journey.output.workbook import workbook
from journey.query import Query
from journey.query.file import Column
from journey.scope import Scope

POLISH, ENGLISH = Formats("pl-PL", "PLN"), Formats("en-GB", "GBP")
PERIOD = Period(dt.date(2026, 10, 1), dt.date(2026, 10, 28))
NOW = Estimate(0.512, "ready", 512, 1000, 0.481, 0.543)
BEFORE = Estimate(0.6, "ready", 600, 1000, 0.569, 0.63)
CHANGE = Change(-0.088, -0.147, -0.131, -0.045, True, False)
RATE = Answer(
    "conversion/checkout_completion", PERIOD, PERIOD.before(), reads=("traffic",),
    measure=Measure(NOW, BEFORE, CHANGE, parts={"device": (Part("mobile", NOW, BEFORE),)}),
)  # fmt: skip
TABLE = Answer(
    "t", PERIOD,
    frame=pl.DataFrame(
        {"name": ["Łódź; \"a\"", "=1+1"], "share": [0.5, None], "day": [PERIOD.first] * 2,
         "count": [12, -3]}
    ),
)  # fmt: skip


def test_json_of_a_measure_holds_value_parts_interval_and_comparison() -> None:
    told = json.loads(export.to_json(RATE))
    assert (told["value"], told["numerator"], told["denominator"]) == (0.512, 512, 1000)
    assert (told["low"], told["high"]) == (0.481, 0.543)
    assert (told["before"]["value"], told["before"]["denominator"]) == (0.6, 1000)
    assert told["period"] == {"from": "2026-10-01", "to": "2026-10-28"}
    assert told["parts"]["device"][0]["label"] == "mobile"


def test_json_of_an_absence_says_why() -> None:
    told = json.loads(export.to_json(Answer("x", PERIOD, absence="connect orders")))
    assert told["absence"] == "connect orders"
    assert "value" not in told


def test_polish_csv_opens_in_a_polish_spreadsheet() -> None:
    raw = export.to_bytes(RATE, "csv", POLISH)
    assert raw.startswith(b"\xef\xbb\xbf")
    text = raw.decode("utf-8-sig")
    assert text.splitlines()[0].startswith("segment;part;state;value")
    assert "0,512;512;1000" in text


def test_english_csv_has_commas_and_points() -> None:
    text = export.to_bytes(RATE, "csv", ENGLISH).decode("utf-8-sig")
    assert "0.512,512,1000" in text


def test_letters_and_separators_survive_and_formulas_are_defused() -> None:
    text = export.to_bytes(TABLE, "csv", POLISH).decode("utf-8-sig")
    lines = text.splitlines()
    assert lines[1] == '"Łódź; ""a""";0,5;2026-10-01;12'
    assert lines[2] == "'=1+1;;2026-10-01;-3"


def test_only_numbers_take_the_decimal_sign_of_the_locale() -> None:
    table = pl.DataFrame(
        {"a": [{"x": "1.5"}], "b": [[1.5]], "c": [dt.time(1, 2, 3, 500_000)], "d": [0.5]},
    )
    written = export.to_csv(table, Formats("pl-PL", "PLN")).decode("utf-8-sig")
    assert "1.5" in written and "[1.5]" in written and "03.500000" in written
    assert written.rstrip().endswith(";0,5")


@pytest.mark.parametrize(
    "first", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff20", "\0="]
)
def test_no_text_and_no_heading_begins_like_a_formula(first: str) -> None:
    table = pl.DataFrame({f"{first}1+1": [f"{first}1+1"]})
    written = export.to_csv(table, Formats("en-GB", "GBP")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(written, newline="")))
    assert rows == [[f"'{first[-1]}1+1"]] * 2


def test_excel_holds_no_formula_and_no_link_of_a_source() -> None:
    texts = ["=1+1", "https://shop.example/?a=b", "external:c:\\x", "mailto:a@shop.example"]
    table = pl.DataFrame({"campaign": texts})
    answer = Answer("topic/table", PERIOD, frame=table)
    written = export.to_bytes(answer, "xlsx", Formats("en-GB", "GBP"))
    with zipfile.ZipFile(io.BytesIO(written)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "hyperlink" not in sheet
    assert pl.read_excel(io.BytesIO(written))["campaign"].to_list() == texts


@pytest.mark.parametrize("kind", ["parquet", "xlsx"])
def test_files_with_types_keep_numbers_as_numbers(kind: str) -> None:
    raw = io.BytesIO(export.to_bytes(TABLE, kind, POLISH))
    back = pl.read_parquet(raw) if kind == "parquet" else pl.read_excel(raw)
    assert back["share"][0] == 0.5
    assert back["count"].to_list() == [12, -3]
    assert back["day"][0] == PERIOD.first
    assert back["name"][0] == 'Łódź; "a"'


def test_a_count_is_written_without_a_decimal_comma() -> None:
    table = pl.DataFrame({"numerator": [17.0], "value": [0.5], "low": [float("nan")]})
    written = export.to_csv(table, POLISH).decode("utf-8-sig")
    assert written.splitlines()[1] == "17;0,5;"


QUERY = Query(
    "a/b", Path("b.sql"), "table", "", "", "Zamówienia w Łodzi", question="Ile?",
    owner="growth", description="Net.", caveat="Young.", where="queries/a/b.sql",
    columns={"share": Column("Udział", "percent"), "count": Column("Sztuk", "count"),
             "net": Column("Przychód", "money")},
)  # fmt: skip
TOLD = Answer(
    "a/b", PERIOD, PERIOD.before(),
    frame=pl.DataFrame(
        {"name": ["Łódź; \"a\"", "=1+1"], "share": [0.5, None], "day": [PERIOD.first] * 2,
         "count": [12, -3], "net": [1.5, None]}
    ),
    reads=("orders",), complete_through=PERIOD.last, notes=("Two days left out",),
    badges=(Badge("sampled", "GA4 sampled"),), hidden=2,
)  # fmt: skip
SCOPE = Scope(
    PERIOD, PERIOD.before(), (("device", ("mobile",)), ("sales_channel", ("own_shop",))),
    policy=(("country", ("PL",)),),
)  # fmt: skip
BUILT = dt.datetime(2026, 10, 29, 4, 10, tzinfo=dt.UTC)
ABOUT = abouts.about(
    TOLD, QUERY, SCOPE, POLISH, "Europe/Warsaw", more=("GA4 saw 74%.",),
    snapshot={"built_at": BUILT, "is_sample": True},
)  # fmt: skip


def test_a_file_says_what_it_is() -> None:
    facts = ABOUT.facts()
    assert facts["Chosen"] == "Phones · Own shop"
    assert facts["Rows"] == "rows of the role: Poland"
    assert facts["As of"] == "Data to 28 paź 2026, read 29 paź 2026, 05:10"
    assert facts["Definition"] == "Net. Mind: Young."
    assert facts["Coverage"] == (
        "Sample shop, invented data. GA4 saw 74%. 2 cells withheld for counting too few "
        "people. Sampled: GA4 sampled. Two days left out."
    )
    assert "Compared" not in facts
    shown = abouts.about(TOLD, QUERY, SCOPE, ENGLISH, "Europe/Warsaw", compares=True)
    then = PERIOD.before()
    days = ENGLISH.day_range(then.first, then.last)
    assert shown.compared.split(", ") == [
        f"against the {ENGLISH.days(28)} before",
        days,
    ]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Zamówienia w Łodzi / 50%", "zamowienia_w_lodzi_50"),
        ("Ціна щастя: її", "tsina_shchastia_ii"),
        ("..\\..\\con<>:|?*\0", "con"),
        ("日本", "card"),
        ("x" * 300, "x" * 80),
    ],
)
def test_the_name_of_a_file_is_one_that_every_system_stores(title: str, name: str) -> None:
    made = replace(ABOUT, title=title).file_name("csv")
    assert made == f"journey_{name}_2026-10-01_2026-10-28.csv"


def test_csv_carries_what_it_is_without_breaking_a_parser() -> None:
    raw = export.to_bytes(TOLD, "csv", POLISH, about=ABOUT, query=QUERY)
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    assert [row["count"] for row in rows] == ["12", "-3"]
    assert [row["share"] for row in rows] == ["0,5", ""]
    assert rows[1]["name"] == "'=1+1"
    for row in rows:
        assert row["about_title"] == "Zamówienia w Łodzi"
        assert "Phones · Own shop" in row["about_scope"]
        assert row["about_as_of"].startswith("Data to 28 paź 2026")
        assert "2 cells withheld" in row["about_coverage"]
        assert row["about_definition"] == "Ile? Net. Mind: Young."
        assert row["about_source"] == "queries/a/b.sql · owner growth · reads orders"
    nothing = replace(TOLD, frame=TOLD.frame.clear() if TOLD.frame is not None else None)
    raw = export.to_bytes(nothing, "csv", POLISH, about=ABOUT, query=QUERY)
    told = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    own = [name for name in told[0] if not name.startswith("about_")]
    assert list(told[0]) == list(rows[0]) and [told[0][name] for name in own] == [""] * 5
    assert len(told) == 1 and told[0]["about_scope"] == rows[0]["about_scope"]
    table = pl.DataFrame({"about_title": ["mine"]})
    heads = export.to_csv(table, POLISH, ABOUT).decode("utf-8-sig").splitlines()[0]
    assert heads.startswith("about_title;about_title_;about_scope")


def test_an_excel_file_has_a_sheet_that_says_what_it_is() -> None:
    raw = export.to_bytes(TOLD, "xlsx", POLISH, about=ABOUT, query=QUERY)
    rows = pl.read_excel(io.BytesIO(raw), sheet_name="Data")
    assert rows.columns == ["name", "Udział", "day", "Sztuk", "Przychód"]
    assert rows.schema["day"] == pl.Date and rows.schema["Udział"] == pl.Float64
    assert rows["Sztuk"].to_list() == [12, -3]
    about = pl.read_excel(io.BytesIO(raw), sheet_name="About", has_header=False)
    told = dict(about.iter_rows())
    assert told["Title"] == "Zamówienia w Łodzi" and told["Owner"] == "growth"
    assert told["Column net"] == "Przychód"
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        styles = book.read("xl/styles.xml").decode()
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "0.0%" in styles and "dd.mm.yyyy" in styles and "zł" in styles
    assert 'state="frozen"' in sheet and "<f>" not in sheet


def test_excel_rounds_no_number_and_takes_odd_values() -> None:
    table = pl.DataFrame({"big": [12345678901234567, 1], "n": [math.inf, 0.5],
                          "N": ["x" * 40_000, None], "list": [[1], [2, 3]]})  # fmt: skip
    raw = workbook(table, ENGLISH)
    rows = pl.read_excel(io.BytesIO(raw), sheet_name="Data")
    assert rows.columns == ["big", "n", "N (N)", "list"]
    assert rows["big"].to_list() == ["12345678901234567", "1"]
    assert rows["n"].to_list() == [None, 0.5]
    assert rows["list"].to_list() == ["[1]", "[2, 3]"]


def test_parquet_has_its_types_and_what_it_is_as_metadata() -> None:
    raw = export.to_bytes(TOLD, "parquet", POLISH, about=ABOUT, query=QUERY)
    told = pl.read_parquet_metadata(io.BytesIO(raw))
    assert told["journey.title"] == "Zamówienia w Łodzi"
    assert told["journey.as_of"].startswith("Data to")
    schema = pl.read_parquet_schema(io.BytesIO(raw))
    assert schema["day"] == pl.Date and schema["count"] == pl.Int64


def test_a_measure_has_its_days_beside_those_before_and_its_steps() -> None:
    def day(number: int, value: float) -> Point:
        return Point(PERIOD.first + dt.timedelta(number), Estimate(value))

    measure = Measure(NOW, BEFORE, trend=(day(0, 0.5), day(1, 0.6)),
                      trend_before=(day(-2, 0.4),), steps={30: Estimate(0.1)})  # fmt: skip
    rows = export.frame(replace(RATE, measure=measure))
    days = rows.filter(pl.col("segment") == "day")
    assert days["part"].to_list() == ["2026-10-01", "2026-10-02"]
    assert days["value"].to_list() == [0.5, 0.6]
    assert days["before"].to_list() == [0.4, None]
    assert rows.filter(pl.col("segment") == "step")["part"].to_list() == ["30"]


def test_what_is_withheld_stays_withheld_in_every_file() -> None:
    hidden = Estimate(None, "suppressed")
    measure = Measure(NOW, parts={"device": (Part("tv", hidden),)},
                      trend=(Point(PERIOD.first, hidden),))  # fmt: skip
    answer = replace(RATE, measure=measure)
    for kind in ("xlsx", "parquet"):
        raw = io.BytesIO(export.to_bytes(answer, kind, ENGLISH))
        rows = pl.read_parquet(raw) if kind == "parquet" else pl.read_excel(raw)
        found = rows.filter(pl.col("state") == "suppressed")
        assert found.height == 2
        assert found["value"].null_count() == found["numerator"].null_count() == 2
