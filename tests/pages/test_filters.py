"""Days and groups of the address: the words of the command line, on every page."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from journey import words
from journey.answer import Answer, Change, Estimate, Measure, Period
from journey.figures.answers import Versus
from journey.formats import Formats
from journey.query import Query
from journey.scope import Scope
from journey.ui import days, groups
from tests.pages.test_pages import components, opened, texts

THROUGH = dt.date(2026, 11, 16)
FORMATS = Formats()
RATE = Query("a/b", Path("b.sql"), "measure", "", "", "Second order", unit="percent")
DAYS = Period(THROUGH, THROUGH)

pytestmark = pytest.mark.usefixtures("in_sample_home")


def notices(at: AppTest) -> list[str]:
    """What a page says of the link that opened it."""
    return [str(one.value) for one in at.info if one.icon == ":material/link_off:"]


def told(**params: str) -> str:
    return " ".join(notices(opened(**params)))


def test_days_of_a_link_are_those_of_the_command_line() -> None:
    at = opened(**{"from": "2026-10-01", "to": "2026-10-14"})
    assert "1 Oct – 14 Oct 2026 against the 14\u00a0days before" in texts(at)
    assert not notices(at)


def test_one_day_is_enough() -> None:
    assert "1 Oct – 16 Nov 2026" in texts(opened(**{"from": "2026-10-01"}))


@pytest.mark.parametrize("older", ["2026-10-01,2026-10-14"])
def test_an_older_link_still_opens_and_is_told(older: str) -> None:
    at = opened(days="custom", between=older)
    assert "1 Oct – 14 Oct 2026" in texts(at)
    assert "older kind" in " ".join(notices(at))


def test_what_is_no_day_falls_back_and_is_told() -> None:
    assert "is no day: soon" in told(**{"from": "soon", "to": "2026-10-14"})
    read, notices = days.days_of({"to": "2031-01-01"}, THROUGH)
    assert read == {"to": THROUGH}
    assert "end on 16 Nov 2026" in notices[0]


def test_days_the_wrong_way_round_are_the_same_days() -> None:
    at = opened(**{"from": "2026-10-14", "to": "2026-10-01"})
    assert "1 Oct – 14 Oct 2026" in texts(at)


def test_a_group_of_the_link_stands_in_the_text_and_beside_everyone_else() -> None:
    at = opened("retention_page.py", segment="segments/asked_about_size", days="365")
    assert not at.exception
    assert ", only Asked about size" in texts(at)
    notes = [figure["note"] for figure in components(at)[0]["figures"]]
    assert any(note.startswith("Everyone else ") for note in notes)


def test_a_measure_that_knows_no_people_says_so() -> None:
    at = opened("awareness_page.py", segment="segments/asked_about_size")
    figures = components(at)[0]["figures"]
    assert not figures[0]["value"]
    assert "named group" in figures[0]["message"]


def test_a_group_that_there_is_not_is_told_and_not_chosen() -> None:
    at = opened(segment="segments/nobody")
    assert "segments/nobody" in " ".join(notices(at))
    assert ", only" not in texts(at)


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        (True, "Everyone else 20.0%: +5.0 p.p.."),
        (False, "Everyone else 20.0%: +5.0 p.p., which may be chance."),
    ],
)
def test_a_group_is_held_against_the_others(moved: bool, said: str) -> None:
    scope = Scope(DAYS, segment="segments/x")
    sides = [Answer("a/b", scope.period, measure=Measure(Estimate(v))) for v in (0.25, 0.2)]
    both = Versus(*sides, Change(0.05, 0.25, moved=moved))
    words_ = groups.said(both, RATE, FORMATS).replace("\u00a0", " ")
    assert words_ == said.replace("p.p..", "p.p.")


def test_a_group_without_a_figure_says_nothing_of_others() -> None:
    nothing = Answer("a/b", DAYS, absence="no")
    assert groups.said(Versus(nothing, nothing), RATE, FORMATS) == ""


def test_all_drops_the_usual_sales_channel_as_on_the_command_line() -> None:
    at = opened(sales_channel="all")
    assert at.multiselect(key="sales_channel").value == []
    assert not notices(at)


def test_what_no_filter_has_is_told_and_left_out() -> None:
    at = opened(campaign="black-week", device="phone")
    assert "Campaign black\\-week" in notices(at)[0]
    assert "Device phone" in notices(at)[0]
    assert at.multiselect(key="device").value == []


def test_days_and_comparison_are_shown_in_words_and_linked_by_their_values() -> None:
    at = opened()
    days, compare = at.segmented_control(key="days"), at.selectbox(key="compare")
    assert [word.replace("\u00a0", " ") for word in days.options] == [
        "7 days", "28 days", "90 days", "365 days", "Other",
    ]  # fmt: skip
    assert [word.replace("\u00a0", " ") for word in compare.options] == [
        "The 28 days before", "Last year, same weekdays", "All Saints' Day 2025",
        "From a day", "Nothing",
    ]  # fmt: skip
    assert not {"days", "compare"} & set(at.query_params)
    days.set_value("7").run()
    at.selectbox(key="compare").set_value("year").run()
    assert (at.query_params["days"], at.query_params["compare"]) == ("7", "year")
    assert "against the same weekdays a year before" in texts(at)
    at.selectbox(key="compare").set_value("previous").run()
    assert "compare" not in at.query_params


WEEK = {"from": "2025-11-24", "to": "2025-12-01"}


def test_an_event_of_the_link_is_laid_on_that_of_the_year_before() -> None:
    at = opened(**WEEK, compare="black-week")
    assert "against Black Week 2024, 25 Nov – 2 Dec" in texts(at)
    assert "Black Week 2024" in at.selectbox(key="compare").options
    assert at.query_params["compare"] == "black-week"
    assert not notices(at)


def test_an_event_falls_back_where_the_days_lack_it_and_comes_back_with_them() -> None:
    at = opened(compare="all-saints-day")
    assert "the days around All Saints' Day 2025" in texts(at)
    at.segmented_control(key="days").set_value("7").run()
    assert "against the 7\u00a0days before" in texts(at)
    assert "All Saints' Day is not in these days" in notices(at)[0]
    assert "compare" not in at.query_params
    at.segmented_control(key="days").set_value("28").run()
    assert at.query_params["compare"] == "all-saints-day"


def test_a_first_day_can_be_chosen_and_linked() -> None:
    at = opened(compare="2026-08-01")
    assert "against 1 Aug – 28 Aug 2026" in texts(at)
    assert at.date_input(key="compare_day").value == dt.date(2026, 8, 1)
    at.date_input(key="compare_day").set_value(dt.date(2026, 8, 8)).run()
    assert at.query_params["compare"] == "2026-08-08"
    at.selectbox(key="compare").set_value("none").run()
    assert at.query_params["compare"] == "none"
    assert " against " not in texts(at).partition("Sample shop")[0]


@pytest.mark.parametrize("word", ["lately", "day", "compare", "2026-13-01", "<b>"])
def test_a_comparison_that_there_is_not_falls_back_and_is_told(word: str) -> None:
    at = opened(compare=word)
    assert "compared with the days before" in " ".join(notices(at))
    assert "against the 28\u00a0days before" in texts(at)
    assert "compare" not in at.query_params


def test_a_first_day_outside_of_the_data_is_told() -> None:
    assert "outside of the data" in told(compare="2031-01-01")


def test_what_a_link_says_is_never_read_as_markup() -> None:
    hostile = "[x](http://evil.example)"
    for key in ("compare", "days", "from", "campaign", "segment"):
        (notice,) = notices(opened(**{key: hostile}))
        assert "evil" in notice and "](http" not in notice


def test_days_that_are_no_choice_fall_back_and_are_told() -> None:
    assert "no choice: 14" in told(days="14")


def test_the_map_holds_a_group_against_the_others() -> None:
    at = opened(segment="segments/asked_about_size", days="365")
    retention = components(at)[0]["stages"][3]
    assert retention["note"].startswith("Everyone else ")


def test_segments_are_shown_in_words_and_linked_by_their_values() -> None:
    at = opened()
    devices = at.multiselect(key="device")
    assert {"Phones", "Computers", "Tablets"} >= set(devices.options) != set()
    devices.set_value(["mobile"]).run()
    assert at.query_params["device"] == "mobile"
    at.multiselect(key="sales_channel").set_value([]).run()
    assert at.query_params["sales_channel"] == "all"
    at.multiselect(key="sales_channel").set_value(["own_shop"]).run()
    assert "sales_channel" not in at.query_params


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("payment_method", "credit_card", "Credit card"),
        ("payment_method", "voucher", "Voucher"),
        ("first_product_category", "furniture_decor", "Furniture decor"),
        ("first_product_category", "Zażółć", "Zażółć"),
        ("campaign", "black_week", "black_week"),
        ("channel", "\u202elaos\x00\x1b[2J", " laos [2J"),
        ("channel", "قناة 😀", "قناة 😀"),
    ],
)
def test_codes_of_a_shop_read_as_words_and_names_stay(
    column: str, value: str, said: str
) -> None:
    assert words.value(column, value, FORMATS) == said


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("arrival", "late", "after a late delivery"),
        ("arrival", "on_time", "after a delivery on time"),
        ("arrival", None, "where the arrival is not known"),
        ("effort_band", "high", "after much effort"),
        ("product_brand", "Grań", "with brand Grań"),
        ("customer_tier", "loyal", "of loyal customers"),
        ("customer_tier", "previously_loyal", "of previously loyal customers"),
        ("customer_tier", "at_risk", "of customers at risk"),
    ],
)
def test_a_value_ends_a_sentence(column: str, value: str | None, said: str) -> None:
    assert words.phrase(column, value, FORMATS) == said


def test_tiers_stand_from_the_best_to_those_who_never_ordered() -> None:
    tiers = ["prospects", "dormant", "new", "champions"]
    assert words.in_order("customer_tier", tiers) == [
        "champions",
        "new",
        "dormant",
        "prospects",
    ]
    assert words.in_order("channel", ["b", "a"]) == ["b", "a"]


def test_a_file_of_an_older_version_is_not_taken_for_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = tmp_path / "data" / "published"
    published.mkdir(parents=True)
    (published / "journey-20260101T000000000000Z.duckdb").write_bytes(b"something older")
    (tmp_path / "data" / "current").write_text("journey-20260101T000000000000Z.duckdb")
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    at = opened()
    assert not at.exception
    assert "No published file can be read" in texts(at)
