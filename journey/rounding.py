"""Rounding as people do it."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal


def rounded(value: float, digits: int) -> Decimal:
    """Return the value as people round it, half away from zero, never minus zero."""
    step = Decimal(1).scaleb(-digits)
    found = Decimal(repr(float(value))).quantize(step, ROUND_HALF_UP)
    return abs(found) if found == 0 else found


def coarse(value: float) -> float:
    """Return the value with two figures that matter: 19,873 is 20,000."""
    if not value:
        return 0.0
    return float(round(value, 1 - math.floor(math.log10(abs(value)))))
