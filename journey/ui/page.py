"""How every page begins: the gate, the title, the filters, the age of the data."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from functools import cache
from pathlib import Path

import streamlit as st

from journey import data
from journey.scope import Scope
from journey.ui import (
    address,
    component,
    days,
    drawer,
    filters,
    gate,
    news,
    problems,
    share,
    take_away,
    trail,
    turning,
    visit,
    warmth,
)
from journey.ui.navigation import asking, entry, shared


def page(title: str, question: str, *, filtered: bool = True) -> Scope:
    """Draw the head of a page and return the scope its cards are asked in.

    A page depends on nothing that app.py does: the first visit of a fresh server may
    run the page alone. Ends the page where there is nothing to show or no admission.
    """
    st.html(f"<style>{_style()}</style>")
    gate.admit()
    about = asking(question)
    if visit.is_one() and (about is None or about != shared()):
        visit.end()
    data.begin(follow=news.follows())
    address.begin(about.url_path if about else "")
    through = days.last_complete()
    if through is None:
        _nothing_yet(title)
        st.stop()
    scope = _head(title, through, filtered)
    trail.page(scope)
    warmth.looked(about.url_path if about else "", scope)
    visit.strip()
    drawer.begin(address.page())
    turning.begin()
    address.show(st.empty())
    with st.container(key="question"):
        # Who came by a signed link has no filter button that would name what is chosen.
        told = (
            take_away.scope_text(scope)
            if visit.is_one()
            else filters.scope_text(scope, data.formats())
        )
        st.markdown(f"{question} {problems.plain(told)}.")
    if data.about().get("is_sample"):
        _sample()
    news.watch()
    with st.container(key="keys"):
        component.keys()
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
            if visit.is_one():
                return visit.scope(through)
            scope = data.unfiltered(days.usual(through))
            if filtered:
                scope = filters.chosen(through)
            share.draw(title, scope)
            gate.menu()
    return scope


def _age(through: dt.date) -> str:
    """Return "Data to 16 Nov, read 06:10"; an older year is named."""
    formats, built = data.formats(), data.about().get("built_at")
    if data.about().get("data_through") is None:
        return "No data yet"
    zone = zoneinfo.ZoneInfo(data.settings().reporting.time_zone)
    day = formats.day_range(through, through)
    if isinstance(built, dt.datetime) and built.year == through.year:
        day = formats.short_date(through)
    if not isinstance(built, dt.datetime):
        return f"Data to {day}"
    is_same_day = built.astimezone(zone).date() - through <= dt.timedelta(1)
    read = formats.time(built, zone) if is_same_day else formats.moment(built, zone)
    return f"Data to {day}, read {read}"


def _sample() -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", key="sample", gap="medium"
    ):
        st.markdown("**Sample shop**, invented data.", width="content")
        if not visit.is_one():
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


def _nothing_yet(title: str) -> None:
    st.title(title, anchor=False)
    with st.container(border=True, key="card_empty"):
        if trouble := data.trouble():
            st.markdown("#### No published file can be read")
            told = f"{trouble.place}: {trouble.found}. To do: {trouble.fix}."
            st.markdown(problems.plain(told))
        elif data.snapshot() is not None and not data.status().running:
            st.markdown("#### The published file cannot be read")
            st.markdown(
                "It was made by another version of this app. Run `python -m journey build`."
            )
        elif data.status().running:
            st.markdown("#### Nothing is published yet")
            st.markdown("A refresh is running.")
            st.skeleton(height=160)
        else:
            st.markdown("#### Nothing is published yet")
            st.markdown(
                "Run `python -m journey demo` for the sample shop, or "
                "`python -m journey refresh` once `journey.toml` names your sources."
            )
        st.caption("This page opens by itself when there are figures.")
    news.wait()


@cache
def _style() -> str:
    return (Path(__file__).parent / "look.css").read_text("utf-8")
