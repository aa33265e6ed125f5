"""The Journey page: sentence, map, worth fixing first, in hand, foot line."""

from __future__ import annotations

import streamlit as st

from journey import charts, data
from journey.charts import Look, Spec
from journey.scope import Scope
from journey.ui import actions, component, problems
from journey.ui.journey_view import JourneyView, view
from journey.ui.navigation import entry

LEAK_ACTIONS = (("see_who", "See who"), ("follow_up", "Follow up"))
HINGE = "visits end here, customers begin"
FLOW = "awareness/flow"


def journey(scope: Scope) -> None:
    """Draw the whole page below its head."""
    figures, found = data.Figures(scope), data.findings(scope)
    shown = view(figures, found, dict(data.settings().targets), data.home())
    with st.container(key="journey"):
        with st.container(key="sentence"):
            st.markdown(problems.plain(shown.sentence))
        with st.container(key="map"):
            _map(shown)
        with st.container(key="lists"):
            _lists(shown, scope)
        with st.container(key="foot"):
            st.markdown(problems.plain(shown.foot))
            _flow(scope)


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
    if opened:
        st.switch_page(entry(opened).file, query_params={})


def _lists(shown: JourneyView, scope: Scope) -> None:
    left, right = st.columns([3, 2])
    with left, st.container(border=True, key="card_leaks", height="stretch"):
        act = component.rows(
            {
                "title": "Worth fixing first",
                "rows": [r.as_data(LEAK_ACTIONS) for r in shown.leaks],
                "empty": "Nothing got worse beyond its usual swing. What is always low stands "
                "under Drop-offs.",
            },
            "leaks",
        )
    with right, st.container(border=True, key="card_hand", height="stretch"):
        done = component.rows(
            {
                "title": "In hand",
                "rows": [r.as_data((("close", "Done"),)) for r in shown.in_hand],
                "empty": "Nothing followed up yet. Choose a leak on the left.",
            },
            "in_hand",
        )
    if act:
        actions.leak(*act, scope)
    if done:
        actions.close(done[1])


def _flow(scope: Scope) -> None:
    """Draw the flow picture below the fold, closed until somebody asks for it."""
    if data.query(FLOW) is None:
        return
    flow = st.expander("Where visits come from and where they end", on_change="rerun")
    if not flow.open:
        return

    def draw(look: Look) -> Spec | None:
        frame = data.answer(FLOW, scope).frame
        if frame is None:
            return None
        links = [(str(a), str(b), float(n)) for a, b, n in frame.iter_rows()]
        return charts.flow(links, look)

    with flow:
        drawn = data.spec("flow", FLOW, scope, draw)
        if drawn is None:
            st.caption("No visits in these days and segments.")
        else:
            st.vega_lite_chart(drawn, theme=None, key="chart_flow")
