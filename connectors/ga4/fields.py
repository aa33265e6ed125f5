"""Which fields a property knows, may see, and lets stand together in one report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from google.analytics.data_v1beta import types

from connectors.ga4.client import Client
from connectors.ga4.reports import Field, Report
from connectors.ga4.retries import Incompatible, Unknown
from journey.connector import JourneyError, Problem

MOST_DIMENSIONS, MOST_METRICS = 9, 10


@dataclass(frozen=True)
class Ask:
    """One request: a report, or a part of one whose fields cannot stand together."""

    report: str
    table: str
    dimensions: tuple[tuple[str, str], ...]
    """API name and canonical column."""
    metrics: tuple[tuple[str, str], ...]
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class Remark:
    """Something to know beside the figures of a report."""

    flag: str
    report: str
    words: str = ""
    value: float | None = None


@dataclass
class Plan:
    """All requests for a stretch of days, and what is lacking in them."""

    asks: list[Ask] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


class Fields:
    """The fields of a property, as get_metadata tells them."""

    def __init__(self, client: Client) -> None:
        self._client = client
        try:
            known = client.get_metadata(
                types.GetMetadataRequest(name=f"{client.name}/metadata")
            )
        except Unknown:
            known = types.Metadata()
        self._dimensions = _names(known.dimensions)
        self._metrics = _names(known.metrics)
        self.blocked = {
            metric.api_name: ", ".join(reason.name for reason in metric.blocked_reasons)
            for metric in known.metrics
            if metric.blocked_reasons
        }

    def plan(self, reports: Iterable[Report]) -> Plan:
        """Return the requests that give the reports.

        Raises JourneyError when a report's day, or all of what it counts, is unknown.
        """
        plan = Plan()
        for report in reports:
            self._add(report, plan)
        return plan

    def _add(self, report: Report, plan: Plan) -> None:
        dimensions = self._known(report, report.dimensions, self._dimensions, plan)
        if len(dimensions) < report.fixed or (
            report.fixed
            and [column for _, column in dimensions[: report.fixed]]
            != [field.column for field in report.dimensions[: report.fixed]]
        ):
            plan.remarks.append(Remark("report_unavailable", report.name))
            return
        metrics = self._known(report, report.metrics, self._metrics, plan)
        open_ = tuple(item for item in metrics if item[0] not in self.blocked)
        if shut := [name for name, _ in metrics if name in self.blocked]:
            reasons = sorted({self.blocked[name] for name in shut})
            words = f"{', '.join(shut)} ({', '.join(reasons)})"
            plan.remarks.append(Remark("metrics_blocked", report.name, words))
        if open_:
            self._split(report, dimensions, open_, plan)

    def _known(
        self,
        report: Report,
        asked: Sequence[Field],
        known: dict[str, str],
        plan: Plan,
    ) -> tuple[tuple[str, str], ...]:
        """Return API name and column of those that exist, under today's names."""
        found = []
        for item in asked:
            names = [known[name] for name in (item.name, *item.others) if name in known]
            if names or not known:
                found.append((names[0] if names else item.name, item.column))
            else:
                plan.remarks.append(Remark("field_missing", report.name, item.name))
        return tuple(found)

    def _split(
        self,
        report: Report,
        dimensions: tuple[tuple[str, str], ...],
        metrics: tuple[tuple[str, str], ...],
        plan: Plan,
    ) -> None:
        """Ask for all at once, or, where that cannot be, for parts that can."""
        whole = Ask(report.name, report.table, dimensions, metrics, report.events)
        if self._fits(whole):
            plan.asks.append(whole)
            return
        plan.remarks.append(Remark("report_split", report.name))
        groups: list[Ask] = []
        for metric in metrics:
            self._place(report, dimensions, metric, groups, plan)
        plan.asks += groups
        plan.asks += self._beside(report, dimensions, groups)

    def _place(
        self,
        report: Report,
        dimensions: tuple[tuple[str, str], ...],
        metric: tuple[str, str],
        groups: list[Ask],
        plan: Plan,
    ) -> None:
        """Add the metric to a request it fits into, else to one of its own."""
        chosen = dimensions[: report.fixed]
        for item in dimensions[report.fixed :]:
            wider = (*chosen, item)
            if self._fits(_part(report, wider, (metric,))):
                chosen = wider
        for number, group in enumerate(groups):
            wider_group = _part(report, chosen, (*group.metrics, metric))
            if group.dimensions == chosen and self._fits(wider_group):
                groups[number] = wider_group
                return
        alone = _part(report, chosen, (metric,))
        if self._fits(alone):
            groups.append(alone)
        else:
            plan.remarks.append(Remark("field_incompatible", report.name, metric[0]))

    def _beside(
        self, report: Report, dimensions: tuple[tuple[str, str], ...], groups: list[Ask]
    ) -> list[Ask]:
        """Return reports of their own for the dimensions that did not fit in."""
        beside = []
        for group in groups:
            for item in dimensions:
                if item in group.dimensions:
                    continue
                base = group.dimensions[: report.fixed]
                name = f"{report.name} by {item[1]}"
                extra = Ask(name, report.table, (*base, item), group.metrics, report.events)
                if report.table == "web_daily" and self._fits(extra):
                    beside.append(extra)
        return beside

    def _fits(self, ask: Ask) -> bool:
        """Return whether GA4 lets these fields stand together; it raises where not."""
        if len(ask.dimensions) > MOST_DIMENSIONS or len(ask.metrics) > MOST_METRICS:
            return False
        request = types.CheckCompatibilityRequest(
            property=self._client.name,
            dimensions=[types.Dimension(name=name) for name, _ in ask.dimensions],
            metrics=[types.Metric(name=name) for name, _ in ask.metrics],
            dimension_filter=only_events(ask.events),
            compatibility_filter=types.Compatibility.INCOMPATIBLE,
        )
        try:
            answer = self._client.check_compatibility(request)
        except Incompatible:
            return False
        except Unknown:
            return True
        bad = types.Compatibility.INCOMPATIBLE
        told = {
            item.dimension_metadata.api_name
            for item in answer.dimension_compatibilities
            if item.compatibility == bad
        } | {
            item.metric_metadata.api_name
            for item in answer.metric_compatibilities
            if item.compatibility == bad
        }
        return not told & {name for name, _ in (*ask.dimensions, *ask.metrics)}


def only_events(events: Sequence[str]) -> Any:
    """Return the filter that leaves rows of these event names; None for all."""
    if not events:
        return None
    values = types.Filter.InListFilter(values=list(events))
    return types.FilterExpression(
        filter=types.Filter(field_name="eventName", in_list_filter=values)
    )


def _part(
    report: Report,
    dimensions: tuple[tuple[str, str], ...],
    metrics: tuple[tuple[str, str], ...],
) -> Ask:
    return Ask(report.name, report.table, dimensions, metrics, report.events)


def _names(items: Iterable[Any]) -> dict[str, str]:
    """Return every name a field may be called by, and the one it has today."""
    names: dict[str, str] = {}
    for item in items:
        for old in item.deprecated_api_names:
            names.setdefault(old, item.api_name)
        names[item.api_name] = item.api_name
    return names


def nothing_to_ask(where: str, plan: Plan) -> JourneyError:
    """Return the problem of a property that knows none of what is asked."""
    lacking = ", ".join(sorted({item.words for item in plan.remarks if item.words}))
    return JourneyError(
        Problem(
            where, f"GA4 does not know or let see: {lacking or 'any of the reports'}",
            "the fields of docs/connecting-ga4.md",
            "run doctor; the Data API may have changed",
        )
    )  # fmt: skip
