"""Pages on a screen on a wall: one after the other, as long as the address says so."""

from __future__ import annotations

import time

import streamlit as st

from journey import shares
from journey.ui import address, visit
from journey.ui.navigation import ENTRIES, Entry

KEY = "turn"
"""Name in the address: seconds after which a page turns."""
FASTEST, SLOWEST = 10, 3600
BEGUN = "turning_begun"
"""In the session: the page that is shown, and since when."""
EARLY = 0.5
"""Share of the seconds before which a tick is one of another run of the page."""


def begin() -> None:
    """Turn the page after the seconds of the address, where it is presented."""
    seconds = _seconds()
    if not (seconds and st.context.is_embedded) or visit.is_one():
        return
    page = address.page()
    if st.session_state.get(BEGUN, ("", 0.0))[0] != page:
        st.session_state[BEGUN] = page, time.monotonic()

    @st.fragment(run_every=seconds, key="turning")
    def look() -> None:
        with st.container(key="turning_watch"):
            st.empty()
        _, since = st.session_state[BEGUN]
        if time.monotonic() - since > seconds * EARLY:
            st.switch_page(_next(page).file, query_params={KEY: str(seconds)})

    look()


def _seconds() -> int:
    """Return after how many seconds to turn; 0 for never."""
    held = address.held(KEY)[-1:]
    if not held:
        return 0
    text = held[0]
    is_number = text.isascii() and text.isdigit() and len(text) < 5
    if is_number and FASTEST <= int(text) <= SLOWEST:
        return int(text)
    address.misread(
        f"Pages turn after {FASTEST} to {SLOWEST} seconds, not {address.named([text])}."
    )
    address.tell(KEY)
    return 0


def _next(page: str) -> Entry:
    """Return the page after this one, in the order of the menu."""
    turned = [one for one in ENTRIES if one.url_path not in shares.CLOSED]
    at = next((n for n, one in enumerate(turned) if one.url_path == page), -1)
    return turned[(at + 1) % len(turned)]
