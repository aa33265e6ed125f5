"""Every page of the folder draws itself on the sample shop, alone and through app.py."""

from __future__ import annotations

import datetime as dt
import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey import (
    build,
    data,
)
from journey.answer import Period
from journey.findings import followups, verdicts
from journey.home import Home, home
from journey.query import load
from journey.scope import Scope
from journey.ui import entries

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted((PROJECT / "pages").glob("*.py"))

pytestmark = pytest.mark.usefixtures("in_sample_home")


def opened(page: str = "", **params: str) -> AppTest:
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    if page:
        at.run().switch_page(f"pages/{page}")
    for name, value in params.items():
        at.query_params[name] = value
    return at.run()


def components(at: AppTest) -> list[dict[str, Any]]:
    """Return what the components draw; the one that only hears keys draws nothing."""
    found = (json.loads(part.proto.json)[0] for part in at.get("bidi_component"))
    return [drawn for drawn in found if drawn]


def tables(at: AppTest) -> list[dict[str, Any]]:
    return [found for found in components(at) if "columns" in found]


def texts(at: AppTest) -> str:
    parts = [*at.title, *at.markdown, *at.caption]
    return "\n".join(str(part.value) for part in parts)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_draws_itself_without_an_error(path: Path) -> None:
    at = opened(path.name)
    assert not at.exception
    assert at.title, "a page begins with its title"
    assert at.segmented_control(key="days").value == "28"
    assert "against the 28" in texts(at)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_short_and_holds_no_sql(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 60
    assert "select " not in text.lower()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_names_query_files_that_exist(path: Path) -> None:
    named = set(re.findall(r'"([a-z_]+/[a-z0-9_]+)"', path.read_text("utf-8")))
    assert named <= set(load(home().queries).queries)


def test_no_address_equals_the_stem_of_a_file() -> None:
    stems = {path.stem for path in PAGES}
    assert not stems & {entry.url_path for entry in entries()}
    assert {Path(entry.file).stem for entry in entries()} == stems


def test_the_journey_shows_five_stages_two_steps_and_the_hinge() -> None:
    journey = components(opened())[0]
    keys = [stage["key"] for stage in journey["stages"]]
    assert keys == ["awareness", "consideration", "conversion", "retention", "advocacy"]
    assert [step["verb"] for step in journey["steps"]] == ["look", "buy"]
    assert journey["people"].endswith(" people")
    awareness = journey["stages"][0]
    assert awareness["value"] != "" and awareness["was"].startswith("was ")
    assert len(awareness["spark"]["now"]) == len(awareness["spark"]["before"]) == 28


def test_a_longer_period_counts_more_visits() -> None:
    counts = []
    for days in ("7", "90"):
        at = opened(days=days)
        assert f"{days}\u00a0days before" in texts(at)
        counts.append(int(components(at)[0]["stages"][0]["value"].replace(",", "")))
    assert counts[0] < counts[1] / 5


def test_a_shared_link_opens_with_its_filters() -> None:
    at = opened(days="90", device="mobile")
    assert at.multiselect(key="device").value == ["mobile"]
    everybody, phones = components(opened(days="90"))[0], components(at)[0]
    assert phones["stages"][0]["value"] != everybody["stages"][0]["value"]


def test_a_filter_a_mart_does_not_have_is_told_and_never_half_applied() -> None:
    at = opened("conversion_page.py")
    at.multiselect(key="contact_channel").set_value(["chat"]).run()
    figures = components(at)[0]["figures"]
    assert all(not figure["value"] and figure["message"] for figure in figures)


def test_a_year_ago_compares_the_same_weekdays() -> None:
    assert "against the same weekdays a year before" in texts(opened(compare="year"))
    nothing = components(opened(compare="none"))[0]["stages"][0]
    assert nothing["was"] == "" and nothing["change"] == ""


def test_a_stage_page_shows_its_headlines_in_the_order_of_their_headers() -> None:
    figures = components(opened("conversion_page.py"))[0]["figures"]
    assert [figure["key"] for figure in figures] == [
        "conversion/conversion_rate",
        "conversion/checkout_completion",
        "conversion/average_order",
        "conversion/on_time_delivery",
    ]


def test_the_library_lists_every_file_and_opens_one() -> None:
    files = {
        path.relative_to(PROJECT / "queries") for path in PROJECT.glob("queries/**/*.sql")
    }
    at = opened("queries_page.py")
    assert len(components(at)[-1]["rows"]) == len(files)
    shown = opened("queries_page.py", query="conversion/conversion_rate")
    assert not shown.exception
    assert any("from traffic" in code.value for code in shown.code)


def test_a_broken_file_has_its_own_card_and_leaves_the_page_alone(
    sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "home"
    root.mkdir()
    (root / "data").symlink_to(sample_home.data)
    folder = root / "queries" / "conversion"
    folder.mkdir(parents=True)
    (folder / "broken.sql").write_text(
        '/*\ntitle = "Broken"\nkind = "measur"\n*/\nselect 1\n'
    )
    monkeypatch.setenv("JOURNEY_HOME", str(root))
    at = opened("conversion_page.py")
    assert not at.exception
    assert "conversion/broken" in texts(at).replace("\\", "")
    assert components(at)[0]["figures"][0]["value"]
    said = texts(at).replace("\\", "")
    answer = said.index("this stage got worse")
    assert answer < said.index("conversion/broken") < said.index("Where it concentrates")


def test_a_home_without_data_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    at = opened("conversion_page.py")
    assert not at.exception
    assert "python -m journey demo" in texts(at)


def test_wrong_settings_are_told_in_four_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "journey.toml").write_text('[reporting]\ncurency = "PLN"\n')
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    at = opened("conversion_page.py")
    assert not at.exception
    told = texts(at).replace("\\", "")
    assert 'did you mean "currency"?' in told and "journey.toml:2" in told


def test_nobody_without_a_role_sees_a_figure(
    sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").symlink_to(sample_home.data)
    (tmp_path / "journey.toml").write_text('[roles.poland]\nrows = { country = ["PL"] }\n')
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    at = opened("journey_page.py")
    assert not components(at)
    assert "you have none of the roles" in texts(at)


def test_a_role_sees_its_own_rows_on_a_page_that_works(
    sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").symlink_to(sample_home.data)
    (tmp_path / "journey.toml").write_text('[roles.czech]\nrows = { country = ["CZ"] }\n')
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    at.user = {"is_logged_in": True, "groups": ["czech"]}
    visits = components(at.run())[0]["stages"][0]["value"]
    monkeypatch.setenv("JOURNEY_HOME", str(sample_home.root))
    czechs = components(opened(country="CZ"))[0]["stages"][0]["value"]
    assert visits == czechs
    assert visits != "0"
    assert not at.session_state[data.HELD].reader.see_who


@pytest.mark.parametrize(
    "secrets", ['[auth]\nredirect_uri = "x"\n', "[auth\n", "KEY = 1\n"]
)
def test_a_sign_in_that_is_not_in_force_opens_no_door(
    sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secrets: str
) -> None:
    (tmp_path / "data").symlink_to(sample_home.data)
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text(secrets)
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    at = opened()
    is_open = "KEY" in secrets
    assert bool(components(at)) == is_open
    assert ("not in force" in texts(at)) != is_open


def test_a_file_of_other_marts_says_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    news = import_module("journey.ui.news")
    monkeypatch.setattr(news, "_is_current", lambda key: build.is_current(key[0]))
    assert not opened("data_page.py").warning
    monkeypatch.setattr(build, "version", lambda: "of tomorrow")
    at = opened("data_page.py")
    assert not at.exception
    assert ["journey build" in one.value for one in at.warning] == [True]


def test_what_is_in_hand_names_no_rows_of_another_role(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    day = dt.date(2026, 11, 2)
    now = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
    for country in ("PL", "CZ"):
        followups.open_one(
            Home(tmp_path), "a/b", (("country", country),), country, "team", "mend it",
            day, day + dt.timedelta(7), now, sample=True,
        )  # fmt: skip
    poles = Scope(Period(day, day), policy=(("country", ("PL",)),))
    assert [held.title for held in verdicts.in_hand(Home(tmp_path), poles, True)] == ["PL"]
    everything = Scope(Period(day, day))
    assert len(verdicts.in_hand(Home(tmp_path), everything, True)) == 2


def test_order_numbers_are_only_for_who_may_see_them(
    sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    for name in ("current", "published", "status.json"):
        (tmp_path / "data" / name).symlink_to(sample_home.data / name)
    (tmp_path / "journey.toml").write_text("[roles.care]\nsee_who = true\n[roles.team]\n")
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    shown = {}
    for role in ("care", "team"):
        at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
        at.user = {"is_logged_in": True, "groups": [role]}
        at.run().switch_page("pages/queries_page.py")
        at.query_params["days"] = "365"
        at.query_params["query"] = "data/who_without_second_order"
        at.run()
        at.multiselect(key="sales_channel").set_value([]).run()
        assert not at.exception
        shown[role] = "Your role sees figures" in texts(at)
        assert bool(tables(at)) is not shown[role]
    assert shown == {"care": False, "team": True}


def test_polish_settings_write_polish_numbers(
    sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").symlink_to(sample_home.data)
    (tmp_path / "journey.toml").write_text('[reporting]\nlocale = "pl-PL"\n')
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    at = opened("conversion_page.py")
    rate = components(at)[0]["figures"][0]
    assert "," in rate["value"] and rate["value"].endswith("%")
    assert "paź" in texts(at) or "lis" in texts(at)


def test_the_page_of_the_documentation_draws_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A page alone has no menu, so a link to another page leads nowhere.
    monkeypatch.setattr(st, "page_link", lambda *_, **__: None)
    text = (PROJECT / "docs" / "writing-a-page.md").read_text("utf-8")
    example = text.split("```python\n")[2].split("```")[0]
    at = AppTest.from_string(
        example.replace('ui.entry("returns")', 'ui.entry("retention")'), default_timeout=60
    ).run()
    assert not at.exception
    told = texts(at)
    assert "Carriers" in told and "needs a hand" not in told and "no query" not in told
    figures = components(at)[0]["figures"]
    assert [figure["key"] for figure in figures] == [
        "retention/return_rate", "conversion/not_collected", "conversion/revenue",
    ]  # fmt: skip
    assert figures[-1]["value"]
