"""The page Segments: a default that says something, links, and links that are wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from journey.findings.contrast import GROUP, Pair
from journey.query import Query
from journey.ui import downloads, pairs
from journey.ui.pairs import Offer
from tests.pages.test_filters import notices

PROJECT = Path(__file__).resolve().parents[2]
USUAL = Pair("device", "mobile")
OFFER = Offer({"device": ("mobile", "desktop"), "channel": ("Email", "Direct"),
               GROUP: ("segments/promoters",)})  # fmt: skip


def opened(**params: str) -> AppTest:
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    at.run().switch_page("pages/segments_page.py")
    for name, value in params.items():
        at.query_params[name] = value
    return at.run()


def lists(at: AppTest) -> list[dict[str, Any]]:
    found = [json.loads(one.proto.json)[0] for one in at.get("bidi_component")]
    return [one for one in found if "here" in one]


def chosen(at: AppTest) -> list[str]:
    return [str(box.value) for box in at.selectbox if str(box.key).startswith("pair_")]


@pytest.mark.usefixtures("in_sample_home")
def test_the_page_opens_with_a_pair_that_says_something() -> None:
    at = opened()
    assert not at.exception
    (headlines,) = lists(at)
    assert headlines["there"] == "Everyone else"
    assert len(headlines["rows"]) > 5
    assert any(row["cost"].startswith("costs about") for row in headlines["rows"])
    assert not {"by", "value", "with"} & set(at.query_params)
    told = " ".join(str(one.value) for one in at.markdown)
    assert "of visits" in told and "in these days, an estimate" in told.replace("\\", "")
    at.toggle(key="segments_all").set_value(True).run()
    assert not at.exception
    assert len(lists(at)) == 2 and at.query_params["all"] == "yes"


@pytest.mark.usefixtures("in_sample_home")
def test_what_is_taken_away_is_named_and_written_as_on_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken: list[tuple[Query, Any]] = []
    monkeypatch.setattr(
        downloads, "draw", lambda *given, **more: taken.append((given[4], more.get("read")))
    )
    at = opened(by="device", value="mobile")
    assert not at.exception
    (both, texts), (values, _) = taken
    assert both.title == "Phones and Everyone else: headlines"
    assert values.title == "All values of device" and not values.question
    (headlines,) = lists(at)
    assert texts["here"].to_list() == [row["here"]["value"] for row in headlines["rows"]]


@pytest.mark.usefixtures("in_sample_home")
def test_a_shared_link_opens_with_its_pair_and_order() -> None:
    link = {"by": "device", "value": "desktop", "with": "mobile", "order": "journey"}
    at = opened(**link)
    assert chosen(at) == ["device", "desktop", "mobile"]
    (headlines,) = lists(at)
    assert (headlines["here"], headlines["there"]) == ("Computers", "Phones")
    assert headlines["rows"][0]["stage"] == "Awareness"
    assert {key: at.query_params[key] for key in link} == link
    at.multiselect(key="device").set_value(["mobile"]).run()
    assert not at.exception
    assert chosen(at)[0] != "device"
    assert notices(at) == ["These filters leave nothing to compare of Device Computers."]
    at.selectbox(key="pair_by").set_value("group").run()
    assert not at.exception
    assert at.query_params["by"] == "group" and "with" not in at.query_params


@pytest.mark.usefixtures("in_sample_home")
def test_a_wrong_link_falls_back_and_says_so() -> None:
    at = opened(by="device", value="[fridge](http://shop.example)", order="**name**")
    assert not at.exception
    (told,) = notices(at)
    assert "\\[fridge\\]" in told and "\\*\\*name" in told
    assert "](http" not in told and " **name" not in told
    assert lists(at)[0]["rows"]
    assert "fridge" not in str(at.query_params.get("value"))


@pytest.mark.parametrize(
    ("given", "pair", "told"),
    [
        ({"by": "channel", "value": "Direct"}, Pair("channel", "Direct"), ""),
        ({"by": "channel", "value": "Direct", "with": "Email"},
         Pair("channel", "Direct", "Email"), ""),
        ({"by": "group", "value": "segments/promoters"},
         Pair(GROUP, "segments/promoters"), ""),
        ({"by": "device", "value": "fridge"}, USUAL, "fridge"),
        ({"by": "device", "value": "mobile", "with": "fridge"}, USUAL, "fridge"),
        ({"by": "device", "value": "mobile", "with": "mobile"}, USUAL, ""),
        ({"by": "country", "value": "PL"}, USUAL, "leave nothing of it"),
        ({"by": "weather", "value": "rain"}, USUAL, "there is not"),
        ({"value": "mobile"}, USUAL, "there is not"),
    ],
)  # fmt: skip
def test_a_link_is_read_as_far_as_it_is_right(
    given: dict[str, str], pair: Pair, told: str
) -> None:
    def usual(by: str | None) -> Pair:
        return USUAL if by in (None, "device") else Pair(by, OFFER.values[by][0])

    found, notice = pairs.read(given, OFFER, usual)
    assert found == pair
    assert told in notice and bool(told) == bool(notice)
