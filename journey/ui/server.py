"""What happens once, when the server starts, before the first visitor comes."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from journey import data, disk
from journey.ui import lighter, ready, warmth
from journey.ui.crowd import Crowd
from journey.ui.doorway import Doorway
from journey.ui.headers import Headers, base_path
from journey.ui.navigation import ENTRIES
from journey.ui.shorter import Shorter

LOG = logging.getLogger(__name__)
LAST_WORDS = 5
"""Seconds that requests have to come to their end when the server is stopped."""
LARGEST = 4 * 1024 * 1024
"""Bytes of a message from a browser: twice what its widgets may hold."""


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
    disk.move_in(data.home())
    lighter.begin()
    _harden()
    threading.Thread(target=warmth.keep, daemon=True, name="warm-up").start()
    yield {}


async def _home(request: Request) -> RedirectResponse:
    """The default page answers at / only; its own name leads there, filters kept."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{request.scope.get('root_path', '')}{base_path()}/{query}")


MIDDLEWARE = (
    Middleware(Headers), Middleware(Crowd), Middleware(Shorter), Middleware(Doorway),
)  # fmt: skip
ROUTES = (
    Route(f"{base_path()}/{ENTRIES[0].url_path}", _home),
    Route(f"{base_path()}{ready.PATH}", ready.answer),
)


def _harden() -> None:
    """Send no name of the server, take no huge message, and end within seconds when asked.

    Streamlit passes none of it on to uvicorn; its server is who hears the signal to end.
    """
    running = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if isinstance(running, uvicorn.Server):
        running.config.encoded_headers = []
        running.config.ws_max_size = LARGEST
        running.config.timeout_graceful_shutdown = LAST_WORDS
