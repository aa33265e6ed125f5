"""Who has which role, and what it may do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from journey import access, settings
from journey.access import NOBODY, Reader
from journey.home import Home
from journey.problem import JourneyError
from journey.settings import Settings

NOW = 1_800_000_000.0
ROLES = """
[roles.boss]
level = "admin"
emails = ["Boss@Shop.example"]

[roles.poland]
domains = ["shop.example"]
rows = { country = ["PL"] }

[roles.numbers]
level = "analyst"
claims = { groups = ["analytics", "bi"], tid = "7" }
see_who = true

[roles.care]
claims = { "realm_access.roles" = "care" }
follow_up = true

[roles.management]
see_who = true
"""


def load(folder: Path, text: str = ROLES) -> Settings:
    (folder / "journey.toml").write_text(text, "utf-8")
    return settings.load(Home(folder))


def reader(found: Settings, **claims: Any) -> Reader:
    user = {"is_logged_in": True, "iat": NOW, "sub": "1", "iss": "x", **claims}
    return access.admission(user, True, found, (), NOW).reader


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"email": "boss@shop.example", "email_verified": True}, "boss"),
        ({"email": "BOSS@SHOP.EXAMPLE"}, "boss"),
        ({"email": "boss@shop.example", "email_verified": False}, ""),
        ({"email": "boss@shop.example", "email_verified": "false"}, ""),
        ({"email": "boss@shop.example", "email_verified": "true"}, "boss"),
        ({"email": "boss@shop.example", "email_verified": None}, ""),
        ({"email": "other@shop.example"}, "poland"),
        ({"email": "other@sub.shop.example"}, ""),
        ({"email": "other@xshop.example"}, ""),
        ({"email": "other@shop.example.evil.example"}, ""),
        ({"email": "x@evil.example@shop.example"}, ""),
        ({"email": '"x@evil.example"@shop.example'}, ""),
        ({"email": "bo\u017fs@shop.example"}, ""),  # long s, lowered it is an s
        ({"email": "other@\u017fhop.example"}, ""),
        ({"email": "boss@shop.example\n"}, ""),
        ({"email": ["boss@shop.example"]}, ""),
        ({"preferred_username": "boss@shop.example"}, ""),
        ({"groups": ["bi"], "tid": "7"}, "numbers"),
        ({"groups": "analytics", "tid": ["7", "8"]}, "numbers"),
        ({"groups": ["bi"]}, ""),
        ({"groups": ["BI"], "tid": "7"}, ""),
        ({"groups": ["bi"], "tid": 7}, ""),
        ({"groups": "bi analytics", "tid": "7"}, ""),
        ({"realm_access": {"roles": ["care"]}}, "care"),
        ({"realm_access.roles": "care"}, "care"),
        ({"realm_access": "roles"}, ""),
        ({"groups": ["management"]}, "management"),
        ({"groups": ["boss"]}, ""),
        ({"email": "boss@shop.example", "groups": ["management"]}, "boss"),
        ({}, ""),
    ],
)
def test_a_role_is_had_by_address_domain_or_claim(
    tmp_path: Path, claims: dict[str, Any], role: str
) -> None:
    found = reader(load(tmp_path), **claims)
    assert found.role == role
    assert role or found == NOBODY


def test_each_level_may_what_it_says_and_single_rights_are_given(tmp_path: Path) -> None:
    found = load(tmp_path)
    boss = reader(found, email="boss@shop.example")
    assert (boss.level, boss.see_who, boss.follow_up) == ("admin", True, True)
    assert boss.rows == () and boss.name == "boss@shop.example"
    poland = reader(found, email="other@shop.example")
    assert (poland.level, poland.see_who, poland.follow_up) == ("viewer", False, False)
    assert poland.rows == (("country", ("PL",)),)
    numbers = reader(found, groups="bi", tid="7")
    assert (numbers.level, numbers.see_who, numbers.follow_up) == ("analyst", True, False)
    assert [numbers.may(level) for level in access.LEVELS] == [True, True, False]
    withheld = load(tmp_path, '[roles.a]\nlevel = "admin"\nsee_who = false\n')
    assert not reader(withheld, groups=["a"]).see_who


def test_a_sign_in_counts_until_it_is_old_or_ended(tmp_path: Path) -> None:
    found = load(tmp_path, "session_hours = 2\n" + ROLES)
    user = {"is_logged_in": True, "email": "boss@shop.example", "iat": NOW, "sub": "1"}

    def is_in(now: float, **changes: Any) -> bool:
        return access.admission(user | changes, True, found, (), now).reader != NOBODY

    assert is_in(NOW) and is_in(NOW + 7199) and not is_in(NOW + 7201)
    assert not is_in(NOW - 3600), "a sign-in of the future"
    assert not is_in(NOW, iat=None) and not is_in(NOW, iat=True)
    assert not is_in(NOW, is_logged_in="true")
    ended = {access.sign_in_id(user)}
    assert access.admission(user, True, found, ended, NOW).needs_sign_in
    other = user | {"iat": NOW + 1}
    assert access.admission(other, True, found, ended, NOW).reader.role == "boss"


def test_without_a_sign_in_roles_are_had_by_nobody_but_the_public_one(
    tmp_path: Path,
) -> None:
    stranger: dict[str, Any] = {}
    nobody = access.admission(stranger, False, load(tmp_path), (), NOW)
    assert nobody.reader == NOBODY and nobody.problem is not None
    assert access.admission(stranger, True, Settings(), (), NOW).needs_sign_in
    assert access.admission(stranger, False, Settings(), (), NOW).reader.level == "admin"
    public = load(tmp_path, "public = true\n[roles.public]\nrows = { country = ['PL'] }\n")
    shown = access.admission(stranger, False, public, (), NOW).reader
    assert (shown.role, shown.level, shown.rows) == (
        "public",
        "viewer",
        (("country", ("PL",)),),
    )
    assert access.admission(stranger, True, public, (), NOW).needs_sign_in


WRONG = {
    "[roles.a]\nlevel = 'boss'": "one of admin, analyst, viewer",
    "[roles.a]\nlevel = 'viewr'": 'did you mean "viewer"?',
    "[roles.a]\nemails = 'boss'": "addresses like",
    "[roles.a]\nemails = ['b\u043ess@shop.example']": "addresses like",
    "[roles.a]\ndomains = ['gmail.com']": "of the shop alone",
    "[roles.a]\ndomains = ['*.shop.example']": "domains like",
    "[roles.a]\ndomains = ['']": "domains like",
    "[roles.a]\nclaims = ['x']": "claims = {",
    "[roles.a]\nclaims = { groups = [] }": "claims = {",
    "[roles.a]\nclaims = { groups = '' }": "claims = {",
    "[roles.a]\nmail = 'x'": "did you mean",
    "[roles.a]\nrows = { contry = ['PL'] }": 'did you mean "country"?',
    "public = 'yes'": "true or false",
    "session_hours = 0": "a number of hours",
    "session_hours = true": "a number of hours",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_cannot_be_read_opens_nothing(tmp_path: Path, text: str) -> None:
    with pytest.raises(JourneyError) as error:
        load(tmp_path, text)
    assert WRONG[text] in str(error.value)


def test_an_emptied_list_is_not_a_role_for_a_group_of_its_name(tmp_path: Path) -> None:
    found = load(tmp_path, "[roles.team]\nemails = []\n")
    assert reader(found, groups=["team"]) == NOBODY


def test_an_address_that_may_be_somebody_elses_names_nobody() -> None:
    user = {"email": "boss@shop.example", "sub": "7", "email_verified": False}
    assert access.named(user) == "7"
    assert access.named(user | {"email_verified": True}) == "boss@shop.example"
