"""journey.toml: read whole, refused with every problem, documented."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import duckdb
import pytest

from journey import settings
from journey.build.inputs import attach_settings
from journey.home import PROJECT, Home
from journey.problem import JourneyError
from journey.settings import Settings

WRONG = {
    "a word instead of a table": ("reporting = 1", "[reporting]", 1),
    "an unknown block": ("[reportin]\n", 'did you mean "reporting"?', 1),
    "an unknown key": ('[reporting]\ncurency = "PLN"', 'did you mean "currency"?', 2),
    "a zone that is none": ('[reporting]\ntime_zone = "Europe/Warsow"', "Europe/Warsaw", 2),
    "a currency that is none": ('[reporting]\ncurrency = "zł"', "three capitals", 2),
    "an unknown standing": ('[order_statuses]\nnew = "maybe"', "counts, waits, lost", 2),
    "a window of text": ('[stage_windows]\nbuy_days = "7"', "type int", 2),
    "a target of text": ('[targets]\n"a/b" = "3%"', "0.03 for 3%", 2),
    "rows of a role that are numbers": (
        "[roles.a]\nrows = { country = 5 }", "values as texts", 2
    ),
    "rows of a role without values": ('[roles.a]\nrows = ["PL"]', "values as texts", 2),
    "see_who in quotes": ('[roles.a]\nsee_who = "false"', "true or false", 2),
    "a source without kind": ('[[sources]]\nname = "shop"', "name and kind", 1),
    "a source that is a number": ("sources = [1]", "name and kind", 1),
    "a source named by a number": (
        '[[sources]]\nname = 3\nkind = "files"', "name and kind", 1
    ),
    "brackets without end": ("a = " + "[" * 3000, "a TOML file", 1),
    "two sources of one name": (
        '[[sources]]\nname = "a"\nkind = "files"\n[[sources]]\nname = "a"\nkind = "files"',
        "a name of its own", 1,
    ),
    "a target of nothing": (
        '[targets]\n"conversion/conversion_rat" = 0.03',
        'did you mean "conversion/conversion_rate"?', 2,
    ),
    "a target of a chart": ('[targets]\n"conversion/steps" = 0.03', "one figure", 2),
    "a target in percent": (
        '[targets]\n"conversion/conversion_rate" = 3', "0.03 for 3%", 2
    ),
    "a target without end": ('[targets]\n"conversion/conversion_rate" = inf', "0.03", 2),
    "a country of a language": ('[reporting]\ncountry = "pl"', "two capitals", 2),
    "an event without name": ("[[events]]\nfirst = 2026-06-24", "Summer sale", 1),
    "an event of a comparison's name": (
        '[[events]]\nname = "Year"\nfirst = 2026-06-24', "a name of its own", 1
    ),
    "an event named by a day": (
        '[[events]]\nname = "2026-06-24"\nfirst = 2026-06-24', "a name of its own", 1
    ),
    "a second event with a day in quotes": (
        '[[events]]\nname = "A"\nfirst = 2026-06-24\n'
        '[[events]]\nname = "A"\nfirst = "2025-06-24"',
        "without quotes", 4,
    ),
    "an event that ends before it begins": (
        '[[events]]\nname = "A"\nfirst = 2026-06-24\nlast = 2026-06-01', "on or after", 1
    ),
    "an event of half a year": (
        '[[events]]\nname = "A"\nfirst = 2026-01-01\nlast = 2026-06-30', "at most 92", 1
    ),
    "an event twice on one day": (
        '[[events]]\nname = "A"\nfirst = 2026-06-24\n[[events]]\nname = "a"\n'
        "first = 2026-06-24",
        "one block for each time", 4,
    ),
    "one bracket for events": ('[events]\nname = "A"', "[[events]]", 1),
    "a note with an unknown key": (
        '[[notes]]\ntext = "A"\nfirst = 2026-06-24\nsegment = "x"', "one of", 1
    ),
    "a note without text": ("[[notes]]\nfirst = 2026-06-24", "in quotes", 1),
    "a note that is too long": (
        f'[[notes]]\ntext = "{"x" * 101}"\nfirst = 2026-06-24', "at most 100", 1
    ),
    "a note at an unknown stage": (
        '[[notes]]\ntext = "A"\nfirst = 2026-06-24\nstage = "conversions"',
        'did you mean "conversion"?', 1,
    ),
    "a note about an unknown segment": (
        '[[notes]]\ntext = "A"\nfirst = 2026-06-24\nwhere = { devise = "mobile" }',
        'did you mean "device"?', 1,
    ),
    "a note about numbers": (
        '[[notes]]\ntext = "A"\nfirst = 2026-06-24\nwhere = { device = 5 }',
        "its values as texts", 1,
    ),
    "a note with a time": (
        '[[notes]]\ntext = "A"\nfirst = 2026-06-24T08:00:00', "without quotes", 1
    ),
    "no TOML at all": ("[reporting\n", "a TOML file", 1),
}  # fmt: skip


def load(folder: Path, text: str) -> Settings:
    (folder / "journey.toml").write_text(text, "utf-8")
    return settings.load(Home(folder))


def test_without_a_file_the_sample_shop_is_shown(tmp_path: Path) -> None:
    assert settings.load(Home(tmp_path)).is_sample


def test_the_example_is_read_as_it_stands(tmp_path: Path) -> None:
    text = (PROJECT / "journey.example.toml").read_text("utf-8")
    found = load(tmp_path, text)
    assert [source.kind for source in found.sources] == [
        "woocommerce", "ga4_export", "files"
    ]  # fmt: skip
    assert found.roles["czech_team"].rows == {"country": ("CZ",)}
    assert not found.roles["czech_team"].see_who
    assert found.order_statuses["refunded"] == "counts"


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_named_with_line_and_remedy(tmp_path: Path, case: str) -> None:
    text, expected, line = WRONG[case]
    with pytest.raises(JourneyError) as error:
        load(tmp_path, text)
    (problem,) = error.value.problems
    assert expected in problem.expected + problem.fix
    assert problem.line == line
    assert problem.found and problem.fix


def test_events_and_notes_are_read(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        '[[events]]\nname = "Summer sale"\nfirst = 2026-06-24\nlast = 2026-07-07\n'
        '[[notes]]\ntext = "Release"\nfirst = 2026-10-26\nstage = "conversion"\n'
        'where = { device = "mobile", country = ["PL", "CZ"] }\n'
        '[targets]\n"conversion/conversion_rate" = 0.03\n"advocacy/nps" = 40\n',
    )
    (event,), (note,) = found.events, found.notes
    assert (event.key, (event.last - event.first).days) == ("summer-sale", 13)
    assert note.last == note.first
    assert note.where == (("country", ("CZ", "PL")), ("device", ("mobile",)))
    assert found.targets["advocacy/nps"] == 40
    assert found.calendar.country == "PL"


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(JourneyError) as error:
        load(tmp_path, '[reporting]\ncurrency = "zł"\nvat = "perhaps"\n[cost]\n')
    assert len(error.value.problems) == 3


def test_a_secret_comes_from_the_environment_or_the_secrets_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    home.secrets.parent.mkdir()
    home.secrets.write_text('SHOP_KEY = "from the file"', "utf-8")
    assert settings.secret("env:SHOP_KEY", home) == "from the file"
    monkeypatch.setenv("SHOP_KEY", "from the environment")
    assert settings.secret("env:SHOP_KEY", home) == "from the environment"
    with pytest.raises(JourneyError, match="NO_SUCH_KEY"):
        settings.secret("env:NO_SUCH_KEY", home)


def test_every_setting_is_documented() -> None:
    page = (PROJECT / "docs" / "settings.md").read_text("utf-8")
    for block in fields(Settings):
        assert f"## {block.name}\n" in page
    for shape in (settings.Reporting, settings.StageWindows, settings.Costs, settings.Role):
        for item in fields(shape):
            assert f"`{item.name}`" in page, item.name


def test_a_status_is_known_in_any_case() -> None:
    connection = duckdb.connect(":memory:")
    given = Settings(order_statuses={"Zapłacone": "counts", "PAID": "counts"})
    attach_settings(connection, given, "test")
    rows = connection.execute("select status from settings.order_statuses").fetchall()
    assert sorted(status for (status,) in rows) == ["paid", "zapłacone"]
    connection.close()
