"""What a page says of a source that could not be read, and of the others beside it."""

from __future__ import annotations

import pytest

from journey import data
from journey.formats import Formats
from journey.status import Entry, Status, now
from journey.ui import news


def run(name: str, ok: bool = True, partial: bool = False, what: str = "sync") -> Entry:
    return Entry(what, name, now(), now(), ok, partial=partial)


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([run("desk"), run("web")], "old, others are fresh."),
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
