"""How every page begins: the gate, the title, the filters, the age of the data."""

from __future__ import annotations

import datetime as dt
import os
import zoneinfo
from functools import cache
from pathlib import Path

import streamlit as st

from journey import build, data, kept
from journey.scope import Scope
from journey.status import Entry
from journey.ui import days, filters, gate, problems
from journey.ui.navigation import entry
from journey.warehouse import Snapshot

WATCH_SECONDS = float(os.environ.get("JOURNEY_WATCH_SECONDS", "10"))
"""How often an open page looks for newer data."""
OLD = dt.timedelta(14)
OTHER_TABLES = (
    "These figures were published by another version of this app, so that some are missing "
    "or fail. Run `python -m journey build`; this page follows by itself."
)


def page(title: str, question: str, *, filtered: bool = True) -> Scope:
    """Draw the head of a page and return the scope its cards are asked in.

    A page depends on nothing that app.py does: the first visit of a fresh server may
    run the page alone. Ends the page where there is nothing to show or no admission.
    """
    st.html(f"<style>{_style()}</style>")
    gate.admit()
    data.begin()
    through = last_day()
    _watch(_seen())
    if through is None:
        _nothing_yet(title)
        st.stop()
    scope = _head(title, through, filtered)
    with st.container(key="question"):
        told = problems.plain(filters.scope_text(scope, data.formats()))
        st.markdown(f"{question} {told}.")
    _strips()
    return scope


def _head(title: str, through: dt.date, filtered: bool) -> Scope:
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute",
        key="head",
    ):  # fmt: skip
        st.title(title, anchor=False, width="content")
        with st.container(
            horizontal=True, vertical_alignment="center", width="content", key="tools"
        ):
            with st.container(width="content", key="age"):
                st.caption(_age(through))
            if filtered:
                return filters.chosen(through)
    return data.unfiltered(days.usual(through))


def last_day() -> dt.date | None:
    """Return the last complete day of what is published; None while there is nothing.

    Where no source says which days are complete, the day before the build is the last.
    """
    about = data.about()
    through, built = about.get("data_through"), about.get("built_at")
    if isinstance(through, dt.date):
        return through
    return built.date() - dt.timedelta(1) if isinstance(built, dt.datetime) else None


def _age(through: dt.date) -> str:
    """Return "Data to 16 Nov, read 06:10"; an older year is named."""
    formats, built = data.formats(), data.about().get("built_at")
    zone = zoneinfo.ZoneInfo(data.settings().reporting.time_zone)
    day = formats.day_range(through, through)
    if isinstance(built, dt.datetime) and built.year == through.year:
        day = formats.short_date(through)
    if not isinstance(built, dt.datetime):
        return f"Data to {day}"
    is_same_day = built.astimezone(zone).date() - through <= dt.timedelta(1)
    read = formats.time(built, zone) if is_same_day else formats.moment(built, zone)
    return f"Data to {day}, read {read}"


def _strips() -> None:
    """Draw what must not be overlooked: invented data, a refresh that failed."""
    if data.about().get("is_sample"):
        with st.container(
            horizontal=True, vertical_alignment="center", key="sample", gap="medium"
        ):
            st.markdown("**Sample shop**, invented data.", width="content")
            st.page_link(
                entry("data").file,
                label="What is hidden in it?",
                query_params={"show": "hidden"},
            )
            st.page_link(
                entry("data").file,
                label="Connect your shop",
                query_params={"show": "connect"},
            )
    if _is_of_other_tables():
        st.warning(OTHER_TABLES, icon=":material/build:")
    if old := _old():
        st.caption(f":material/history: {old}")
    for failed in data.status().failures:
        if failed.problems:
            st.warning(_failure(failed), icon=":material/sync_problem:")


def _is_of_other_tables() -> bool:
    """Whether the marts of today did not build the file that is shown."""
    now = data.snapshot()
    return now is not None and not _is_current((now, kept.disk(data.home()).queries))


@kept.kept(4)
def _is_current(key: tuple[Snapshot, str]) -> bool:
    return build.is_current(key[0])


def _old() -> str | None:
    """Return that the data are old, once the last complete day is two weeks ago."""
    about, through = data.about(), last_day()
    built = about.get("built_at")
    if through is None or not isinstance(built, dt.datetime) or about.get("is_sample"):
        return None
    if dt.datetime.now(built.tzinfo).date() - through <= OLD:
        return None
    formats = data.formats()
    return (
        f"The data end on {formats.day_range(through, through)}; not refreshed since "
        f"{formats.day_range(built.date(), built.date())}."
    )


def _failure(run: Entry) -> str:
    """Return what a failed run means for the figures, how old they are, what to do."""
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
    return f"{run.name} could not be read; its figures are {age} old, others are fresh."


def _nothing_yet(title: str) -> None:
    st.title(title, anchor=False)
    with st.container(border=True, key="card_empty"):
        if data.snapshot() is not None and not data.status().running:
            st.markdown("#### The published file cannot be read")
            st.markdown(
                "It was made by another version of this app, or it is damaged. Run "
                "`python -m journey build`; this page opens by itself when it is done."
            )
            return
        st.markdown("#### Nothing is published yet")
        if data.status().running:
            st.markdown("A refresh is running; this page opens by itself when it is done.")
            st.skeleton(height=160)
        else:
            st.markdown(
                "Run `python -m journey demo` for the sample shop, or "
                "`python -m journey refresh` once `journey.toml` names your sources. "
                "This page opens by itself when it is done."
            )


def _watch(seen: str) -> None:
    """Follow a publish: an open page is drawn again when there is newer data."""

    @st.fragment(run_every=WATCH_SECONDS, key="watcher")
    def look() -> None:
        with st.container(key="watch"):
            st.empty()
        if _seen() != st.session_state.get("seen", seen):
            st.session_state["seen"] = _seen()
            st.rerun()

    st.session_state["seen"] = seen
    look()


def _seen() -> str:
    status = data.status()
    return repr((data.newest(), status.runs[:1], status.running))


@cache
def _style() -> str:
    return (Path(__file__).parent / "look.css").read_text("utf-8")
