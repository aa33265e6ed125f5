"""What GA4 says beside its figures: thresholds, samples, "(other)", truncation, quota."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from connectors.ga4.decoding import NOT_SET, OTHER, share_of
from connectors.ga4.fields import Ask, Remark

LOW = 0.2
"""Share of a quota under which a run ends early."""
QUOTAS = {
    "tokens_per_day": 200_000, "tokens_per_hour": 40_000,
    "tokens_per_project_per_hour": 14_000, "server_errors_per_project_per_hour": 10,
    "potentially_thresholded_requests_per_hour": 120,
}  # fmt: skip
"""What a standard property has; one of Analytics 360 has ten times as much."""
MUCH_NOT_SET = 0.05
"""Share of sessions without a value from which on it is worth a remark."""


class Quota:
    """Watches what is left of a property's quotas."""

    def __init__(self) -> None:
        self._large: set[str] = set()
        self.low = ""
        """Which quota is nearly used up, in words; empty while none is."""

    def watch(self, answer: Any) -> None:
        if not answer.HasField("property_quota"):
            return
        for name, most in QUOTAS.items():
            if not answer.property_quota.HasField(name):
                continue
            left = getattr(answer.property_quota, name).remaining
            if left > most:
                self._large.add(name)
            limit = most * (10 if name in self._large else 1)
            if left < LOW * limit:
                words = name.replace("_", " ")
                self.low = f"{left:,} of {limit:,} {words} are left"


def of_metadata(answer: Any, ask: Ask) -> Iterator[Remark]:
    """Yield what the answer says of itself.

    Presence is asked for, not truth: unsaid is not the same as no.
    """
    said = answer.metadata
    if said.data_loss_from_other_row:
        yield Remark("other_row", ask.report)
    if said.HasField("subject_to_thresholding") and said.subject_to_thresholding:
        yield Remark("thresholded", ask.report)
    for sample in said.sampling_metadatas:
        space = sample.sampling_space_size
        share = 1 - sample.samples_read_count / space if space else None
        yield Remark("sampled", ask.report, value=share)
    for reason in said.data_truncation_reasons:
        yield Remark("truncated", ask.report, _truncation(reason))
    if said.HasField("empty_reason") and said.empty_reason:
        yield Remark("empty_report", ask.report, said.empty_reason)
    if hidden := restricted(answer):
        yield Remark("metrics_restricted", ask.report, ", ".join(sorted(hidden)))


def of_rows(frame: pl.DataFrame, ask: Ask) -> Iterator[Remark]:
    """Yield how much of the report GA4 rolled together or could not name."""
    columns = [column for _, column in ask.dimensions]
    if (share := share_of(frame, OTHER, columns)) is not None:
        yield Remark("other_row", ask.report, value=share)
    for column in columns:
        share = share_of(frame, NOT_SET, [column])
        if share is not None and share >= MUCH_NOT_SET and "sessions" in frame.columns:
            yield Remark("not_set", ask.report, column.replace("_", " "), share)


def restricted(answer: Any) -> set[str]:
    """Return the metrics that this answer hides behind zeros."""
    if not answer.metadata.HasField("schema_restriction_response"):
        return set()
    items = answer.metadata.schema_restriction_response.active_metric_restrictions
    return {item.metric_name for item in items}


def is_sampled(answer: Any) -> bool:
    return bool(answer.metadata.sampling_metadatas)


def _truncation(reason: Any) -> str:
    if reason.data_truncation_message:
        return str(reason.data_truncation_message)
    if reason.data_truncation_date:
        return f"nothing before {reason.data_truncation_date}"
    ranges = [f"{r.start_date} to {r.end_date}" for r in reason.data_truncation_date_ranges]
    return ", ".join(ranges) or "part of the days"


def combined(remarks: Iterable[Remark]) -> dict[str, tuple[float | None, dict[str, str]]]:
    """Return flag -> value and detail: one remark of a kind for all reports together."""
    found: dict[str, list[Remark]] = {}
    for remark in remarks:
        found.setdefault(remark.flag, []).append(remark)
    told = {}
    for flag, same in found.items():
        values = [item.value for item in same if item.value is not None]
        detail = {"reports": ", ".join(dict.fromkeys(item.report for item in same))}
        if words := "; ".join(dict.fromkeys(item.words for item in same if item.words)):
            detail["what"] = words
        told[flag] = (max(values) if values else None, detail)
    return told
