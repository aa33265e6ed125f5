"""Signed links: what they open, what they never open, and how they end."""

from __future__ import annotations

import datetime as dt
import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from journey import audit, data, kept, shares
from journey.access import EVERYBODY, Held, Reader
from journey.home import Home
from journey.problem import JourneyError
from journey.roles import Role
from journey.settings import Settings
from journey.shares import View
from tests.pages.test_pages import PROJECT, components, opened, texts

NOW = dt.datetime(2026, 11, 17, 9, tzinfo=dt.UTC)
POLES = (("country", ("PL",)),)
VIEW = View(
    "conversion", 28, ("2026-10-20", "2026-11-16"), "previous",
    (("device", ("mobile",)), ("sales_channel", ("own_shop",))),
    (("sales_channel", ("own_shop",)),),
)  # fmt: skip
LIGHT = replace(VIEW, page="advocacy", where=VIEW.usual)
"""Shows little and is drawn soon."""
LEAD = Reader("lead@shop.example", "lead", "analyst", (), False, False)
ENDED = "This link has ended\nAsk who sent it for a new one."
PART = """
import streamlit as st
from journey import data
data.held().until = 0.0
st.write("open" if data.snapshot() else "closed")
"""


def made(home: Home, view: View = VIEW, by: Reader = LEAD) -> tuple[shares.Link, str]:
    return shares.make(home, view, by, "Agency", 7, NOW)


def settings(**roles: Role) -> Settings:
    return Settings(roles=roles)


# ------------------------------------------------------------------ tokens


def test_a_link_opens_what_was_shared_until_it_ends(tmp_path: Path) -> None:
    home = Home(tmp_path)
    link, token = made(home)
    assert shares.opened(home, token, NOW) == link
    assert link.view == VIEW and link.label == "Agency"
    week = dt.timedelta(days=7)
    assert shares.opened(home, token, NOW + week - dt.timedelta(seconds=1)) == link
    assert shares.opened(home, token, NOW + week) is None
    assert shares.opened(home, token, NOW) is None, "a clock set back opens nothing again"


def test_every_changed_letter_of_a_token_opens_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path)
    _, token = made(home)
    letters = "AQgw-_09z"
    for at, was in enumerate(token):
        for letter in letters:
            changed = f"{token[:at]}{letter}{token[at + 1 :]}"
            assert letter == was or shares.opened(home, changed, NOW) is None
    for wrong in ("", ".", token[:-1], token + "=", token * 2, f"{token}\n", "\0", "ż" * 66,
                  token.partition(".")[0], token.upper()):  # fmt: skip
        assert shares.opened(home, wrong, NOW) is None
    assert shares.opened(home, token, NOW) is not None


def test_a_token_of_another_home_or_key_opens_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = Home(tmp_path / "one"), Home(tmp_path / "other")
    _, token = made(one)
    made(other)
    (other.app / shares.NAME).write_bytes((one.app / shares.NAME).read_bytes())
    assert shares.opened(other, token, NOW) is None
    monkeypatch.setenv("JOURNEY_SHARE_KEY", "a long text that nobody knows")
    assert shares.opened(one, token, NOW) is None
    monkeypatch.setenv("JOURNEY_SHARE_KEY", "short")
    with pytest.raises(JourneyError, match="at least 16"):
        made(one)


def test_the_key_is_its_owners_and_no_token_is_kept(tmp_path: Path) -> None:
    home = Home(tmp_path)
    _, token = made(home)
    key = home.app / shares.KEY
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert token.partition(".")[2] not in (home.app / shares.NAME).read_text()
    key.chmod(0o644)
    assert shares.opened(home, token, NOW) is None


def test_a_link_that_was_changed_on_disk_opens_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path)
    _, token = made(home, replace(VIEW, where=()))
    path = home.app / shares.NAME
    line = json.loads(path.read_text())
    for key, value in (("until", "2036-01-01T00:00:00+00:00"), ("rows", [["a", ["b"]]])):
        changed = {"made": {**line["made"], key: value}}
        path.write_text(f"{json.dumps(changed)}\n")
        assert shares.opened(home, token, NOW) is None
    path.write_text("{\n[]\n" + '{"made": 3}\n{"made": {"id": "x"}}\n{"revoked": []}\n')
    assert shares.opened(home, token, NOW) is None
    path.unlink()
    assert shares.opened(home, token, NOW) is None


def test_a_revoked_link_has_ended_and_others_live_on(tmp_path: Path) -> None:
    home = Home(tmp_path)
    link, token = made(home)
    _, other = made(home)
    shares.revoke(home, link, "admin@shop.example", NOW)
    assert shares.opened(home, token, NOW) is None
    assert shares.opened(home, other, NOW) is not None
    before = NOW - dt.timedelta(hours=1)
    assert shares.opened(home, other, before) is None, "before it was made nothing is right"


@pytest.mark.parametrize("page", ["queries", "data", ""])
def test_pages_of_files_and_sources_are_never_shared(tmp_path: Path, page: str) -> None:
    with pytest.raises(JourneyError, match="a page of figures"):
        made(Home(tmp_path), replace(VIEW, page=page))


# ------------------------------------------------------------------ rights

ANALYST = Role(level="analyst", emails=("lead@shop.example",))


@pytest.mark.parametrize(
    ("by", "now", "may"),
    [
        (EVERYBODY, Settings(), True),
        (EVERYBODY, Settings(share_links=False), False),
        (EVERYBODY, settings(lead=ANALYST), False),
        (LEAD, settings(lead=ANALYST), True),
        (LEAD, settings(lead=replace(ANALYST, share=False)), False),
        (replace(LEAD, level="viewer"), settings(lead=ANALYST), False),
        (replace(LEAD, level="viewer"), settings(lead=replace(ANALYST, share=True)), True),
        (replace(LEAD, name=""), settings(lead=ANALYST), False),
        (LEAD, Settings(), False),
    ],
)
def test_analysts_and_admins_may_share_unless_their_role_says(
    by: Reader, now: Settings, may: bool
) -> None:
    assert shares.may_share(by, now) is may


@pytest.mark.parametrize(
    ("now", "rows"),
    [
        (settings(lead=ANALYST), ()),
        (settings(lead=replace(ANALYST, rows={"country": ("PL",)})), POLES),
        (settings(lead=replace(ANALYST, emails=None, domains=("shop.example",))), ()),
        (settings(lead=replace(ANALYST, emails=None, claims={"team": ("a",)})), ()),
        (settings(lead=replace(ANALYST, emails=None)), ()),
        (settings(first=replace(ANALYST, rows={"country": ("PL",)}), lead=ANALYST), POLES),
        (settings(lead=replace(ANALYST, emails=("other@shop.example",))), None),
        (settings(lead=replace(ANALYST, level="viewer")), None),
        (settings(first=Role(emails=("lead@shop.example",)), lead=ANALYST), None),
        (settings(other=ANALYST), None),
        (Settings(), None),
        (replace(settings(lead=ANALYST), share_links=False), None),
    ],
)
def test_a_link_shows_never_more_than_its_maker_may_now(
    tmp_path: Path, now: Settings, rows: object
) -> None:
    link, _ = made(Home(tmp_path))
    found = shares.visitor(link, now)
    assert (found.rows if found else None) == rows
    assert found is None or (found.level, found.see_who, found.follow_up) == (
        "viewer", False, False,
    )  # fmt: skip


def test_rows_of_then_and_now_are_those_in_both() -> None:
    now = (("brand", ("Grań",)), ("country", ("CZ", "PL")))
    assert shares.both(POLES, now) == (("brand", ("Grań",)), ("country", ("PL",)))
    assert shares.both(POLES, (("country", ("CZ",)),)) == (("country", ()),)


# ------------------------------------------------------------------ visits


@pytest.fixture
def place(
    sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Home]:
    """A home over the data of the sample shop, whose readers sign in."""
    (tmp_path / "data").mkdir()
    for name in ("current", "published", "status.json"):
        (tmp_path / "data" / name).symlink_to(sample_home.data / name)
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    monkeypatch.setattr(data, "_demanded", [True])
    roles = '[roles.lead]\nlevel = "analyst"\nemails = ["lead@shop.example"]\n'
    (tmp_path / "journey.toml").write_text(roles)
    kept.disk.cache.clear()
    yield Home(tmp_path)
    kept.disk.cache.clear()


def shared(home: Home, view: View = LIGHT) -> tuple[shares.Link, str]:
    return shares.make(home, view, LEAD, "Agency", 7, dt.datetime.now(dt.UTC))


def visit(*tokens: str, **beside: str) -> AppTest:
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    at.query_params["share"] = list(tokens)
    for key, value in beside.items():
        at.query_params[key] = value
    return at.run()


def is_closed(at: AppTest) -> bool:
    return texts(at) == ENDED and not components(at)


def drawn(at: AppTest) -> str:
    return json.dumps(components(at))


def test_a_visitor_sees_the_page_in_its_scope_and_no_way_out(place: Home) -> None:
    link, token = shared(place, VIEW)
    at = visit(token, device="desktop", days="365", open="conversion/conversion_rate")
    assert not at.exception
    assert at.title[0].value == "Conversion"
    assert "Shared by **lead@shop\\.example** until" in texts(at)
    assert "20 Oct – 16 Nov 2026" in texts(at)
    assert "Device\\: Phones" in texts(at), "no filter button tells a visitor"
    assert not at.multiselect and not at.segmented_control and not at.download_button
    assert list(at.query_params) == ["share"]
    assert '"actions": [[' not in drawn(at)
    phones, all_devices = drawn(at), drawn(visit(shared(place, replace(VIEW, where=()))[1]))
    assert phones != all_devices
    (line, *_) = audit.read(place)
    assert (line["action"], line["list"]) == ("share", f"opened {link.id}")
    assert token not in json.dumps(audit.read(place))


def test_no_page_hash_and_no_widget_of_a_visitor_leads_elsewhere(place: Home) -> None:
    _, token = shared(place)
    at = visit(token)
    before = drawn(at)
    for page in ("journey", "queries", "retention"):
        at._page_hash = calc_hash(page)
        at.run()
        assert at.title[0].value == "Advocacy" and drawn(at) == before
    for key, value in (("device", ["desktop"]), ("days", "365"), ("share_open", True),
                       ("segment", "segments/promoters"), ("compare", "none")):  # fmt: skip
        at.session_state[key] = value
    del at.query_params["share"]
    at.query_params["days"] = "365"
    at.run()
    assert not at.exception
    assert drawn(at) == before, "a session that came by a link stays with it"


def test_a_link_never_opens_the_drawer_of_another_page(place: Home) -> None:
    _, token = shared(place, replace(LIGHT, picks={"open": ("data/who_without_purchase",)}))
    at = visit(token)
    assert not at.exception and not at.get("dialog")
    assert "who_without" not in drawn(at)


@pytest.mark.parametrize("tokens", [("",), ("x",), ("a" * 22 + "." + "b" * 43,)])
def test_what_is_no_token_says_that_it_has_ended(
    place: Home, tokens: tuple[str, ...]
) -> None:
    assert is_closed(visit(*tokens))


def test_two_tokens_and_another_one_later_are_none(place: Home) -> None:
    (_, one), (_, other) = shared(place), shared(place)
    assert is_closed(visit(one, other))
    at = visit(one)
    at.query_params["share"] = other
    assert is_closed(at.run())
    at.query_params["share"] = one
    assert is_closed(at.run()), "what has ended stays so"


def test_a_page_that_is_open_ends_with_its_link_and_its_makers_role(place: Home) -> None:
    link, token = shared(place)
    at, other = visit(token), visit(token)
    (place.root / "journey.toml").write_text('[roles.team]\nlevel = "analyst"\n')
    kept.disk.cache.clear()
    assert is_closed(other.run())
    roles = '[roles.lead]\nlevel = "analyst"\nemails = ["lead@shop.example"]\n'
    (place.root / "journey.toml").write_text(roles)
    kept.disk.cache.clear()
    assert not is_closed(at.run())
    shares.revoke(place, link, "", dt.datetime.now(dt.UTC))
    assert is_closed(at.run())


def test_a_part_of_a_page_that_runs_without_the_gate_has_nothing_once_ended(
    place: Home,
) -> None:
    link, token = shared(place)

    alone = AppTest.from_string(PART, default_timeout=60)
    alone.session_state[data.HELD] = Held(token=token)
    assert alone.run().markdown[0].value == "open"
    shares.revoke(place, link, "", dt.datetime.now(dt.UTC))
    assert alone.run().markdown[0].value == "closed"


def test_a_visitor_sees_the_rows_of_its_maker_alone(place: Home) -> None:
    country = replace(VIEW, picks={"by": ("country",)})
    _, token = shared(place, country)
    assert "Czechia" in json.dumps(specs(visit(token)))
    roles = '[roles.lead]\nlevel = "analyst"\nemails = ["lead@shop.example"]\n'
    path = place.root / "journey.toml"
    path.write_text(f'{roles}rows = {{ country = ["PL"] }}\n')
    kept.disk.cache.clear()
    at = visit(token)
    assert not at.exception and at.title[0].value == "Conversion"
    assert "Czechia" not in json.dumps(specs(at)) + drawn(at) + texts(at)


def specs(at: AppTest) -> list[str]:
    return [chart.proto.spec for chart in at.get("vega_lite_chart")]


def test_the_journey_is_shared_without_what_the_team_does_about_it(place: Home) -> None:
    _, token = shared(place, replace(VIEW, page="journey"))
    at = visit(token)
    assert not at.exception and at.title[0].value == "Customer journey"
    assert "In hand" not in drawn(at) and "Worth fixing first" in drawn(at)


# ------------------------------------------------------------------ the popover


def test_a_link_is_made_copied_and_revoked_in_the_popover(
    in_sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    (tmp_path / "data").mkdir()
    for name in ("current", "published", "status.json"):
        (tmp_path / "data" / name).symlink_to(in_sample_home.data / name)
    (tmp_path / "journey.toml").write_text('url = "https://dashboard.example/shop/"\n')
    kept.disk.cache.clear()
    home = Home(tmp_path)
    at = opened("conversion_page.py", device="mobile", by="country")
    at.session_state["share_box"] = True
    at.run()
    (link,) = [one for one in components(at) if "fixed" in one]
    assert (link["base"], link["path"]) == ("https://dashboard.example/shop", "/conversion")
    at.text_input(key="share_label").set_value("Agency")
    at.button(key="FormSubmitter:share_form-Make link").click().run()
    assert not at.exception and not at.error
    (made_,) = shares.read(home).made.values()
    assert made_.view.page == "conversion" and made_.view.days == 28
    assert ("device", ("mobile",)) in made_.view.where
    (told,) = [one["link"] for one in components(at) if "link" in one]
    assert told == f"https://dashboard.example/shop/?share={shares.token(home, made_)}"
    assert shares.opened(home, told.partition("=")[2], dt.datetime.now(dt.UTC)) == made_
    at.button(key=f"share_end_own_{made_.id}").click().run()
    assert shares.opened(home, told.partition("=")[2], dt.datetime.now(dt.UTC)) is None
    done = [line["list"] for line in audit.read(home) if line["action"] == "share"]
    assert [one.partition(" ")[0] for one in done] == ["made", "revoked"]


def test_who_may_not_share_still_copies_a_link(place: Home) -> None:
    (place.root / "journey.toml").write_text('[roles.team]\nemails = ["a@shop.example"]\n')
    kept.disk.cache.clear()
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    at.user = {"is_logged_in": True, "email": "a@shop.example",
               "iat": dt.datetime.now(dt.UTC).timestamp()}  # fmt: skip
    at.session_state["share_box"] = True
    at.run()
    assert not at.exception
    assert [one for one in components(at) if "fixed" in one]
    assert "makes no signed links" in texts(at)
    assert not at.text_input
