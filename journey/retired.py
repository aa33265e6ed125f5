"""Published files that are not shown any more, taken away before their time."""

from __future__ import annotations

from journey import disk
from journey.home import Home
from journey.warehouse import current, is_sample, snapshots


def drop_older(home: Home) -> int:
    """Delete every snapshot but the current one; return how many that were."""
    now = current(home)
    older = [s for s in snapshots(home) if now is not None and s != now]
    for snapshot in older:
        disk.remove(snapshot.path)
    return len(older)


def drop_samples(home: Home) -> None:
    """Delete the sample shop's older snapshots: a rollback must not bring it back."""
    for snapshot in snapshots(home):
        if snapshot != current(home) and is_sample(snapshot.path):
            disk.remove(snapshot.path)
