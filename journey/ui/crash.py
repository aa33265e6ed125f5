"""What a reader sees where a page fails in a way nobody foresaw."""

from __future__ import annotations

import logging

import streamlit as st

from journey import incident

LOG = logging.getLogger(__name__)


def tell(error: Exception) -> bool:
    """Draw that the page failed, with the number under which the log says why.

    Returns True, so that Streamlit draws nothing of its own beside it.
    """
    reference = incident.note(LOG, error, "a page failed")
    st.error(
        f"This part of the page failed. Reload it; if it fails again, give whoever runs "
        f"this app the reference **{reference}**, which stands in its log.",
        icon=":material/error:",
    )
    return True
