"""Which two segments are compared: three choices in the page, kept in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from journey import data, words
from journey.findings.contrast import GROUP, Pair
from journey.scope import SEGMENTS, Scope
from journey.ui import address, groups, problems, visit

BY, VALUE, WITH = "by", "value", "with"
"""Names in the address; the values are raw, so that a link survives a changed word."""
REST = "rest"
"""Compared with everybody else."""
KEPT = "segments_pair"
"""In the session: the pair, which survives a look at another page."""


@dataclass(frozen=True)
class Offer:
    """What can be compared in a scope: columns with their values, and groups."""

    values: Mapping[str, Sequence[str]]
    """Segment column -> its values, in the order of the screen; GROUP -> named groups."""

    def has(self, pair: Pair) -> bool:
        known = self.values.get(pair.by, ())
        return pair.value in known and (pair.other is None or pair.other in known)

    def name(self, by: str, value: str) -> str:
        if by == GROUP:
            return groups.titles().get(value, value)
        return words.value(by, value, data.formats())


def offered(scope: Scope) -> Offer:
    """Return what can be compared: of every column the values that the filters leave,
    where they leave two of them; groups where the filters name none. A signed link shows
    neither groups nor what lies beside its filters."""
    chosen = {c: v for c, v in scope.where if (c, v) not in scope.usual}
    values: dict[str, list[str]] = {}
    shut = dict(scope.usual) if visit.is_one() else {}
    for column in SEGMENTS:
        if column in shut:
            continue
        known = data.choices().get(column, [])
        left = [v for v in known if v in chosen.get(column, known)]
        if len(left) > 1:
            values[column] = words.in_order(column, left)
    if groups.titles() and scope.segment is None and not visit.is_one():
        values[GROUP] = list(groups.titles())
    return Offer(values)


def chosen(offer: Offer, usual: Callable[[str | None], Pair]) -> Pair:
    """Draw the three choices and return the pair they stand for.

    `usual`: the pair to begin with, of one column or of all.
    """
    now = _begun(offer, usual)
    with st.container(horizontal=True, vertical_alignment="bottom", key="pair"):
        by = _column(offer, now.by)
        if by != now.by:
            now = usual(by)
        value = _pick("Which", offer, by, offer.values[by], now.value, f"pair_value_{by}")
        others = [REST, *(one for one in offer.values[by] if one != value)]
        with_ = now.other if now.other in others else REST
        other = _pick("With", offer, by, others, with_, f"pair_with_{by}_{value}")
    pair = Pair(by, value, None if other == REST else other)
    st.session_state[KEPT] = pair
    _tell(pair, usual(None))
    return pair


def _column(offer: Offer, now: str) -> str:
    columns = list(offer.values)
    picked = st.selectbox(
        "Compare", columns, columns.index(now), format_func=called, key="pair_by", width=190
    )
    return picked or now


def called(by: str) -> str:
    """Return what is chosen from: "Device", "Named group"."""
    return "Named group" if by == GROUP else words.SEGMENTS.get(by, by)


def _pick(
    label: str, offer: Offer, by: str, options: Sequence[str], now: str, key: str
) -> str:
    def name(value: str) -> str:
        return "Everyone else" if value == REST else offer.name(by, value)

    index = options.index(now) if now in options else 0
    picked = st.selectbox(label, options, index, format_func=name, key=key, width=240)
    return picked or options[0]


# ------------------------------------------------------------------ the address


def _begun(offer: Offer, usual: Callable[[str | None], Pair]) -> Pair:
    """Return the pair of a link just opened, else that of this session, else the usual."""
    new = [key for key in (BY, VALUE, WITH) if address.given(key)]
    if new:
        held = {key: address.held(key) for key in (BY, VALUE, WITH)}
        for key in [k for k in st.session_state if str(k).startswith("pair_")]:
            del st.session_state[key]
        given = {key: values[-1] for key, values in held.items() if values}
        pair, notice = read(given, offer, usual)
        if notice:
            address.misread(problems.plain(notice))
        return pair
    kept: Pair | None = st.session_state.get(KEPT)
    if kept and offer.has(kept):
        return kept
    if kept:
        what = f"{called(kept.by)} {offer.name(kept.by, kept.value)}"
        address.misread(
            f"These filters leave nothing to compare of {problems.plain(what)}."
        )
    return usual(None)


def read(
    given: Mapping[str, str], offer: Offer, usual: Callable[[str | None], Pair]
) -> tuple[Pair, str]:
    """Return the pair that a link names, and what must be said where it misnames it."""
    by = given.get(BY, "")
    if by not in offer.values:
        pair = usual(None)
        known = by in SEGMENTS or by == GROUP
        why = (
            "the filters leave nothing of it to compare" if known else "which there is not"
        )
        return pair, f"The link compares by {by[:40] or 'nothing'}: {why}."
    known_values, pair = offer.values[by], usual(by)
    value, other = given.get(VALUE, pair.value), given.get(WITH, REST)
    wrong = [v for v in (value, other) if v not in (*known_values, REST)]
    value = value if value in known_values else pair.value
    other = other if other in known_values and other != value else REST
    notice = ""
    if wrong:
        notice = (
            f"The link names {called(by)} {wrong[0][:60]}, which is not here: left out."
        )
    return Pair(by, value, None if other == REST else other), notice


def _tell(pair: Pair, usual: Pair) -> None:
    """Write the pair into the address; the usual one leaves no parameter."""
    told = {BY: pair.by, VALUE: pair.value, WITH: pair.other}
    for key, value in told.items():
        address.tell(key, *([value] if value is not None and pair != usual else []))
