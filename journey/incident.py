"""What nobody foresaw: told to readers by a number that stands in the log."""

from __future__ import annotations

import logging
import secrets


def note(log: logging.Logger, error: BaseException, what: str) -> str:
    """Write an error with its traceback to the log; return the number it stands under.

    Readers get the number alone: a message may quote rows, paths or SQL.
    """
    reference = secrets.token_hex(4).upper()
    log.error("%s (reference %s)", what, reference, exc_info=error)
    return reference
