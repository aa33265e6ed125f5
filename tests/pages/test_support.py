"""The Support page: its sentences, its grid, and its sections on the sample shop."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from journey.answer import Estimate, Measure, Part, Period
from journey.figures.published import figures
from journey.formats import Formats
from journey.home import Home
from journey.query import load
from journey.scope import Scope
from journey.settings import Costs
from journey.ui import channel_grid, service, support

from .test_pages import PROJECT, components, opened, texts

FORMATS = Formats("en-GB", "PLN")


def plain(text: str) -> str:
    """Return the text with spaces that break."""
    return " ".join(text.split())


def share(value: float | None, low: float | None = None, high: float | None = None) -> Part:
    return Part("", Estimate(value, "ready" if value else "too_few", 0, 12, low, high, 12))


def named(part: Part, label: str) -> Part:
    return Part(label, part.now)


def test_everything_a_section_shows_is_a_query_file() -> None:
    names = set(load([PROJECT / "queries"]).queries)
    assert {*support.PLACED, *support.BACK, *support.WAITED, support.AGAIN} <= names
    assert support.WEIGHTS in names


def test_small_groups_get_more_days_and_chosen_ones_stay() -> None:
    chosen = Period(dt.date(2026, 10, 25), dt.date(2026, 11, 21))
    scope = Scope(chosen, chosen.before())
    year = support.longer(scope, 364)
    assert year.period == Period(dt.date(2025, 11, 23), dt.date(2026, 11, 21))
    assert year.comparison is None
    assert support.longer(year, 91) is year
    assert support.covered(scope, chosen, FORMATS) == "25 Oct – 21 Nov 2026"
    assert plain(support.covered(year, chosen, FORMATS)) == (
        "23 Nov 2025 – 21 Nov 2026: a year, as 28 days have too few contacts to split"
    )


def test_waits_are_told_by_the_clock_and_in_office_hours() -> None:
    wall = Measure(Estimate(96.0), p90=Estimate(384.0))
    office = Measure(Estimate(3.0), p90=Estimate(260.0))
    told = service.waiting(wall, office, Measure(Estimate(0.006)), FORMATS)
    assert plain(told) == (
        "Half have a first answer within 1.6 h, 9 of 10 within 6.4 h; in office hours "
        "alone 3.0 min and 4.3 h. 0.60% got none within 7 days."
    )
    assert service.waiting(None, office, None, FORMATS) == ""


def hours(shares: list[float | None], contacts: list[int]) -> pl.DataFrame:
    days = ["Mon", "Tue", "Wed", "Thu"][: len(shares)]
    return pl.DataFrame(
        {"weekday": days, "part_of_day": "09–12", "contacts": contacts, "in_time": shares}
    )


def test_an_hour_is_named_only_where_it_lags_beyond_chance() -> None:
    lags = hours([0.9, 0.9, 0.2, None], [40, 50, 40, 9])
    told = service.lagging(lags, FORMATS)
    assert told.startswith("Most write on Tue 09–12.")
    assert "Who writes on Wed 09–12 waits longest: 20.0%" in told
    even = service.lagging(hours([0.8, 0.75, 0.7], [40, 40, 40]), FORMATS)
    assert "no hours lag beyond chance" in even
    assert service.lagging(hours([None], [3]), FORMATS) == "Most write on Mon 09–12."


def outcomes(chats: int, *hits: int) -> pl.DataFrame:
    names = [
        "Bot says solved",
        "Truly solved",
        "Handed to staff",
        "Came back within 3 days",
    ]
    return pl.DataFrame(
        {
            "outcome": names, "share": [k / chats if chats >= 30 else None for k in hits],
            "hits": hits, "chats": chats,
        }
    )  # fmt: skip


def test_the_gap_of_the_bot_is_named_and_priced_where_a_contact_has_a_cost() -> None:
    told = service.claimed(outcomes(100, 61, 38, 39, 23), Costs(), FORMATS)
    assert "says it solved 61.0%; 38.0% truly were" in told
    assert "in 23.0% the person came back" in told and "cost" not in told
    priced = service.claimed(outcomes(100, 61, 38, 39, 23), Costs(contact=12.5), FORMATS)
    assert "Those 23 further contacts cost about 287.50" in plain(priced)
    assert "Too few chats" in service.claimed(outcomes(11, 5, 4, 3, 4), Costs(), FORMATS)


def test_what_is_asked_most_is_said_in_words_with_its_time() -> None:
    rows = pl.DataFrame(
        {
            "reason": ["return"], "contact_share": [0.4], "per_100_orders": [8.14],
            "before_buying": [0.2], "after_order": [None], "after_delivery": [0.8],
        }
    )  # fmt: skip
    told = service.asked(rows, FORMATS)
    assert told.startswith("Sending back is asked most: 40.0% of contacts, 8.1 for every")
    assert told.endswith("80.0% of them after delivery.")
    untold = rows.with_columns(reason=pl.lit("(not set)"))
    assert service.asked(untold, FORMATS) == "Your helpdesk tells no reasons."
    few = rows.with_columns(contact_share=None, after_delivery=None, before_buying=None)
    assert (
        service.asked(few.drop("per_100_orders"), FORMATS) == "Sending back is asked most."
    )
    assert "100 orders" not in service.asked(rows.drop("per_100_orders"), FORMATS)


def test_much_effort_stands_beside_no_contact_and_thin_groups_are_not_told() -> None:
    parts = [named(share(0.24), "none"), named(share(0.119, 0.083, 0.169), "high")]
    told = service.ordered_again(parts, FORMATS)
    assert told.startswith("11.9% of customers order again after much effort (8.3")
    assert told.endswith("24.0% without any contact.")
    assert "Too few" in service.ordered_again([named(share(None), "high")], FORMATS)


def test_signs_of_effort_are_words_with_what_they_weigh() -> None:
    rows = pl.DataFrame(
        {
            "indicator": ["transfer", "wait"], "contacts": [5, 1], "share": [0.5, 0.1],
            "occurrences": [7, 1], "asked": [10, 10],
        }
    )  # fmt: skip
    shown = service.weighed(rows, {"transfer": {"points": 2.0}})
    assert shown.columns == ["indicator", "points", "contacts", "share", "occurrences"]
    assert shown.row(0) == ("Handed on", 2.0, 5, 0.5, 7)
    assert shown["points"].to_list() == [2.0, None]


def cells(*rows: tuple[str, str, int | None, float | None, float | None]) -> pl.DataFrame:
    names = ("stage", "contact_channel", "contacts", "first_reply", "bought")
    return pl.DataFrame(rows, schema=names, orient="row")


def test_the_grid_has_five_stages_and_says_why_a_figure_is_not_there() -> None:
    rows = cells(
        ("Retention", "email", 400, 176.0, 0.13),
        ("Awareness", "email", 12, None, None),
        ("Advocacy", "email", None, None, None),
        ("Retention", "bot", 100, None, 0.27),
        ("(not set)", "phone", 80, 1.0, None),
    )
    drawn = channel_grid.grid(rows, FORMATS)
    assert [column["label"] for column in drawn["columns"]] == list(channel_grid.STAGES)
    assert [row["label"] for row in drawn["rows"]] == ["E-mail", "Chatbot"]
    awareness, consideration, _, retention, advocacy = drawn["rows"][0]["cells"]
    assert (retention["contacts"], plain(retention["wait"])) == ("400", "2.9 h")
    assert retention["outcome"] == "13.0%" and retention["shade"] == 1.0
    assert awareness["wait"] == "too few" and "fewer than 30" in awareness["label"]
    assert consideration["contacts"] == "0"
    assert advocacy["wait"] == "withheld" and "5 people" in advocacy["label"]
    assert drawn["rows"][1]["cells"][3]["wait"] == "at once"
    assert drawn["rows"][1]["cells"][3]["shade"] == 0.5
    assert channel_grid.unplaced(rows) == 80


@pytest.mark.usefixtures("in_sample_home")
def test_the_page_answers_its_questions_on_the_sample_shop() -> None:
    at = opened("support_page.py")
    assert not at.exception
    told = texts(at).replace("\\", "")
    for question in (
        "How long do people wait?", "When do they write, and when does nobody answer?",
        "What does the bot truly solve?", "What do they ask, and before which orders?",
        "Do they order again after much effort?", "What is effort made of?",
    ):  # fmt: skip
        assert question in told
    (drawn,) = (
        found for found in components(at) if "columns" in found and "nothing" not in found
    )
    assert len(drawn["columns"]) == 5 and drawn["rows"]
    named_ = [q for found in components(at) for q in found.get("figures", ())]
    keys = [figure["key"] for figure in named_]
    assert len(keys) == len(set(keys)) + 1, "only the headline stands in two places"


def test_a_channel_of_contact_takes_orders_out_but_leaves_what_is_asked(
    sample_home: Home,
) -> None:
    known = figures(sample_home)
    scope = support.longer(known.scope.with_("contact_channel", "email"), 364)
    with_orders, alone = (known.answer(name, scope) for name in support.ASKED)
    assert with_orders.absence == "orders carry no contact channel"
    assert alone.frame is not None and alone.frame.height
    assert service.asked(alone.frame, FORMATS).endswith(" is asked most.")


def test_a_role_of_one_country_reads_what_effort_weighs(sample_home: Home) -> None:
    known = figures(sample_home)
    poland = (("country", ("PL",)),)
    weights = known.answer(support.WEIGHTS, Scope(known.scope.period, policy=poland)).frame
    assert weights is not None
    assert {"contact", "high_from", *service.SIGNS} == set(weights["indicator"])
