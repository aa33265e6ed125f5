"""Every mart against its file of given and expected rows."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from journey.home import PROJECT
from journey.problem import JourneyError
from tests.marts.given import MARTS, build, landing, plain, settings_of

FOLDER = PROJECT / "tests" / "queries" / "marts"
KEYS = {"name", "given", "expect", "error", "settings"}


def cases() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        file = tomllib.loads(path.read_text("utf-8"))
        for case in file.get("case", [file]):
            assert set(case) <= KEYS, f"{path.name}: unknown {set(case) - KEYS}"
            name = case.get("name", "as given")
            found.append(pytest.param(path.stem, case, id=f"{path.stem}: {name}"))
    return found


@pytest.mark.parametrize(("mart", "case"), cases())
def test_mart_returns_what_is_expected(mart: str, case: dict[str, Any]) -> None:
    given = case.get("given", {})
    connection = landing(given, settings_of(case.get("settings", {})))
    if "error" in case:
        with pytest.raises(JourneyError) as raised:
            build(connection, mart, given)
        assert case["error"] in str(raised.value)
        return
    rows = build(connection, mart, given)
    expected = [{k: plain(v) for k, v in row.items()} for row in case["expect"]]
    columns = list(dict.fromkeys(key for row in expected for key in row))
    found = [{key: plain(row[key]) for key in columns} for row in rows]
    for row in expected:
        shorter = [{key: r[key] for key in row} for r in found]
        assert row in shorter, f"no row {row}\nfound {found}"
        found.pop(shorter.index(row))
    assert found == [], f"rows nobody expected: {found}"


@pytest.mark.parametrize("mart", MARTS)
def test_mart_has_its_test(mart: str) -> None:
    assert (FOLDER / f"{mart}.toml").is_file(), f"write tests/queries/marts/{mart}.toml"
