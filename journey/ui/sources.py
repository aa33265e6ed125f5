"""The Data page: what is published, sources, runs, freshness, coverage, quality."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

import streamlit as st

from journey import data, standings
from journey.scope import Scope
from journey.status import Entry
from journey.ui import component, downloads, problems, tables
from journey.ui.cards import cards
from journey.ui.connect import title_of
from journey.ui.figure import sentence

SHOWN_RUNS = 12


def sources(scope: Scope) -> None:
    """Draw the state of the data, worst things first."""
    _unknown_statuses()
    cards(
        [n for n in ("awareness/coverage", "awareness/known_source") if data.query(n)],
        scope,
    )
    left, right = st.columns(2)
    with left, st.container(border=True, key="card_sources", height="stretch"):
        st.markdown("#### Sources")
        _sources()
    with right, st.container(border=True, key="card_runs", height="stretch"):
        _runs()
    for name, empty in (
        ("data/freshness", "Nothing is published yet."),
        ("data/order_statuses", "No orders have landed."),
        ("data/quality", "No source reported anything unusual."),
    ):
        _table(name, empty)


def _table(name: str, empty: str) -> None:
    query, answer = data.query(name), data.answer(name, data.unfiltered(data.EVER))
    with st.container(border=True, key=f"card_{name}"):
        st.markdown(f"#### {problems.plain(query.title if query else name)}")
        if answer.problem is not None:
            problems.show([answer.problem], "This file needs a hand", f"{name}")
        elif answer.frame is None or answer.frame.is_empty():
            st.caption(sentence(answer.absence or empty))
        else:
            tables.show(answer.frame, query, name)
            downloads.draw(name, answer, data.unfiltered(data.EVER), "data")


def _unknown_statuses() -> None:
    rows = data.table(standings.COUNTS)
    if "standing" not in rows.columns:
        return
    counted = rows.select("source", "status", "standing", "orders").rows()
    for text in standings.told(standings.unexplained(counted), data.formats()):
        st.warning(problems.plain(text), icon=":material/help:")


def _sources() -> None:
    settings = data.settings()
    if settings.is_sample:
        st.caption(
            "The sample shop: web analytics, orders, helpdesk, surveys and campaigns."
        )
    failed = {run.name: run for run in data.status().failures if run.what == "sync"}
    rows = [_source(s.name, title_of(s.kind), failed.get(s.name)) for s in settings.sources]
    empty = "" if settings.is_sample else "No source in journey.toml yet."
    component.rows({"rows": rows, "empty": empty}, "sources")


def _source(name: str, vendor: str, failed: Entry | None) -> dict[str, Any]:
    read = _last_read(name)
    if failed is None:
        return {"key": name, "title": name, "text": f"{vendor} · {read}"}
    tried = _moment(failed.finished_at)
    text = f"{vendor} · could not be read {tried}, see the last runs · {read}"
    return {"key": name, "title": name, "text": text, "chip": "failed", "tone": "bad"}


def _moment(text: str) -> str:
    zone = zoneinfo.ZoneInfo(data.settings().reporting.time_zone)
    return data.formats().moment(dt.datetime.fromisoformat(text), zone)


def _last_read(source: str) -> str:
    """Return when a source was last read without a problem, and how many rows came."""
    formats, run = data.formats(), data.status().last_good(source)
    if run is None:
        return "not read yet"
    told = f"last read {_moment(run.finished_at)} · {formats.counted(run.rows, 'row')}"
    if run.partial:
        return f"{told} · paused for its limit of calls, the next refresh goes on"
    return f"{told} · older data are still to be read" if run.more else told


def _runs() -> None:
    status = data.status()
    zone = zoneinfo.ZoneInfo(data.settings().reporting.time_zone)
    if status.running:
        st.info(f"Running now: {problems.plain(status.running)}.")
    rows = [_run(run, zone) for run in status.runs[:SHOWN_RUNS]]
    component.rows(
        {"title": "Last runs", "rows": rows, "empty": "No run is on record yet."}, "runs"
    )
    if stamp := data.snapshot():
        st.caption(f"Published: {stamp.stamp}. Times are those of {zone.key}.")


def _run(run: Entry, zone: zoneinfo.ZoneInfo) -> dict[str, Any]:
    formats = data.formats()
    begun, ended = (
        dt.datetime.fromisoformat(at) for at in (run.started_at, run.finished_at)
    )
    parts = [
        formats.moment(begun, zone),
        formats.counted(run.rows, "row"),
        formats.duration((ended - begun).total_seconds() / 60),
    ]
    known = () if data.reader().rows else run.problems[:1]  # may tell a row of others
    for problem in known:
        line = f":{problem['line']}" if problem.get("line") else ""
        fix = problem["fix"][:1].upper() + problem["fix"][1:]
        parts.append(f"{problem['where']}{line}: {problem['found']}. {fix}.")
    return {
        "key": run.started_at,
        "title": run.what.capitalize() if run.what == "build" else f"Read {run.name}",
        "text": " · ".join(parts),
        "chip": "partial" if run.partial else "fine" if run.ok else "failed",
        "tone": "" if run.partial else "good" if run.ok else "bad",
    }
