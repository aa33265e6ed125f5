"""Who saw a list stands in a file that only grows."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from journey import audit
from journey.audit import Entry
from journey.home import Home


def entry(count: int) -> Entry:
    return Entry(audit.now(), "lead@shop.example", "list", "conversion",
                 {"device": ["mobile"]}, "data/who_without_purchase", count)  # fmt: skip


def test_lines_are_added_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for count in (3, 4):
        audit.write(home, entry(count))
    assert [line["count"] for line in audit.read(home)] == [3, 4]
    assert audit.read(home)[0]["scope"] == {"device": ["mobile"]}
    assert (home.app / audit.NAME).stat().st_mode & 0o777 == 0o600


def test_a_line_that_was_cut_off_hides_no_other(tmp_path: Path) -> None:
    home = Home(tmp_path)
    audit.write(home, entry(3))
    with (home.app / audit.NAME).open("a") as file:
        file.write('{"at": "2026')
    assert len(audit.read(home)) == 1
    audit.write(home, entry(5))
    assert [line["count"] for line in audit.read(home)] == [3, 5]


@pytest.mark.parametrize("sign", ["\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x1c"])
def test_no_separator_in_a_value_hides_or_makes_a_line(sign: str, tmp_path: Path) -> None:
    home, evil = Home(tmp_path), f'x{sign}{{"who": "somebody else"}}'
    audit.write(home, replace(entry(3), who=evil, scope={"campaign": [evil]}))
    audit.write(home, entry(4))
    assert [line["who"] for line in audit.read(home)] == [evil, "lead@shop.example"]


def test_what_a_full_disk_let_through_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, write = Home(tmp_path), os.write
    audit.write(home, entry(3))

    def half(handle: int, data: bytes) -> int:
        write(handle, data[:20])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(OSError, match="No space"):
        audit.write(home, entry(4))
    monkeypatch.setattr(os, "write", write)
    text = (home.app / audit.NAME).read_text("utf-8")
    assert text.count("\n") == 1 and text.endswith("\n")
