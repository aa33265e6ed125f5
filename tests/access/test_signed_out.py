"""A sign-in that was ended stays ended, in every process."""

from __future__ import annotations

from pathlib import Path

import pytest

from journey import lines, signed_out
from journey.home import Home
from journey.problem import JourneyError


def test_what_one_process_ends_every_process_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    assert "one" not in signed_out.known(home)
    signed_out.end(home, "one")
    monkeypatch.setattr(signed_out, "_here", set())  # as another process sees it
    assert "one" in signed_out.known(home)
    lines.append(home.app / signed_out.NAME, {"sign_in": "two", "until": 9e12})
    assert {"one", "two"} <= signed_out.known(home)
    assert (home.app / signed_out.NAME).stat().st_mode & 0o777 == 0o600


def test_a_disk_that_takes_nothing_lets_nobody_stay(tmp_path: Path) -> None:
    home = Home(tmp_path)
    (home.app / signed_out.NAME).mkdir(parents=True)
    with pytest.raises(OSError, match=signed_out.NAME):
        signed_out.end(home, "here")
    assert "here" in signed_out.known(home)


def test_while_the_file_is_closed_what_was_known_counts_and_nothing_else_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shut(path: Path) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    home = Home(tmp_path)
    signed_out.end(home, "gone")
    known = signed_out.known(home)
    monkeypatch.setattr(Path, "stat", shut)
    assert signed_out.known(home) == known
    monkeypatch.setattr(signed_out, "_last", {})
    with pytest.raises(JourneyError, match="Permission denied"):
        signed_out.known(home)


def test_the_file_is_shortened_to_what_still_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    monkeypatch.setattr(signed_out, "LARGE", 200)
    monkeypatch.setattr(signed_out, "_here", set())
    for number in range(5):
        signed_out.end(home, f"old {number}", clock=lambda: 0.0)
    signed_out.end(home, "new", clock=lambda: signed_out.LIFE * 2)
    monkeypatch.setattr(signed_out, "_here", set())
    assert signed_out.known(home) == {"new"}
    assert len(lines.read(home.app / signed_out.NAME)) == 1
