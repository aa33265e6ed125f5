"""Canonical rows from Klaviyo's events and reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connectors.klaviyo.calls import (
    Account,
    Campaign,
    Metric,
    own_metrics,
    profile_of,
    within,
)
from journey.connector import moment

OPEN_DAYS = 30
"""Days after sending in which the figures of a campaign still move."""
CHANNELS = {
    "email": "Email", "sms": "SMS", "mobile_push": "Mobile Push Notifications",
    "push-notification": "Mobile Push Notifications", "whatsapp": "WhatsApp",
}  # fmt: skip
MESSAGES = {
    "Received Email": ("email", "delivered"),
    "Opened Email": ("email", "opened"),
    "Clicked Email": ("email", "clicked"),
    "Bounced Email": ("email", "bounced"),
    "Dropped Email": ("email", "dropped"),
    "Marked Email as Spam": ("email", "spam"),
    "Unsubscribed from Email Marketing": ("email", "unsubscribed"),
    "Unsubscribed": ("email", "unsubscribed"),
    "Received SMS": ("sms", "delivered"),
    "Clicked SMS": ("sms", "clicked"),
    "Failed to Deliver SMS": ("sms", "bounced"),
    "Unsubscribed from SMS Marketing": ("sms", "unsubscribed"),
    "Received Push": ("push", "delivered"),
    "Opened Push": ("push", "opened"),
    "Bounced Push": ("push", "bounced"),
}
"""Channel and event by name of the metric. "Sent SMS" is what a customer sends."""
CONSENTS = {
    "Subscribed to Email Marketing": ("email", "subscribed"),
    "Unsubscribed from Email Marketing": ("email", "unsubscribed"),
    "Subscribed to SMS Marketing": ("sms", "subscribed"),
    "Unsubscribed from SMS Marketing": ("sms", "unsubscribed"),
}
LISTS = {
    "Subscribed to List": ("email", "added_to_list"),
    "Unsubscribed from List": ("email", "removed_from_list"),
}
OLD_LISTS = {
    "Subscribed to List": ("email", "subscribed"),
    "Unsubscribed from List": ("email", "unsubscribed"),
    "Unsubscribed": ("email", "unsubscribed"),
}
"""Accounts that have no metrics of consent tell it by their lists alone."""
BY_MACHINE = "machine_open"
"""No word that begins with "open": mail programs fetch pictures nobody looks at."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Stream:
    """One metric that is read, and what its events are."""

    metric: str
    channel: str
    kind: str


@dataclass(frozen=True)
class Names:
    """What campaigns and flows are called."""

    campaigns: Mapping[str, Campaign]
    messages: Mapping[str, Campaign]
    flows: Mapping[str, str]


def message_streams(known: Sequence[Metric]) -> list[Stream]:
    return _streams(known, MESSAGES)


def subscription_streams(known: Sequence[Metric]) -> list[Stream]:
    """Return the metrics of consent; being put on a list as well is no second consent."""
    consents = _streams(known, CONSENTS)
    return consents + _streams(known, LISTS if consents else OLD_LISTS)


def message_row(stream: Stream, event: Row, person: Row, names: Names) -> Row | None:
    """Return one event of a message; None where no message brought it about.

    The message is told apart by whom it went to and by when it was sent out, so that a
    flow that writes to the same person twice has sent two.
    """
    told = _properties(event)
    number = str(told.get("$message") or "")
    if not number:
        return None
    profile, flow = profile_of(event), str(told.get("$flow") or "")
    sending = str(told.get("$_cohort$message_send_cohort") or number)
    campaign = names.messages.get(number)
    label = _label(campaign) if campaign else told.get("Campaign Name")
    opened = stream.kind == "opened" and told.get("machine_open") is True
    return {
        "message_id": f"{sending}:{profile}",
        "campaign_id": campaign.id if campaign else flow or number,
        "campaign_name": names.flows.get(flow, label) if flow else label,
        "flow": names.flows.get(flow, flow) if flow else None,
        "email": person.get("email"), "phone": person.get("phone_number"),
        "customer_id": profile or None, "channel": stream.channel,
        "event": BY_MACHINE if opened else stream.kind, "happened_at": moment_of(event),
    }  # fmt: skip


def subscription_row(stream: Stream, event: Row, person: Row) -> Row:
    """Return one change of a subscription."""
    told = _properties(event)
    at = moment_of(event)
    return {
        "event_id": str(event["id"]), "email": person.get("email"),
        "phone": person.get("phone_number"), "customer_id": profile_of(event) or None,
        "list": told.get("List"), "kind": stream.kind, "channel": stream.channel,
        "happened_at": at, "updated_at": at,
    }  # fmt: skip


def moment_of(event: Row) -> str:
    """Return when an event happened, in UTC, so that texts sort as times do."""
    at = moment(str(within(event, "attributes").get("datetime")))
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True)
class Report:
    """What the rows of one report have in common."""

    names: Names
    account: Account
    attribution: str
    days: tuple[dt.date, dt.date]
    today: dt.date

    def campaign_rows(self, value: Row) -> list[Row]:
        """Return the row of a campaign and channel, on the day it was sent."""
        groups = value["groupings"]
        if not groups["campaign_id"]:
            raise KeyError("campaign_id")
        campaign = self.names.campaigns.get(groups["campaign_id"])
        if campaign is None:
            return []
        day = _sent_on(campaign, self.account)
        if not self._holds(day):
            return []
        return [{
            **self._frame(day, groups), "campaign_id": campaign.id,
            "campaign_name": campaign.name, "utm_campaign": campaign.utm,
            **_sums(value["statistics"]),
        }]  # fmt: skip

    def flow_rows(self, series: Row) -> list[Row]:
        """Return one row of a flow for each channel and day of sending with any figure."""
        found: list[Row] = []
        groups, lists = series["groupings"], series["statistics"]
        flow = groups["flow_id"]
        for place, day in enumerate(_days(series["date_times"], self.days)):
            told = {name: part[place] for name, part in lists.items() if place < len(part)}
            if self._holds(day) and any(told.values()):
                found.append({
                    **self._frame(day, groups), "campaign_id": flow,
                    "campaign_name": self.names.flows.get(flow, flow),
                    "utm_campaign": None, **_sums(told),
                })  # fmt: skip
        return found

    def _holds(self, day: dt.date) -> bool:
        return self.days[0] <= day <= self.days[1]

    def _frame(self, day: dt.date, groups: Row) -> Row:
        told = str(groups.get("send_channel") or "email")
        return {
            "platform": "klaviyo", "channel": CHANNELS.get(told, told), "date": day,
            "time_zone": self.account.time_zone, "currency": self.account.currency,
            "attribution": self.attribution,
            "is_final": day < self.today - dt.timedelta(OPEN_DAYS),
        }  # fmt: skip


def _streams(
    known: Sequence[Metric], wanted: Mapping[str, tuple[str, str]]
) -> list[Stream]:
    return [
        Stream(metric, channel, kind)
        for name, (channel, kind) in wanted.items()
        for metric in own_metrics(known, name)
    ]


def _properties(event: Row) -> Row:
    found = event["attributes"]["event_properties"]
    if not isinstance(found, dict):
        raise KeyError("event_properties")
    return found


def _label(campaign: Campaign) -> str:
    """Return what the campaign is called beside its figures by day."""
    return campaign.utm or campaign.name


def _sums(told: Row) -> Row:
    """Return people, not clicks or opens of the same one again."""

    def whole(name: str) -> int | None:
        return None if told.get(name) is None else round(told[name])

    return {
        "sent": whole("recipients"), "delivered": whole("delivered"),
        "opens": whole("opens_unique"), "clicks": whole("clicks_unique"),
        "unsubscribes": whole("unsubscribe_uniques"),
        "platform_conversions": float(told.get("conversions") or 0),
        "platform_revenue": _money(told.get("conversion_value") or 0),
    }  # fmt: skip


def together(rows: Sequence[Row]) -> list[Row]:
    """Return one row for each campaign, channel and day: variants and messages add up."""
    added = (
        "sent", "delivered", "opens", "clicks", "unsubscribes", "platform_conversions",
        "platform_revenue",
    )  # fmt: skip
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = (row["date"], row["campaign_id"], row["channel"])
        whole = found.get(key)
        if whole is None:
            found[key] = dict(row)
            continue
        for name in added:
            values = [one[name] for one in (whole, row) if one[name] is not None]
            whole[name] = sum(values[1:], values[0]) if values else None
    return list(found.values())


def _sent_on(campaign: Campaign, account: Account) -> dt.date:
    if not campaign.sent_at:
        raise KeyError("send_time")
    return moment(campaign.sent_at).astimezone(account.zone).date()


def _days(times: Sequence[str], days: tuple[dt.date, dt.date]) -> list[dt.date]:
    """Return the day of each place of a series, whatever zone its labels are written in."""
    if len(times) == (days[1] - days[0]).days + 1:
        return [days[0] + dt.timedelta(place) for place in range(len(times))]
    return [dt.date.fromisoformat(str(time)[:10]) for time in times]


def _money(value: float | str) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.0001"))
