"""Times: the unit that each is told in, and where an axis of them has its lines."""

from __future__ import annotations

import math

MINUTES = {"seconds": 1 / 60, "minutes": 1.0, "hours": 60.0}
"""Units of times that are told by their size, and the minutes each has."""
TOLD = (("days", 1440.0, 48 * 60.0), ("h", 60.0, 90.0), ("min", 1.0, 1.0))
"""What a time is told in: its name, its minutes, and from how many minutes on."""
STEPS = (
    1 / 12,
    1 / 6,
    1 / 2,
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    180,
    360,
    720,
    1440,
    2880,
    7200,
)
"""Minutes between the lines of an axis."""
LINES = 4
"""Steps between the lines of an axis, at most."""
NEAR = 0.05
"""Part of the longest time below which a scale begins at nothing."""


def told_in(minutes: float) -> tuple[str, float]:
    """Return the unit that reads best for so many minutes, and the minutes it has."""
    for name, size, least in TOLD:
        if abs(minutes) >= least:
            return name, size
    return "s", 1 / 60


def lines(unit: str, smallest: float, largest: float) -> list[float]:
    """Return where an axis of times in `unit` has its lines; none for very long times."""
    per = MINUTES[unit]
    low, high = smallest * per, largest * per
    step = next((s for s in STEPS if (high - low) / s <= LINES), None)
    if step is None:
        return []
    if 0 < low < NEAR * high:
        low = 0.0
    first, last = math.ceil(low / step), math.floor(high / step)
    return [number * step / per for number in range(first, last + 1)]
