"""Numbers and dates as a shop in Britain and one in Poland write them."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from journey.formats import Formats

BRITISH = Formats("en-GB", "PLN")
POLISH = Formats("pl-PL", "PLN")
SPACE = "\u00a0"
DAY = dt.date(2026, 11, 17)


def test_polish_money_has_a_comma_and_groups_only_from_ten_thousand() -> None:
    assert POLISH.money(1234.5, 2) == f"1234,50{SPACE}zł"
    assert POLISH.money(12345, 2) == f"12{SPACE}345,00{SPACE}zł"
    assert POLISH.money(-1234567, 0) == f"−1{SPACE}234{SPACE}567{SPACE}zł"
    assert POLISH.money(9.999) == f"10,00{SPACE}zł"


def test_british_money_writes_the_zloty_as_people_do() -> None:
    assert BRITISH.money(178240) == f"178,240{SPACE}zł"
    assert BRITISH.money(214.5) == f"214.50{SPACE}zł"
    assert Formats("en-GB", "GBP").money(-12.5) == "−£12.50"
    assert Formats("en-US", "USD").money(1250) == "$1,250"
    assert Formats("de-DE", "EUR").money(1250) == f"1.250{SPACE}€"


def test_shares_and_points_follow_the_locale() -> None:
    assert POLISH.percent(0.0213) == "2,1%"
    assert BRITISH.percent(0.0213) == "2.1%"
    assert BRITISH.percent(0.0042) == "0.42%"
    assert BRITISH.points(-0.043) == f"−4.3{SPACE}p.p."
    assert POLISH.points(0.014) == f"+1,4{SPACE}p.p."
    assert Formats("de-DE").percent(0.021) == f"2,1{SPACE}%"


@pytest.mark.parametrize("tiny", [-0.0, -0.0004, 0.0004, -1e-12])
def test_nothing_is_never_a_negative_zero(tiny: float) -> None:
    assert BRITISH.points(tiny) == f"0.0{SPACE}p.p."
    assert BRITISH.change(tiny) == "0.0%"
    assert BRITISH.signed(tiny, 2) == "0.00"
    assert BRITISH.number(tiny) == "0"
    assert BRITISH.money(tiny, 0) == f"0{SPACE}zł"


@pytest.mark.parametrize("unknown", [None, math.nan, math.inf])
def test_what_is_not_known_is_a_dash(unknown: float | None) -> None:
    for write in (
        BRITISH.number,
        BRITISH.money,
        BRITISH.percent,
        BRITISH.points,
        BRITISH.change,
        BRITISH.duration,
        BRITISH.days,
        BRITISH.compact,
        BRITISH.money_compact,
    ):
        assert write(unknown) == "–"


def test_halves_are_rounded_away_from_zero_as_people_do() -> None:
    assert BRITISH.number(2.5) == "3"
    assert BRITISH.number(-2.5) == "−3"
    assert BRITISH.percent(0.0005, 1) == "0.1%"
    assert BRITISH.number(1.005, 2) == "1.01"


def test_dates_are_those_of_the_country() -> None:
    assert POLISH.date(DAY) == "17.11.2026"
    assert BRITISH.date(DAY) == "17/11/2026"
    assert POLISH.short_date(DAY) == "17 lis"
    assert BRITISH.weekday(DAY) == "Tue 17 Nov"
    assert BRITISH.day_range(DAY) == "17 Nov 2026"


def test_a_range_names_the_year_once() -> None:
    first = dt.date(2026, 10, 20)
    assert BRITISH.day_range(first, dt.date(2026, 11, 16)) == "20 Oct – 16 Nov 2026"
    assert POLISH.day_range(first, dt.date(2026, 11, 16)) == "20 paź – 16 lis 2026"
    assert BRITISH.day_range(DAY, DAY) == "17 Nov 2026"
    assert BRITISH.day_range(dt.date(2025, 12, 30), DAY) == "30 Dec 2025 – 17 Nov 2026"


def test_an_instant_is_told_in_the_zone_of_the_shop() -> None:
    import zoneinfo

    read = dt.datetime(2026, 11, 17, 5, 10, tzinfo=dt.UTC)
    assert BRITISH.moment(read, zoneinfo.ZoneInfo("Europe/Warsaw")) == "17 Nov, 06:10"
    assert POLISH.stamp(read, zoneinfo.ZoneInfo("Europe/Warsaw")) == "17.11.2026, 06:10"


def test_a_small_ratio_keeps_what_tells_it_from_another() -> None:
    ratios = (0.015273, 0.024148, 0.00041, 0.0, 6.634)
    written = [BRITISH.value(ratio, "ratio") for ratio in ratios]
    assert written == ["0.0153", "0.0241", "0.000410", "0.00", "6.63"]


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0.5, "30 s"),
        (4.25, "4.3 min"),
        (42, "42 min"),
        (210, "3.5 h"),
        (5000, "3.5 days"),
        (4320, "3 days"),
    ],
)
def test_durations_pick_the_unit_that_reads_best(minutes: float, text: str) -> None:
    assert BRITISH.duration(minutes) == text.replace(" ", SPACE)


def test_one_day_is_singular() -> None:
    assert BRITISH.days(1) == f"1{SPACE}day"
    assert BRITISH.days(1.5) == f"1.5{SPACE}days"


def test_an_estimate_claims_no_more_than_two_figures() -> None:
    assert BRITISH.estimate(19_873, 12_100, 28_412) == (
        f"about 20,000{SPACE}zł (12,000 to 28,000)"
    )
    assert POLISH.estimate(1873, None, None) == f"about 1900{SPACE}zł"


def test_an_interval_names_its_unit_once() -> None:
    assert BRITISH.range(0.0191, 0.0219, "percent") == "1.9 to 2.2%"
    assert BRITISH.range(0.0012, 0.0019, "percent") == "0.12 to 0.19%"
    assert BRITISH.range(None, 0.02, "percent") == ""
    assert POLISH.range(12.1, 13.6, "days") == f"12,1{SPACE}days to 13,6{SPACE}days"


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("percent", 0.512, "51.2%"),
        ("percent_points", 0.039, f"+3.9{SPACE}p.p."),
        ("per_100", 0.067, "6.7"),
        ("count", 51_300, "51,300"),
        ("score", 41.26, "41.3"),
        ("score", 4.312, "4.31"),
        ("money", 214.4, f"214.40{SPACE}zł"),
        ("seconds", 90, f"1.5{SPACE}min"),
        ("hours", 3, f"3.0{SPACE}h"),
        (None, 3.25, "3.3"),
    ],
)
def test_a_figure_is_written_in_the_unit_of_its_file(
    unit: str | None, value: float, text: str
) -> None:
    assert BRITISH.value(value, unit) == text


def test_shares_change_in_points_and_amounts_in_percent() -> None:
    assert BRITISH.difference(-0.11, -0.18, "percent") == f"−11.0{SPACE}p.p."
    assert BRITISH.difference(-20_600, -0.091, "money") == "−9.1%"
    assert BRITISH.difference(0.02, 0.3, "per_100") == "+2.0"
    assert BRITISH.difference(0.02, 0.3, "percent_points") == f"+2.0{SPACE}p.p."
    assert BRITISH.range(-0.01, 0.12, "percent_points") == f"−1.0 to +12.0{SPACE}p.p."
    assert BRITISH.difference(5, None, "count") == "+5.00"


def test_compact_numbers_stay_whole_below_ten_thousand() -> None:
    assert BRITISH.compact(9_999) == "9,999"
    assert BRITISH.compact(250_833) == "250.8K"
    assert POLISH.compact(250_833) == f"250,8{SPACE}tys."
    assert Formats("de-DE").compact(250_833) == "250.833"


def test_files_open_by_a_double_click() -> None:
    assert (POLISH.csv.delimiter, POLISH.csv.decimal, POLISH.csv.bom) == (";", ",", True)
    assert (BRITISH.csv.delimiter, BRITISH.csv.decimal) == (",", ".")


def test_axes_use_the_locale() -> None:
    numbers, time = POLISH.vega["number"], POLISH.vega["time"]
    assert (numbers["decimal"], numbers["thousands"]) == (",", SPACE)
    assert numbers["minus"] == "−"
    assert time["shortMonths"][10] == "lis"
    assert time["days"][0] == "niedziela"
    assert POLISH.vega_day == "%-d %b"
    assert Formats("en-US").vega_day == "%b %-d"


def test_date_pickers_understand_the_pattern() -> None:
    assert POLISH.date_input == "DD.MM.YYYY"
    assert BRITISH.date_input == "DD/MM/YYYY"
    assert Formats("en-US").date_input == "MM/DD/YYYY"


def test_an_unknown_locale_is_written_as_in_britain() -> None:
    assert Formats("xx-YY").number(1234.5, 1) == "1,234.5"


def test_money_says_whether_it_is_net() -> None:
    assert Formats(vat="excluded").money_label == "net"
    assert Formats(vat="included").money_label == "incl. VAT"


def test_words_inside_a_date_reach_the_axis_without_their_quotes() -> None:
    assert Formats("pt-BR", "BRL").vega_day == "%-d de %b"


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1 order"), (0, "0 orders"), (1240, "1,240 orders"), (None, "– orders")],
)
def test_one_thing_has_no_plural(number: int | None, said: str) -> None:
    assert Formats("en-GB").counted(number, "order") == said


def test_a_plural_without_an_s_is_given() -> None:
    formats = Formats("en-GB")
    assert formats.counted(1, "person", "people") == "1 person"
    assert formats.counted(2, "person", "people") == "2 people"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(80, 138, "1.3 to 2.3 h"), (20, 40, "20 to 40 min"), (0, 138, "0 s to 2.3 h")],
)
def test_both_ends_of_a_time_are_told_in_one_unit(
    low: float, high: float, text: str
) -> None:
    assert BRITISH.range(low, high, "minutes").replace(SPACE, " ") == text


def test_a_difference_has_the_digits_of_its_figure() -> None:
    assert BRITISH.difference(6.35, 6.35 / 23.8, "points") == "+6.4"
    assert BRITISH.difference(-0.31, -0.31 / 5, "score") == "−0.31"
