"""Who saw a list stands in a file that only grows."""

from __future__ import annotations

from pathlib import Path

from journey import audit
from journey.audit import Entry
from journey.home import Home


def entry(count: int) -> Entry:
    return Entry(audit.now(), "lead@shop.example", "seen", "conversion",
                 {"device": ["mobile"]}, "data/who_without_purchase", count)  # fmt: skip


def test_lines_are_added_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for count in (3, 4):
        audit.write(home, entry(count))
    assert [line["count"] for line in audit.read(home)] == [3, 4]
    assert audit.read(home)[0]["scope"] == {"device": ["mobile"]}
    assert (home.data / audit.NAME).stat().st_mode & 0o777 == 0o600


def test_a_line_that_was_cut_off_hides_no_other(tmp_path: Path) -> None:
    home = Home(tmp_path)
    audit.write(home, entry(3))
    with (home.data / audit.NAME).open("a") as file:
        file.write('{"at": "2026')
    assert len(audit.read(home)) == 1
