"""What comes up while a page is open: newer figures, a refresh that failed, old data."""

from __future__ import annotations

import datetime as dt
import os
import zoneinfo
from collections.abc import Sequence
from typing import Any

import streamlit as st

from journey import build, data, disk, kept
from journey.problem import JourneyError, Problem
from journey.status import Entry
from journey.ui import address, problems, visit
from journey.warehouse import Snapshot

WATCH_SECONDS = float(os.environ.get("JOURNEY_WATCH_SECONDS", "10"))
"""How often an open page looks for what is new."""
OLD = dt.timedelta(4)
"""Since the last complete day: sources that settle late, and a weekend, are no news."""
LEAST = 16_000_000
"""Bytes below which a disk is told to be full."""
OTHER_TABLES = (
    "These figures were published by another version of this app, so that some are missing "
    "or fail. Run `python -m journey build`; this page follows by itself."
)


def follows() -> bool:
    """Whether the page shows what is newest without being asked: a screen on a wall."""
    return bool(st.context.is_embedded)


def watch() -> None:
    """Draw what must not be overlooked, and look again and again.

    Figures stay as they are: newer ones are offered, and shown when the reader asks; so
    are query files that were saved. Only a page that presents itself follows at once, and
    one whose reader changed or whose snapshot is gone, so that no page mixes two.
    """
    drawn, files, shown = _readers(), _files(), data.snapshot()

    @st.fragment(run_every=WATCH_SECONDS, key="watcher")
    def look() -> None:
        if _readers() != drawn or data.snapshot() != shown:
            st.rerun()
        with st.container(key="news"):
            if not visit.is_one():
                _warnings()
            newer = data.waiting()
            if newer is not None:
                offer = _told(newer)
            elif _files() != files and not visit.is_one():
                offer = "Query files have changed"
            else:
                return
            if follows() or _is_asked(offer):
                data.begin(follow=True)
                st.rerun()

    look()


def wait() -> None:
    """Draw the page again once anything has changed: it has nothing to lose."""
    drawn = _everything()

    @st.fragment(run_every=WATCH_SECONDS, key="watcher")
    def look() -> None:
        with st.container(key="watch"):
            st.empty()
        if _everything() != drawn:
            st.rerun()

    look()


def _readers() -> str:
    return repr((data.reader(), visit.link()))


def _everything() -> str:
    status = data.status()
    try:
        return repr((data.newest(), status.runs[:1], status.running, _readers()))
    except JourneyError as error:  # the settings, which somebody mends just now
        return repr(error.problems)


def _files() -> str:
    return kept.disk(data.home()).queries


def _is_asked(news: str) -> bool:
    """Offer what is new in one quiet line; return whether the reader asks for it."""
    return st.button(
        f"{news} · Show",
        type="tertiary",
        icon=":material/update:",
        key="show_newer",
    )


def _told(newer: dict[str, Any]) -> str:
    """Return "New data to 17 Nov"; when they were read where the day is the same."""
    formats, through, built = (
        data.formats(),
        newer.get("data_through"),
        newer.get("built_at"),
    )
    if through and through != data.about().get("data_through"):
        return f"New data to {formats.short_date(through)}"
    if isinstance(built, dt.datetime):
        zone = zoneinfo.ZoneInfo(data.settings().reporting.time_zone)
        return f"New data, read {formats.time(built, zone)}"
    return "New data"


def _warnings() -> None:
    if trouble := data.trouble():
        st.warning(_damaged(trouble.found, trouble.fix), icon=":material/broken_image:")
    elif shut := disk.closed(data.home()):
        st.warning(_closed(shut), icon=":material/lock:")
    room = disk.room(data.home())
    if room is not None and room < LEAST:
        st.warning(
            f"The disk of data/ is full ({room / 1e6:,.0f} MB left): refreshes fail, and "
            "what readers write may be refused. To do: free some room.",
            icon=":material/hard_drive:",
        )
    if _is_of_other_tables():
        st.warning(OTHER_TABLES, icon=":material/build:")
    if old := _old():
        st.caption(f":material/history: {old}")
    if data.status().cut_off:
        st.caption(":material/sync_problem: A refresh was cut off; the next one goes on.")
    failed = [run for run in data.status().failures if run.problems]
    if failed and address.page() == "data":
        for run in failed:
            st.warning(_failure(run), icon=":material/sync_problem:")
    elif failed:
        told = [_concerns(run) for run in failed]
        if not data.reader().rows:
            told.append("The page Data says why, and what to do.")
        st.warning(problems.plain(" ".join(told)), icon=":material/sync_problem:")


def _damaged(found: str, fix: str) -> str:
    built, formats = data.about().get("built_at"), data.formats()
    of = ""
    if isinstance(built, dt.datetime):
        zone = zoneinfo.ZoneInfo(data.settings().reporting.time_zone)
        of = f" of {formats.moment(built, zone)}"
    return problems.plain(
        f"The newest figures cannot be shown, so these are the last good ones{of}. "
        f"The published file: {found}. To do: {fix}."
    )


def _closed(shut: Problem) -> str:
    return problems.plain(
        f"{shut.where} cannot be read ({shut.found}), so what it holds is not shown. "
        f"To do: {shut.fix}."
    )


def _is_of_other_tables() -> bool:
    """Whether the marts of today did not build the file that is shown."""
    now = data.snapshot()
    return now is not None and not _is_current((now, kept.disk(data.home()).queries))


@kept.kept(4)
def _is_current(key: tuple[Snapshot, str]) -> bool:
    return build.is_current(key[0])


def _old() -> str | None:
    """Return that the data are old, and whether nobody refreshed or nothing came."""
    about = data.about()
    through, built = about.get("data_through"), about.get("built_at")
    if not (isinstance(through, dt.date) and isinstance(built, dt.datetime)):
        return None
    if about.get("is_sample"):
        return None
    zone = zoneinfo.ZoneInfo(data.settings().reporting.time_zone)
    today, read = dt.datetime.now(zone).date(), built.astimezone(zone).date()
    if today - through <= OLD:
        return None
    formats = data.formats()
    days, age = formats.day_range(through, through), formats.days((today - through).days)
    if today - read > OLD:
        since = formats.day_range(read, read)
        return f"The data end on {days}, {age} ago: not refreshed since {since}."
    return f"The data end on {days}, {age} ago, though they were read since."


def _failure(run: Entry) -> str:
    """Return what a failed run means for the figures, how old they are, what to do."""
    if data.reader().rows:  # what was found may be a row of others
        return problems.plain(_concerns(run))
    first = run.problems[0]
    place = first.get("where", "") + (f":{first['line']}" if first.get("line") else "")
    told = f"{place}: {first.get('found', '')}. To do: {first.get('fix', '')}."
    return problems.plain(f"{_concerns(run)} {told}")


def _concerns(run: Entry) -> str:
    formats, now = data.formats(), dt.datetime.now(dt.UTC)
    if run.what != "sync":
        built = data.about().get("built_at")
        age = formats.duration((now - built).total_seconds() / 60) if built else ""
        old = f", {age} old" if age else ""
        return f"The last refresh failed, so these are the figures before it{old}."
    good = data.status().last_good(run.name)
    if good is None:
        return f"{run.name} could not be read, so its figures are missing or old."
    read = now - dt.datetime.fromisoformat(good.finished_at)
    age = formats.duration(read.total_seconds() / 60)
    told = f"{run.name} could not be read; its figures are {age} old"
    return f"{told}{_others(data.status().beside(run.name))}."


def _others(runs: Sequence[Entry]) -> str:
    """Return what is true of the other sources; those that failed have their own line."""
    partial = sorted(run.name for run in runs if run.ok and run.partial)
    if partial:
        return f"; read in part so far: {', '.join(partial)}"
    return ", others were read" if runs and all(run.ok for run in runs) else ""
