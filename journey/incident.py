"""What nobody foresaw: told to readers by a number that stands in the log."""

from __future__ import annotations

import logging
import secrets

from journey.problem import Problem


def note(log: logging.Logger, error: BaseException, what: str) -> str:
    """Write an error with its traceback to the log; return the number it stands under.

    Readers get the number alone: a message may quote rows, paths or SQL.
    """
    reference = secrets.token_hex(4).upper()
    log.error("%s (reference %s)", what, reference, exc_info=error)
    return reference


def told(where: str, reference: str) -> Problem:
    """Return what a reader is told of a query file that failed so."""
    return Problem(
        where,
        f"it failed in a way nobody foresaw (reference {reference})",
        "an answer",
        "look for the reference in the app's log; the other figures are not touched by it",
    )
