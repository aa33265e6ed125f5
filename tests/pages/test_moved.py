"""What moved: the sentence claims no more than the split, and its texts add up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from journey.answer import Change, Estimate, Measure
from journey.findings.movement import Effect, Split
from journey.findings.revenue import Revenue, Share
from journey.formats import Formats
from journey.query import Query
from journey.ui import moved
from tests.pages.test_pages import components, opened, texts

FORMATS = Formats("en-GB", "PLN")
RATE = Query("a/b", Path("b.sql"), "measure", "", "", "Conversion", unit="percent")


def measure(now: float, before: float, is_moved: bool | None = True) -> Measure:
    sides = [Estimate(v, "ready", v * 1000, 1000) for v in (now, before)]
    return Measure(*sides, Change(now - before, None, moved=is_moved))


def test_a_group_with_half_of_the_change_is_named() -> None:
    one = Split("device", (Effect("mobile", -0.008, 0.0, 0.7, True),
                           Effect("desktop", -0.001, -0.001, 0.3, True)))  # fmt: skip
    said = moved.sentence(RATE, measure(0.02, 0.03), one, FORMATS).replace("\u00a0", " ")
    assert said == (
        "Conversion went from 3.00% to 2.00% (−1.00 p.p.). By device: −0.90 p.p. inside "
        "the groups, −0.10 p.p. by a different mix of them. Phones: −0.80 p.p. of it."
    )


def test_a_group_within_chance_is_not_named() -> None:
    one = Split("device", (Effect("mobile", -0.008, 0.0, 0.7), Effect("x", -0.002, 0, 0.3)))
    assert "spread evenly" in moved.sentence(RATE, measure(0.02, 0.03), one, FORMATS)


def test_mix_against_rate_is_said() -> None:
    one = Split("channel", (Effect("Paid Social", 0.001, -0.011, 0.5, True),))
    said = moved.sentence(RATE, measure(0.02, 0.03), one, FORMATS)
    assert said.endswith("Inside the groups it went the other way.")


def test_the_mix_of_another_column_is_told_where_it_made_much_of_the_change() -> None:
    one = Split("device", (Effect("mobile", -0.008, 0.0, 0.7, True),
                           Effect("desktop", -0.002, 0.0, 0.3, True)))  # fmt: skip
    social = Effect("Paid Social", 0.0, -0.004, 0.06, grew=0.04)
    channels = Split("channel", (social, Effect("Direct", -0.006, 0.0, 0.94, grew=-0.04)))
    quiet = Split("country", (Effect("PL", -0.009, -0.001, 1.0),))
    found = [one, channels, quiet]
    told = moved.mixed(RATE, measure(0.02, 0.03), one, found, FORMATS)
    assert told.replace("\u00a0", " ") == (
        "A different mix by channel made −0.40 p.p.: Paid Social was 4.0% of all, is 8.0%."
    )
    assert moved.mixed(RATE, measure(0.02, 0.03), channels, found, FORMATS) == ""
    assert moved.mixed(RATE, measure(0.02, 0.03), one, [one, quiet], FORMATS) == ""


def test_a_quiet_week_names_nothing() -> None:
    one = Split("device", (Effect("mobile", -0.01, 0.0, 1.0, True),))
    said = moved.sentence(RATE, measure(0.02, 0.03, False), one, FORMATS)
    assert said == "Conversion 3.00% → 2.00%: nothing moved beyond its usual swing."


def test_the_texts_of_the_bars_add_up() -> None:
    effects = tuple(Effect(f"c{n}", -0.00034, 0.00001, 0.05, True) for n in range(14))
    one = Split("channel", effects)
    rows = moved.bars(one, "percent", FORMATS)
    numbers = [float(re.sub(r"[^\d.−]", "", t.split("\u00a0")[0]).replace("−", "-"))
               for _, _, t in rows]  # fmt: skip
    assert sum(numbers) == pytest.approx(round(100 * one.change, 2))
    assert [label for label, _, _ in rows][-2:] == ["All others", "Different mix"]


def test_the_bars_say_the_mix_as_the_sentence_does() -> None:
    amounts = (-0.002928, 0.000392, -0.000247)
    effects = [
        Effect(f"c{n}", rate, -0.000017, 0.25, True) for n, rate in enumerate(amounts)
    ]
    one = Split("device", tuple(effects))
    *groups, mix = (text for _, _, text in moved.bars(one, "percent", FORMATS))
    said = moved.sentence(RATE, measure(0.02 + one.change, 0.02), one, FORMATS)
    assert f"{mix} by a different mix" in said
    _, told = moved.table(one, "percent", FORMATS)
    assert told["By the mix"][-1] == mix and told["Inside the group"][:-1] == groups


def test_a_quiet_revenue_claims_nothing() -> None:
    facts = Revenue(1000.0, 990.0, (Share("visits", 10.0),), moved=False)
    assert moved.QUIET in moved.revenue_sentence(facts, FORMATS)
    facts = Revenue(1000.0, 500.0, (Share("visits", 500.0),), moved=True)
    said = moved.revenue_sentence(facts, FORMATS).replace("\u00a0", " ")
    assert said.startswith("Revenue rose to 1,000 zł net (+100.0%, +500.00 zł).")


@pytest.mark.usefixtures("in_sample_home")
@pytest.mark.parametrize("stage", ["awareness", "conversion", "retention", "support"])
def test_every_stage_page_says_what_moved(stage: str) -> None:
    at = opened(f"{stage}_page.py")
    assert not at.exception
    told = texts(at)
    assert "What moved" in told
    assert "went from" in told or "usual swing" in told or "No headline" in told
    assert components(at)


@pytest.mark.usefixtures("in_sample_home")
def test_revenue_is_split_on_the_page_of_conversion() -> None:
    at = opened("conversion_page.py")
    at.selectbox(key="moved_figure").select("Revenue").run()
    assert not at.exception
    assert "Revenue " in texts(at)


def test_the_table_sorts_by_numbers_and_ends_with_their_sums() -> None:
    one = Split("device", (Effect("mobile", -0.008, 0.0, 0.7, True),
                           Effect("desktop", -0.001, -0.001, 0.3, True)))  # fmt: skip
    frame, told = moved.table(one, "percent", FORMATS)
    assert frame["Device"].to_list() == ["Phones", "Computers", "Together"]
    assert frame["Inside the group"].to_list() == pytest.approx([-0.008, -0.001, -0.009])
    assert [text.split("\u00a0")[0] for text in told["Inside the group"]] == [
        "−0.80", "−0.10", "−0.90",
    ]  # fmt: skip
    assert told["By the mix"][-1].startswith("−0.10")
