"""Links lead into the shop or helpdesk, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from journey.home import Home
from journey.output.links import is_address, link
from journey.problem import JourneyError
from journey.settings import load

LINKS = {
    "order": "https://shop.example/admin?post={id}&action=edit",
    "market": {"order": "https://market.example/o/{id}"},
}


def test_a_source_has_its_own_address_before_that_of_all() -> None:
    assert link(LINKS, "market", "order", "7") == "https://market.example/o/7"
    assert link(LINKS, "shop", "order", "7").startswith(
        "https://shop.example/admin?post=7&"
    )
    assert link(LINKS, "market", "ticket", "7") == ""
    assert link(LINKS, "shop", "order", None) == ""


def test_a_number_fills_its_place_and_nothing_more() -> None:
    evil = '1&x=/../"><script>#?%20'
    made = link(LINKS, "shop", "order", evil)
    place = made.removeprefix("https://shop.example/admin?post=").removesuffix(
        "&action=edit"
    )
    assert not set(place) & set('&/"<>#? ')


@pytest.mark.parametrize("number", [".", ".."])
def test_a_number_of_dots_leads_to_no_other_folder(number: str) -> None:
    assert link(LINKS, "market", "order", number) == ""


@pytest.mark.parametrize(
    "template",
    [
        "http://shop.example/{id}", "javascript:alert({id})", "https://{id}.example/",
        "https://shop.example/", "https:///{id}", "//shop.example/{id}",
        "https://shop.example@evil.example/{id}", "https://[shop/{id}",
        "https://shop.example/{id}/{id}",
    ],
)  # fmt: skip
def test_only_one_number_behind_a_host_over_https_is_an_address(template: str) -> None:
    assert not is_address(template)
    assert link({"order": template}, "shop", "order", "7") == ""


def test_wrong_links_are_all_told_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "journey.toml").write_text(
        '[links]\norder = "http://shop.example/{id}"\nodrer = "x"\n'
        '[links.market]\nticket = "https://m.example/"\n'
    )
    with pytest.raises(JourneyError) as error:
        load(Home(tmp_path))
    told = {problem.line: problem for problem in error.value.problems}
    assert set(told) == {2, 3, 5}
    assert "https" in told[2].expected and "order" in told[3].expected
