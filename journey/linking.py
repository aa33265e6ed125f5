"""A link to a page, made on the command line: for wikis, chats and mails of programs."""

from __future__ import annotations

import argparse
import datetime as dt
from dataclasses import replace

from journey import address, commands, scope as scopes
from journey.answer import Period
from journey.figures.published import figures
from journey.home import home
from journey.problem import Misuse, Problem, near

PAGES = ("journey", *address.STAGES, "drop-offs", "segments", "queries", "data")
HERE = "http://localhost:8501"
"""Where `journey run` opens the app; `url` in journey.toml says where it is for others."""


def link(options: argparse.Namespace) -> str:
    """Return the address of a page with days, comparison and filters, short where they
    are the usual ones. Raises Misuse for what the page would have to leave out."""
    if options.page not in PAGES:
        raise Misuse(
            Problem("link", f"no page {options.page}", near(options.page, PAGES),
                    "name a page as it stands in its address")
        )  # fmt: skip
    usual = figures(home(), None)
    default, last = usual.scope, usual.scope.period.last
    days = options.days or default.period.days
    period = Period(last - dt.timedelta(days - 1), last)
    asked = replace(default, period=period, comparison=period.before())
    scope = scopes.parse(commands.parameters(options), asked, usual.settings.calendar)
    commands.refuse_unknown(usual, options)
    params = scopes.format(scope, asked)
    if scope.period == period and days != default.period.days:
        params["days"] = [str(days)]
    return address.link(usual.settings.url or HERE, options.page, params)
