"""Random numbers of the sample shop: one stream per question, repeatable."""

from __future__ import annotations

import numpy as np

from connectors.sample.calendar import Array

BLOCK = 25
"""So many neighbours in time get evenly spread numbers."""
SPREAD = 7919
"""Makes a second number of a uniform one."""


def draw(seed: int, stream: int, size: int) -> Array:
    """Return `size` uniform numbers of one stream; a longer draw begins alike."""
    return np.random.default_rng([seed, stream]).random(size)


def even_out(pick: Array, group: Array, size_of_block: int = BLOCK) -> Array:
    """Return uniform numbers that lie evenly within each group, block by block.

    A documented share then shows up in any period of a group instead of
    drowning in the luck of a few hundred draws.
    """
    size = len(pick)
    order = np.argsort(group, kind="stable")
    sizes = np.unique(group, return_counts=True)[1]
    turn = np.arange(size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    block = np.empty(size, np.int64)
    block[order] = turn // size_of_block
    ranked = np.lexsort((pick, block, group))
    starts = np.ones(size, bool)
    same = np.diff(group[ranked]) != 0
    starts[1:] = same | (np.diff(block[ranked]) != 0)
    number = np.cumsum(starts) - 1
    first = np.flatnonzero(starts)
    length = np.diff(np.append(first, size))
    within = np.arange(size) - first[number] + (pick[ranked] * SPREAD) % 1
    result = np.empty(size)
    result[ranked] = within / length[number]
    return result
