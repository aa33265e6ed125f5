"""See who: the shop's own numbers, for roles that may, and written down each time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from journey import (
    audit,
    data,
)
from journey.answer import Answer, Period
from journey.findings import followups
from journey.formats import Formats
from journey.home import Home
from journey.query import load
from journey.ui import trail, who
from tests.pages.test_pages import PROJECT, components, opened, tables, texts

DAYS = Period(dt.date(2026, 10, 20), dt.date(2026, 11, 16))
ROWS = pl.DataFrame(
    {"order_id": ["1", "2", "3"], "marketing_consent": [True, False, None]},
    schema={"order_id": pl.String, "marketing_consent": pl.Boolean},
)


def test_people_and_those_with_consent_are_counted() -> None:
    said = who.counted(ROWS, Formats())
    assert said == "3 customers, 1 with consent to be contacted."
    assert who.chosen(ROWS, False).height == 3
    assert who.chosen(ROWS, True)["order_id"].to_list() == ["1"]


def test_every_list_has_its_file() -> None:
    names = load([PROJECT / "queries"]).queries
    assert {f"data/who_without_{step}" for step in who.LISTS.values()} <= set(names)


def see_who(home: Path, page: str, groups: list[str] | None = None) -> AppTest:
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    if groups is not None:
        at.user = {"is_logged_in": True, "groups": groups, "email": "lead@shop.example"}
    at.run().switch_page(f"pages/{page}").run()
    return at.button(key="bar_see_who").click().run()


@pytest.mark.parametrize("page", ["consideration", "retention", "advocacy"])
def test_a_list_names_orders_and_is_written_down(
    sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    (tmp_path / "data").mkdir()
    for name in ("current", "published", "status.json"):
        (tmp_path / "data" / name).symlink_to(sample_home.data / name)
    (tmp_path / "journey.toml").write_text(
        '[links]\norder = "https://shop.example/o/{id}"\n'
    )
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    at = see_who(tmp_path, f"{page}_page.py")
    assert not at.exception
    told = texts(at).replace("\\", "")
    assert "with consent to be contacted" in told
    (listed,) = (table for table in tables(at) if table["columns"][-1]["kind"] == "link")
    assert listed["rows"][0][-1].startswith("https://shop.example/o/")
    (line,) = audit.read(Home(tmp_path))
    assert line["action"] == "list" and line["count"] > 0
    assert line["who"] == "nobody signed in"
    assert line["list"].startswith("data/who_without_")


def test_a_role_that_may_not_see_who_sees_no_number_and_leaves_no_line(
    sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    for name in ("current", "published", "status.json"):
        (tmp_path / "data" / name).symlink_to(sample_home.data / name)
    (tmp_path / "journey.toml").write_text("[roles.team]\n")
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    at = see_who(tmp_path, "retention_page.py", ["team"])
    assert any("Your role sees figures" in info.value for info in at.info)
    audit.settle()
    assert "list" not in {line["action"] for line in audit.read(Home(tmp_path))}


def test_a_viewer_reads_what_is_in_hand_and_cannot_close_it(
    sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    for name in ("current", "published", "status.json"):
        (tmp_path / "data" / name).symlink_to(sample_home.data / name)
    (tmp_path / "journey.toml").write_text("[roles.lead]\nfollow_up = true\n[roles.team]\n")
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    day, now = dt.date(2026, 11, 2), dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
    followups.open_one(Home(tmp_path), "a/b", (), "Payment", "team", "mend it", day,
                       day + dt.timedelta(60), now, sample=True)  # fmt: skip
    actions = {}
    for role in ("lead", "team"):
        at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
        at.user = {"is_logged_in": True, "groups": [role]}
        lists = [c for c in components(at.run()) if c.get("title") == "In hand"]
        (row,) = lists[0]["rows"]
        assert row["title"] == "Payment"
        actions[role] = row["actions"]
        assert at.session_state[data.HELD].reader.follow_up == (role == "lead")
    assert actions == {"lead": [["close", "Done"]], "team": []}


@pytest.mark.usefixtures("in_sample_home")
def test_without_roles_everybody_may_follow_up() -> None:
    assert opened().session_state[data.HELD].reader.follow_up


def test_a_list_on_the_page_of_queries_is_written_down_too(
    sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    for name in ("current", "published", "status.json"):
        (tmp_path / "data" / name).symlink_to(sample_home.data / name)
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    at = opened("queries_page.py", query="data/who_without_cart")
    assert not at.exception
    (line,) = audit.read(Home(tmp_path))
    assert line["list"] == "data/who_without_cart" and line["count"] > 0
    at.run()
    assert len(audit.read(Home(tmp_path))) == 1
    opened("queries_page.py", query="conversion/payment_methods")
    assert len(audit.read(Home(tmp_path))) == 1


@pytest.mark.parametrize("column", ["order_key", "Order_Key", "PERSON_ID", "ticket_id "])
def test_numbers_of_orders_are_known_in_any_case_of_letters(column: str) -> None:
    rows = pl.DataFrame({"day": [1], column: ["1"]})
    answer = Answer("topic/table", DAYS, frame=rows)
    assert data.names_somebody(answer) and trail.names_somebody(answer)


def test_a_chart_of_orders_is_written_down_like_a_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data" / "app" / audit.NAME).mkdir(parents=True)
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))

    def page() -> None:
        import datetime as dt

        import polars as pl

        from journey.answer import Answer, Period
        from journey.scope import Scope
        from journey.ui.cards import body

        period = Period(dt.date(2026, 11, 1), dt.date(2026, 11, 2))
        rows = pl.DataFrame({"order_key": ["shop:1"], "value": [1.0]})
        answer = Answer("conversion/steps", period, frame=rows)
        body("conversion/steps", answer, Scope(period))

    at = AppTest.from_function(page, default_timeout=60).run()
    assert not at.exception
    assert any("can be written down" in error.value for error in at.error)
    assert not any(str(tmp_path) in error.value for error in at.error)


def test_a_list_that_cannot_be_written_down_is_not_shown(
    sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    for name in ("current", "published", "status.json"):
        (tmp_path / "data" / name).symlink_to(sample_home.data / name)
    (tmp_path / "data" / "app" / audit.NAME).mkdir(parents=True)
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    at = opened("queries_page.py", query="data/who_without_cart")
    assert not at.exception
    assert not tables(at)
    assert any("can be written down" in error.value for error in at.error)
    assert not any(str(tmp_path) in error.value for error in at.error)


def test_a_leak_is_taken_in_hand_from_its_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    at = AppTest.from_string(
        "import datetime as dt\n"
        "import streamlit as st\n"
        "from journey.answer import Estimate, Period\n"
        "from journey.findings.dropoff import Leak, Step\n"
        "from journey.scope import Scope\n"
        "from journey.ui import actions\n"
        "leak = Leak(Step('a/b', 'Payment', 'conversion', 100.0), (), 'worse',\n"
        "            Estimate(0.5), Estimate(0.6), (10.0, 5.0, 15.0), 0.01)\n"
        "days = Period(dt.date(2026, 10, 20), dt.date(2026, 11, 16))\n"
        "actions.follow_up(leak, Scope(days))\n"
    ).run()
    assert not at.exception
    at.text_input[0].set_value("checkout team")
    at.text_area[0].set_value("mend the payment page")
    at.button[0].click().run()
    assert not at.exception
    held = followups.opened(Home(tmp_path), True)
    assert [(one.owner, one.action) for one in held] == [
        ("checkout team", "mend the payment page")
    ]


def test_closing_is_refused_without_the_permission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    day, now = dt.date(2026, 11, 2), dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
    (tmp_path / "journey.toml").write_text("[roles.lead]\nfollow_up = true\n[roles.team]\n")
    held = followups.open_one(Home(tmp_path), "a/b", (), "Payment", "team", "mend it", day,
                              day + dt.timedelta(60), now)  # fmt: skip
    for role, allowed in (("team", False), ("lead", True)):
        at = AppTest.from_string(
            "import streamlit as st\n"
            "from journey.ui import actions\n"
            "if not st.session_state.get('done'):\n"
            "    st.session_state['done'] = True\n"
            f"    actions.close('{held.id}')\n"
        )
        at.user = {"is_logged_in": True, "groups": [role]}
        at.run()
        assert not at.exception
        assert bool(followups.opened(Home(tmp_path))) != allowed
