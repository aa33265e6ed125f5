"""What happens once, when the server starts, before the first visitor comes."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from journey import data
from journey.ui import filters
from journey.ui.journey_view import view
from journey.ui.navigation import ENTRIES
from journey.ui.page import last_day

LOG = logging.getLogger(__name__)


def is_drawing() -> bool:
    """Whether this run draws a page for a visitor, or starts the server."""
    return get_script_run_ctx(suppress_warning=True) is not None


@contextlib.asynccontextmanager
async def start(app: object) -> AsyncIterator[dict[str, Any]]:
    """Make deep links work from the first visit on, and read what most visits need.

    Streamlit takes a folder named pages for its older kind of app until app.py has
    run once: the first deep link would say "Page not found".
    """
    PagesManager.uses_pages_directory = False
    threading.Thread(target=_warm, daemon=True, name="warm-up").start()
    yield {}


async def _home(request: Request) -> RedirectResponse:
    """The default page answers at / only; its own name leads there, filters kept."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{request.scope.get('root_path', '')}/{query}")


ROUTES = (Route(f"/{ENTRIES[0].url_path}", _home),)


def _warm() -> None:
    """Answer the questions of the Journey page once, so that they are in the cache."""
    try:
        through = last_day()
        if through is None:
            return
        scope = filters.untouched(through)
        figures = data.Figures(scope)
        view(figures, data.findings(scope), data.settings().targets, data.home())
    except Exception:  # a cold start is slower, not wrong
        LOG.warning("the app starts cold", exc_info=True)
