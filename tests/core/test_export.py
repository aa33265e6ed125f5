"""A file holds the figures of the card, in the shape its reader opens."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile

import polars as pl
import pytest

from journey.answer import Answer, Change, Estimate, Measure, Part, Period
from journey.formats import Formats
from journey.output import export

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
    "first", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff20"]
)
def test_no_text_and_no_heading_begins_like_a_formula(first: str) -> None:
    table = pl.DataFrame({f"{first}1+1": [f"{first}1+1"]})
    written = export.to_csv(table, Formats("en-GB", "GBP")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(written, newline="")))
    assert rows == [[f"'{first}1+1"]] * 2


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
