"""Two segments side by side: rows, chance, money, and what cannot be told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from journey.answer import Change, Estimate, Part
from journey.figures import statistics
from journey.figures.published import Figures
from journey.findings import contrast, contrasted, mix
from journey.findings.contrast import GROUP, Pair, Row, Side, Size
from journey.findings.contrasted import Names
from journey.formats import Formats
from journey.query.file import Library, Query
from journey.scope import NOT_SET, Scope
from journey.settings import Settings

NOW, THEN = dt.date(2026, 10, 5), dt.date(2026, 9, 10)
RATE = (
    "select day, device, channel, sum(purchases) as numerator,"
    " sum(sessions) as denominator from traffic group by all"
)
SHARE = {"unit": "percent", "interval": "proportion", "better": "higher"}
PHONES = Pair("device", "mobile")
FORMATS = Formats("en-GB", "PLN")
BOTH = Names("Phones", "Everyone else")

# Charig et al. 1986, British Medical Journal 292: kidney stones removed, (worked, all)
OPEN_SURGERY = {"small": (81, 87), "large": (192, 263)}
PUNCTURE = {"small": (234, 270), "large": (55, 80)}


@pytest.fixture
def told(shop: Any, october: Scope) -> Callable[..., Figures]:
    """Figures of some queries over the tiny file."""

    def build(*queries: Query, scope: Scope | None = None) -> Figures:
        library = Library({query.name: query for query in queries})
        return Figures(shop, library, Settings(), scope or october)

    return build


def visits(
    device: str | None, sessions: int, bought: int, channel: str = "Direct",
    day: dt.date = NOW,
) -> dict[str, Any]:  # fmt: skip
    return {"day": day, "device": device, "channel": channel,
            "sessions": sessions, "purchases": bought}  # fmt: skip


def one(figures: Figures, pair: Pair, values: Sequence[str] = ()) -> Row:
    (row,) = contrast.rows(figures, pair, ["topic/figure"], values)
    return row


def sides(row: Row) -> tuple[Side, Side]:
    assert row.here is not None and row.there is not None, row.why
    return row.here, row.there


@pytest.fixture
def devices(give: Callable[..., None]) -> None:
    give("traffic", [
        visits("mobile", 400, 40), visits("desktop", 200, 40), visits("tablet", 100, 10),
        visits(None, 50, 50), visits("mobile", 300, 60, day=THEN),
        visits("desktop", 100, 20, day=THEN),
    ])  # fmt: skip


@pytest.mark.usefixtures("devices")
def test_a_value_stands_beside_everybody_else_who_is_known(
    measure: Callable[..., Query], told: Callable[..., Figures]
) -> None:
    row = one(told(measure(RATE, **SHARE)), PHONES)
    here, there = sides(row)
    assert here.now.value == pytest.approx(0.1)
    # of 50 visits nobody knows the device: they are on neither side
    assert (there.now.numerator, there.now.denominator) == (50, 300)
    assert here.before and here.before.value == pytest.approx(0.2)
    assert there.before and there.before.denominator == 100
    assert row.gap is not None
    assert row.gap.absolute == pytest.approx(0.1 - 50 / 300)
    assert (row.gap.low, row.gap.high) == pytest.approx(
        statistics.newcombe(40, 400, 50, 300)
    )
    assert row.p == pytest.approx(statistics.proportions_p(40, 400, 50, 300))
    assert row.is_sure and row.gap.good is False


@pytest.mark.usefixtures("devices")
def test_a_value_stands_beside_another_one(
    measure: Callable[..., Query], told: Callable[..., Figures]
) -> None:
    row = one(told(measure(RATE, **SHARE)), Pair("device", "mobile", "tablet"))
    assert sides(row)[1].now.denominator == 100
    assert row.gap is not None
    assert (row.gap.low, row.gap.high) == pytest.approx(
        statistics.newcombe(40, 400, 10, 100)
    )
    assert not row.is_sure


def test_what_is_so_by_definition_is_no_difference(measure: Callable[..., Query]) -> None:
    late, punctual = (Estimate(n / 50, "ready", n, 50, 0, 1, 50) for n in (0, 50))
    query = measure(RATE, **SHARE)
    row = contrast._compared(query, Side(late), Side(punctual), is_total=False)
    assert row.gap is not None and row.gap.absolute == -1
    assert row.p is None


def test_days_before_the_data_are_on_neither_side(
    shop: Any, give: Callable[..., None], measure: Callable[..., Query],
    told: Callable[..., Figures],
) -> None:  # fmt: skip
    give("traffic", [visits(d, 100, 10, day=day) for d in ("mobile", "desktop")
                     for day in (NOW, dt.date(2026, 9, 28))])  # fmt: skip
    shop.execute("insert into published.freshness values"
                 " ('traffic', true, date '2026-09-27', date '2026-10-28')")  # fmt: skip
    row = one(told(measure(RATE, **SHARE)), PHONES)
    assert "Nothing to compare with" in " ".join(row.notes)
    assert [side.before and side.before.value for side in sides(row)] == [None, None]
    assert contrasted.shared([row, row]) == list(row.notes)
    assert contrasted.line(row, BOTH, FORMATS, row.notes)["note"] == ""


@pytest.mark.usefixtures("devices")
def test_a_count_is_a_share_and_no_difference(
    measure: Callable[..., Query], told: Callable[..., Figures]
) -> None:
    sql = "select day, device, sum(sessions) as value from traffic group by all"
    row = one(told(measure(sql, unit="count", interval="count")), PHONES)
    assert (row.gap, row.p) == (None, None)
    assert row.share == pytest.approx(400 / 700)


def test_what_a_file_does_not_split_by_is_asked_twice(
    give: Callable[..., None], measure: Callable[..., Query], told: Callable[..., Figures]
) -> None:
    give("orders", [
        {"order_key": f"{device}{n}", "day": NOW, "device": device, "shipped": n < hits}
        for device, many, hits in (("mobile", 40, 10), ("desktop", 50, 40), (None, 30, 3))
        for n in range(many)
    ])  # fmt: skip
    sql = (
        "select day, count(*) filter (shipped) as numerator, count(*) as denominator"
        " from orders group by all"
    )
    here, there = sides(one(told(measure(sql, **SHARE)), PHONES, ["mobile", "desktop"]))
    assert (here.now.numerator, here.now.denominator) == (10, 40)
    assert (there.now.numerator, there.now.denominator) == (40, 50)


def test_a_measure_without_the_column_says_so_and_is_never_half_filtered(
    give: Callable[..., None], measure: Callable[..., Query], told: Callable[..., Figures]
) -> None:
    give(
        "tickets", [{"ticket_key": str(n), "day": NOW, "country": "PL"} for n in range(40)]
    )
    sql = "select day, country, count(*) as value from tickets group by all"
    row = one(told(measure(sql, unit="count")), PHONES, ["mobile", "desktop"])
    assert not row.is_told
    assert row.why == "tickets carry no device"
    lines = contrasted.reasons(contrast.untold([row]))
    assert lines == ["Tickets carry no device: A title."]


@pytest.mark.usefixtures("devices")
def test_too_few_units_are_told_with_their_number(
    give: Callable[..., None], measure: Callable[..., Query], told: Callable[..., Figures]
) -> None:
    give("traffic", [visits("watch", 12, 3)])
    row = one(told(measure(RATE, **SHARE)), Pair("device", "watch"))
    assert (row.why, row.detail) == ("too few on one side", "12 of 30")


PEOPLE = "select day, country, person_id as member from customers"


def people(give: Callable[..., None], **sizes: int) -> None:
    number = iter(range(10_000))
    give("customers", [
        {"person_id": next(number), "day": NOW, "country": None if c == "none" else c}
        for c, size in sizes.items() for _ in range(size)
    ])  # fmt: skip


def test_a_small_segment_is_withheld_on_both_sides(
    give: Callable[..., None], measure: Callable[..., Query], told: Callable[..., Figures]
) -> None:
    people(give, PL=100, CZ=3)
    figures = told(measure(PEOPLE, unit="count"))
    for country in ("CZ", "PL"):
        row = one(figures, Pair("country", country), ["PL", "CZ"])
        assert (row.here, row.there) == (None, None)
        assert row.why.startswith("withheld")


def test_everybody_else_who_is_known_tells_no_small_group_either(
    give: Callable[..., None], measure: Callable[..., Query], told: Callable[..., Figures]
) -> None:
    # without DE withheld as well, 63 others of PL less 60 of DE would tell the 3 of CZ
    people(give, PL=100, DE=60, CZ=3, none=50)
    figures = told(measure(PEOPLE, unit="count"))
    rows = {c: one(figures, Pair("country", c)) for c in ("PL", "DE", "CZ", NOT_SET)}
    assert sides(rows["PL"])[1].now.value == 63
    assert not any(rows[country].is_told for country in ("DE", "CZ", NOT_SET))


def test_a_group_stands_beside_everybody_else_and_another_group(
    give: Callable[..., None], measure: Callable[..., Query], told: Callable[..., Figures]
) -> None:
    give("orders", [
        {"person_id": n if n < 190 else None, "day": NOW, "shipped": n % 4 == 0,
         "country": "PL" if n < 40 else "CZ" if n < 100 else "DE"}
        for n in range(200)
    ])  # fmt: skip
    rate = measure(
        "select day, count(*) filter (shipped) as numerator, count(*) as denominator"
        " from orders group by all", **SHARE,
    )  # fmt: skip
    groups = [
        measure(f"select person_id from orders where country = '{country}'",
                f"segments/{country}", kind="segment", unit=None)
        for country in ("PL", "CZ")
    ]  # fmt: skip
    few = measure("select person_id from orders where person_id < 3", "segments/few",
                  kind="segment", unit=None)  # fmt: skip
    figures = told(rate, *groups, few)
    here, there = sides(one(figures, Pair(GROUP, "segments/PL")))
    assert (here.now.denominator, there.now.denominator) == (40, 150)
    here, there = sides(one(figures, Pair(GROUP, "segments/PL", "segments/CZ")))
    assert (here.now.denominator, there.now.denominator) == (40, 60)
    row = one(figures, Pair(GROUP, "segments/few"))
    assert row.why == "the group has fewer than 5 people"


# ------------------------------------------------------------------ chance and money


def made(measure: Callable[..., Query], **more: Any) -> Row:
    """A row of 10% of 200 beside 20% of 300."""
    query = measure(RATE, **(SHARE | {"better": more.pop("better", "higher")}))
    here = Side(Estimate(0.1, "ready", 20, 200, 0.07, 0.15, 200))
    there = Side(Estimate(0.2, "ready", 60, 300, 0.16, 0.25, 300))
    return Row(query, here, there, Change(-0.1, -0.5, -0.16, -0.04, True, False), **more)


def test_p_is_corrected_for_all_that_is_compared(measure: Callable[..., Query]) -> None:
    # by hand: 0.01 x 4, 0.02 x 4/2, 0.03 x 4/3, 0.2; a total is not tested
    rows = [made(measure, p=p) for p in (0.02, 0.01, None, 0.2, 0.03)]
    adjusted = [row.p for row in contrast.corrected(rows)]
    assert adjusted == pytest.approx([0.04, 0.04, None, 0.2, 0.04])
    assert [row.is_sure for row in contrast.corrected(rows)] == [
        True, True, False, False, True,
    ]  # fmt: skip


@pytest.mark.usefixtures("devices")
def test_the_correction_counts_every_row_of_the_page(
    measure: Callable[..., Query], told: Callable[..., Figures]
) -> None:
    names = [f"topic/{n}" for n in range(8)]
    queries = [measure(RATE, name, **SHARE) for name in names]
    alone = contrast.rows(told(*queries), PHONES, names[:1])[0]
    # one true difference of one comparison; of eight equal ones all stay
    assert [row.p for row in contrast.rows(told(*queries), PHONES, names)] == pytest.approx(
        [alone.p] * 8
    )
    other = measure(RATE.replace("purchases", "checkouts"), "topic/none", **SHARE)
    found = contrast.rows(told(*queries, other), PHONES, [names[0], other.name])
    assert found[0].p is not None and alone.p is not None
    assert found[0].p >= alone.p


def test_a_gap_costs_units_times_worth(measure: Callable[..., Query]) -> None:
    # 10 points of 200 visits are 20 orders; 50 each
    assert contrast.cost(made(measure), 50) == pytest.approx((1000, 400, 1600))
    # less of what is better low is no loss
    less = contrast.cost(made(measure, better="lower"), 50)
    assert less == pytest.approx((-1000, -1600, -400))
    assert contrast.cost(made(measure, better="neither"), 50) is None
    assert contrast.cost(made(measure), None) is None


def test_rows_stand_by_money_then_by_p(measure: Callable[..., Query]) -> None:
    cheap = made(measure, p=0.001, cost=(10.0, 5.0, 15.0))
    dear = made(measure, p=0.04, cost=(-90.0, -99.0, -80.0))
    clear, dim = made(measure, p=0.002), made(measure, p=0.5)
    missing = Row(cheap.query, why="tickets carry no device")
    rows = [dim, cheap, missing, clear, dear]
    assert contrast.ordered(rows, "money") == [dear, cheap, clear, dim]
    assert contrast.ordered(rows, "journey") == [dim, cheap, clear, dear]


# ------------------------------------------------------------------ the mix


def share(side: tuple[int, int]) -> Estimate:
    return Estimate(side[0] / side[1], "ready", side[0], side[1], units=side[1])


def test_a_published_paradox_is_told_with_the_column_that_makes_it(
    measure: Callable[..., Query],
) -> None:
    parts = [Part(s, share(PUNCTURE[s]), share(OPEN_SURGERY[s])) for s in PUNCTURE]
    found = mix.held(measure(RATE, **SHARE), {"channel": parts})
    assert found is not None and found.turns
    assert found.gap == pytest.approx(289 / 350 - 273 / 350)
    # by hand: half of both shares times the difference of each rate
    small = (270 / 350 + 87 / 350) / 2 * (234 / 270 - 81 / 87)
    large = (80 / 350 + 263 / 350) / 2 * (55 / 80 - 192 / 263)
    assert found.own == pytest.approx(small + large)
    assert (found.value, found.shares) == ("small", pytest.approx((270 / 350, 87 / 350)))
    text = contrasted.warning(found, Names("Puncture", "Open surgery"), FORMATS)
    assert (
        "+4.6\u00a0p.p. in total, but \u22125.4\u00a0p.p. within the same channel" in text
    )
    assert "Puncture have more of small: 77%, Open surgery 25%" in text


def test_a_paradox_is_found_in_the_rows_of_a_measure(
    give: Callable[..., None], measure: Callable[..., Query], told: Callable[..., Figures]
) -> None:
    # ten times the published patients, so that the gap in total is beyond chance
    give("traffic", [
        visits(device, 10 * side[size][1], 10 * side[size][0], size)
        for device, side in (("mobile", PUNCTURE), ("desktop", OPEN_SURGERY))
        for size in side
    ])  # fmt: skip
    figures = told(measure(RATE, **SHARE))
    found = mix.explained(figures, PHONES, [one(figures, PHONES)])
    assert [(held.column, held.turns) for held in found] == [("channel", True)]


def test_a_mix_that_explains_nothing_is_not_told(measure: Callable[..., Query]) -> None:
    query = measure(RATE, **SHARE)
    alike = [Part("a", share((40, 400)), share((80, 400))),
             Part("b", share((10, 100)), share((20, 100)))]  # fmt: skip
    assert mix.held(query, {"channel": alike}) is None
    # values that only one side has can be held constant by nothing
    apart = [Part("a", share((40, 400)), share((0, 1))),
             Part("b", share((1, 2)), share((90, 300)))]  # fmt: skip
    assert mix.held(query, {"channel": apart}) is None
    # a value has one rate on both sides: the column is the rate, and no reason for it
    same = [Part("a", share((400, 400)), share((100, 100))),
            Part("b", share((0, 100)), share((0, 400)))]  # fmt: skip
    assert mix.held(query, {"channel": same}) is None


# ------------------------------------------------------------------ words


def test_the_sentence_says_how_large_what_differs_and_what_it_costs(
    measure: Callable[..., Query],
) -> None:
    sizes = [Size("awareness/visits", 400, 0.571), Size("conversion/orders", 4, 0.04)]
    rows = [made(measure, p=0.001, cost=(12_345.0, 5_000.0, 20_000.0)),
            made(measure, p=0.8)]  # fmt: skip
    assert contrasted.sentence(BOTH, sizes, rows, FORMATS) == (
        "Phones: 57% of visits and 4.0% of orders. 1 of 2 measures differs from everyone "
        "else beyond chance; the dearest is A title 10.0% against 20.0%, which costs about "
        "12,000\u00a0zł (5,000 to 20,000) net in these days, an estimate."
    )
    quiet = contrasted.sentence(BOTH, [], rows[1:], FORMATS)
    assert quiet == "None of 1 measure differs from everyone else beyond chance."
    nothing = [Row(rows[0].query, why="connect web analytics")]
    assert contrasted.sentence(BOTH, [], nothing, FORMATS) == (
        "Nothing of Phones and everyone else can be compared: connect web analytics."
    )


def test_colour_stands_only_for_what_is_beyond_chance(
    measure: Callable[..., Query],
) -> None:
    sure = contrasted.line(made(measure, p=0.01), BOTH, FORMATS)
    assert (sure["tone"], sure["arrow"], sure["gap"]) == (
        "bad", "▼", "\u221210.0\u00a0p.p.",
    )  # fmt: skip
    assert sure["interval"] == "\u221216.0 to \u22124.0\u00a0p.p."
    unsure = contrasted.line(made(measure, p=0.06), BOTH, FORMATS)
    assert (unsure["tone"], unsure["arrow"]) == ("flat", "")
    assert sure["here"]["units"] == "20 of 200"
    # both sides on one scale, from the lowest end, 7%, to the highest, 25%
    assert sure["dots"][0] == {
        "now": pytest.approx(16.7),
        "low": 0.0,
        "high": pytest.approx(44.4),
    }
    assert sure["dots"][1]["high"] == 100.0
