"""A source that journey.toml names no more: told, and taken out when asked to."""

from __future__ import annotations

from pathlib import Path

import pytest

from journey import cli, commands, landing
from journey.home import Home

BLOCK = """
[[sources]]
name = "{name}"
kind = "files"

[[sources.tables]]
table = "sales_order"
path = "orders.csv"
columns = {{ order_id = "id", gross_total = "total", currency = "'PLN'" }}
"""


def sources(home: Home) -> list[tuple[str, int]]:
    with landing.open_landing(home) as connection:
        return connection.execute(
            "select source, count(*) from sales_order group by 1 order by 1"
        ).fetchall()


def test_a_renamed_source_is_told_and_its_old_rows_can_be_taken_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    monkeypatch.setattr(commands.marts, "build", lambda *given: None)
    (tmp_path / "orders.csv").write_text("id,total\n1,10\n2,20\n", "utf-8")
    settings = tmp_path / "journey.toml"
    settings.write_text(BLOCK.format(name="shop"), "utf-8")
    assert cli.main(["sync"]) == 0
    assert "NOTE" not in capsys.readouterr().out
    assert cli.main(["remove", "shop"]) == 1
    settings.write_text(BLOCK.format(name="store"), "utf-8")
    assert cli.main(["sync"]) == 0
    assert 'what source "shop" gave still counts' in capsys.readouterr().out
    assert sources(Home(tmp_path)) == [("shop", 2), ("store", 2)]
    for words in (["remove", "shpo"], ["sync", "stroe"], ["doctor", "stroe"]):
        assert cli.main(words) == 2, "nothing has that name"
        assert "did you mean" in capsys.readouterr().err
    assert cli.main(["remove", "shop"]) == 0
    assert sources(Home(tmp_path)) == [("store", 2)]
    capsys.readouterr()
    assert cli.main(["sync"]) == 0
    assert "NOTE" not in capsys.readouterr().out
