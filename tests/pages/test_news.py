"""What a page says of a source that could not be read, and of the others beside it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from journey import data
from journey.formats import Formats
from journey.settings import Settings
from journey.status import Entry, Status, now
from journey.ui import news
from journey.ui.page import _age


def run(name: str, ok: bool = True, partial: bool = False, what: str = "sync") -> Entry:
    return Entry(what, name, now(), now(), ok, partial=partial)


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([run("desk"), run("web")], "old, others were read."),
        ([run("desk"), run("web", partial=True)], "old; read in part so far: web."),
        ([run("desk"), run("web", ok=False)], "old."),
        ([], "old."),
    ],
)
def test_nothing_is_called_fresh_that_is_not(
    others: list[Entry], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = (run("shop", ok=False), *others, run("a", what="build"), run("shop"))
    monkeypatch.setattr(data, "status", lambda: Status(runs=runs))
    monkeypatch.setattr(data, "formats", lambda: Formats("en-GB", "PLN"))
    assert news._concerns(runs[0]).endswith(told)


def since(days: int) -> dt.datetime:
    return dt.datetime.now(dt.UTC) - dt.timedelta(days)


@pytest.mark.parametrize(
    ("ended", "read", "told"),
    [
        (9, 8, ("9\u00a0days ago: not refreshed since",)),
        (9, 0, ("9\u00a0days ago", "though they were read since")),
        (3, 0, ()),
    ],
)
def test_old_figures_are_told_and_why_they_are_old(
    ended: int, read: int, told: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    about: dict[str, Any] = {"data_through": since(ended).date(), "built_at": since(read)}
    monkeypatch.setattr(data, "about", lambda: about)
    monkeypatch.setattr(data, "settings", Settings)
    monkeypatch.setattr(data, "formats", lambda: Formats("en-GB", "PLN"))
    said = news._old() or ""
    assert all(part in said for part in told) and bool(said) == bool(told)


def test_the_head_of_a_page_knows_no_day_before_anything_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(data, "about", lambda: {"data_through": None, "built_at": since(0)})
    monkeypatch.setattr(data, "formats", lambda: Formats("en-GB", "PLN"))
    assert "Data to" not in _age(since(1).date())
