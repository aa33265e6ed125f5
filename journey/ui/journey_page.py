"""The Journey page: sentence, map, worth fixing first, in hand, foot line."""

from __future__ import annotations

from contextlib import nullcontext

import streamlit as st

from journey import data
from journey.scope import Scope
from journey.ui import actions, component, downloads, problems, visit
from journey.ui.cards import body
from journey.ui.connect import brings, offer
from journey.ui.journey_view import JourneyView, view
from journey.ui.navigation import entry

ON_LEAKS = (("see_who", "See who"), ("follow_up", "Follow up"))
HINGE = "visits end here, customers begin"
FLOW = "awareness/flow"
HOW_IN_HAND = "“Follow up” beside a leak puts it here, with who does what until when."


def journey(scope: Scope) -> None:
    """Draw the page below its head; a first visitor sees where it will be meanwhile."""
    with nullcontext() if "drawn" in st.session_state else st.skeleton(height=420):
        found = data.findings(scope)
        shown = view(data.Figures(scope), found, data.settings().targets, data.home())
    with st.container(key="journey"):
        with st.container(key="sentence"):
            st.markdown(problems.plain(found.sentence))
            if any(brings(stage.get("message", "")) for stage in shown.stages[:-1]):
                offer()
        with st.container(key="map"):
            _map(shown)
        with st.container(key="lists"):
            _lists(shown, scope)
        with st.container(key="foot"):
            st.markdown(problems.plain(shown.foot))
            _flow(scope)
    st.session_state["drawn"] = True


def _map(shown: JourneyView) -> None:
    opened = component.journey_map(
        {
            "stages": list(shown.stages),
            "steps": list(shown.steps),
            "people": shown.people,
            "hinge": HINGE,
            "visits": "every visit counts, of people or not yet known",
            "customers": "people with an order",
        }
    )
    if opened and not visit.is_one():
        st.switch_page(entry(opened).file, query_params={})


def _lists(shown: JourneyView, scope: Scope) -> None:
    leaks = actions.worth_fixing(scope)
    done_with = (("close", "Done"),) if actions.may_follow_up() else ()
    if visit.is_one():  # who does what about it stays inside
        left, right = st.container(), None
    else:
        left, right = st.columns([3, 2])
    with left, st.container(border=True, key="card_leaks", height="stretch"):
        act = component.rows(
            {
                "title": "Worth fixing first",
                "text": shown.quiet if leaks else "",
                "rows": [actions.row(leak, ON_LEAKS) for leak in leaks],
                "empty": shown.quiet,
            },
            "leaks",
        )
    if right is None:
        return
    with right, st.container(border=True, key="card_hand", height="stretch"):
        done = component.rows(
            {
                "title": "In hand",
                "rows": [r.as_data(done_with) for r in shown.in_hand],
                "empty": "Nothing followed up yet."
                + (f" {HOW_IN_HAND}" if leaks and done_with else ""),
            },
            "in_hand",
        )
    if act:
        actions.leak(*act, scope)
    if done and done[1] in {held.key for held in shown.in_hand}:  # no other role's
        actions.close(done[1])


def _flow(scope: Scope) -> None:
    """Draw the flow picture below the fold, closed until somebody asks for it."""
    if data.query(FLOW) is None:
        return
    flow = st.expander("Where visits come from and where they end", on_change="rerun")
    if not flow.open:
        return
    with flow:
        answer = data.answer(FLOW, scope)
        body(FLOW, answer, scope)
        downloads.draw(FLOW, answer, scope, "flow")
