"""Why a question has no answer here: what is not connected, what carries no such column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from journey.query import told
from journey.query.catalog import Catalog, Reader
from journey.query.file import Query
from journey.query.text import Text
from journey.query.view import OPEN
from journey.scope import NOT_SET, Scope

NAMES: Mapping[str, str] = {
    "traffic": "visits", "sessions": "visits", "session_steps": "visits",
    "acquisition": "sources of visits", "landing_pages": "landing pages",
    "stopped_visits": "visits", "leavers": "customers who did not go on",
    "asked_visits": "visits that asked", "questions": "questions before buying",
    "orders": "orders", "order_lines": "order lines", "refunds": "refunds",
    "customers": "customers", "payments": "payment attempts", "checkouts": "checkouts",
    "tickets": "tickets", "feedback": "answers to surveys", "messages": "newsletters",
    "loyalty": "loyalty events", "campaigns": "campaigns", "costs": "costs",
    "product_days": "product views", "touches": "touches",
    "stage_entries": "stage entries", "coverage": "coverage figures",
    "quality": "quality flags", "remarks": "quality flags",
    "freshness": "facts about tables",
    "snapshot": "facts about the published file",
    "order_status_counts": "order statuses", "order_numbers": "order numbers",
    "order_amounts": "amounts of orders", "refund_amounts": "amounts of refunds",
    "tiers": "tiers of customers",
    "subscriptions": "sign-ups", "contact_effort": "contacts",
    "web_purchases": "reported purchases", "landed_tables": "facts about tables",
    "returns": "returns", "mailed_people": "people who get messages",
    "visitor_periods": "visitors of whole periods", "identity": "matches of people",
}  # fmt: skip
"""What the rows of a mart are called in a sentence."""

SOURCES: Mapping[str, str] = {
    "traffic": "web analytics", "sessions": "single visits of web analytics",
    "session_steps": "single visits of web analytics", "product_days": "web analytics",
    "acquisition": "web analytics", "landing_pages": "web analytics",
    "stopped_visits": "single visits of web analytics", "leavers": "your shop",
    "asked_visits": "single visits of web analytics",
    "orders": "your shop", "order_lines": "the lines of your orders",
    "refunds": "the refunds of your shop",
    "customers": "your shop", "payments": "your payments",
    "checkouts": "the checkouts of your shop",
    "tickets": "your helpdesk", "questions": "your helpdesk",
    "feedback": "your surveys or reviews",
    "messages": "your newsletters", "loyalty": "your loyalty programme",
    "campaigns": "your campaigns", "costs": "your campaigns",
    "coverage": "your shop", "order_status_counts": "your shop",
    "order_numbers": "your shop", "subscriptions": "your newsletter sign-ups",
    "order_amounts": "your shop", "refund_amounts": "your shop", "tiers": "your shop",
    "contact_effort": "your helpdesk", "web_purchases": "web analytics",
    "stage_entries": "web analytics or your shop", "returns": "the returns of your shop",
    "mailed_people": "your newsletters",
    "visitor_periods": "visitor numbers of web reports",
    "identity": "web analytics or your shop",
}  # fmt: skip
"""What to connect so that a mart has rows."""

PART_OF: Mapping[str, str] = {
    "order_lines": "orders", "refunds": "orders", "payments": "orders",
    "checkouts": "orders", "returns": "orders", "visitor_periods": "traffic",
}  # fmt: skip
"""Marts that a connected source may leave empty, and the one it never does."""

NEEDS: Mapping[str, str] = {
    "fulfillment": "delivery dates", "return_case": "returns", "refund": "refunds",
    "payment_attempt": "payment attempts", "checkout": "checkouts",
    "ticket": "tickets", "ticket_event": "the history of tickets",
    "conversation": "calls and bot chats", "feedback": "surveys or reviews",
    "campaign_daily": "campaign costs", "message": "newsletters",
    "loyalty_event": "loyalty or referral events", "sales_order": "orders",
    "order_line": "order lines", "session": "visits", "web_event": "web analytics",
    "web_daily": "web reports", "web_people": "visitor numbers of web reports",
    "subscription_event": "sign-ups", "customer": "customer records",
    "exchange_rate": "exchange rates", "web_order": "purchases of web reports",
}  # fmt: skip
"""What a landed table holds, in words."""


WEB = frozenset({"session", "web_event", "web_daily"})
"""Any one of these brings visits."""

WATCHED = frozenset(NEEDS)
"""Landed tables of which the mart landed_tables tells whether they came."""


def absence(
    query: Query, text: Text, scope: Scope, catalog: Catalog, reader: Reader
) -> str | None:
    """Return the sentence why there is no figure; None where there can be one."""
    reads = text.reading.reads
    return (
        _not_landed(_required(query, reads, catalog), catalog)
        or _lacking(query, catalog)
        or _untold(query, catalog, reader)
        or half_filtered(reads, scope, catalog)
        or _half_told(reads, scope, catalog, reader)
        or _half_seen(query, reads, scope, catalog)
    )


def needs(query: Query, catalog: Catalog) -> str | None:
    """Return what a measure without any row asks for; None where all of it landed."""
    tables = [need for need in query.needs if "." not in need]
    lacking = [table for table in tables if table not in catalog.landed_tables]
    return _needed(lacking) if lacking else None


def unfilled(query: Query, catalog: Catalog, reader: Reader) -> tuple[str, ...]:
    """Return one sentence for each optional need that is lacking: its columns are empty,
    or left out where the columns themselves name what they need."""
    marts = [need for need in query.optional if not catalog.landed([_mart(need)])]
    facts = told.untold([n for n in query.optional if n not in marts], catalog, reader)
    sentences = []
    for need in query.optional:
        if need in facts or (need in marts and "." in need):
            what, how = told.words(need)
            sentences.append(f"Columns stay empty that need {what}: {how}.")
        elif need in marts:
            what, source = NAMES.get(need, need), SOURCES.get(need, "a source for it")
            sentences.append(f"Columns stay empty that need {what}: connect {source}.")
    lacking = dict.fromkeys(chain(*left_out(query, catalog, reader).values()))
    sentences += [
        f"Columns are left out that need {NEEDS[table]}: "
        "connect a source of it on the page Data."
        for table in lacking
        if table in NEEDS
    ]
    return tuple(sentences)


def left_out(query: Query, catalog: Catalog, reader: Reader) -> Mapping[str, list[str]]:
    """Return the columns of a table that are left out, and what each of them needs."""
    lacking = {
        name: [*_not_brought(column.needs, catalog),
               *told.untold(column.needs, catalog, reader)]
        for name, column in query.columns.items()
        if query.kind == "table"
    }  # fmt: skip
    return {name: needs for name, needs in lacking.items() if needs}


def _required(query: Query, reads: Sequence[str], catalog: Catalog) -> Sequence[str]:
    """Return the marts that must have landed; all of them where none of them has."""
    optional = {_mart(need) for need in query.optional}
    # a need of a kind says more than that the whole mart has not landed
    optional |= {_mart(need) for need in query.needs if _is_kind(need, catalog)}
    known = [mart for mart in reads if mart in catalog.freshness]
    if query.optional and not any(catalog.landed([mart]) for mart in known):
        return reads
    return [mart for mart in reads if mart not in optional]


def _is_kind(need: str, catalog: Catalog) -> bool:
    mart, _, word = need.partition(".")
    return bool(word) and word not in catalog.marts.get(mart, {})


def _mart(need: str) -> str:
    return need.partition(".")[0]


def _untold(query: Query, catalog: Catalog, reader: Reader) -> str | None:
    """Say what the query needs, and how to bring it, where no row ever told it."""
    lacking = [told.words(need) for need in told.untold(query.needs, catalog, reader)]
    if not lacking:
        return None
    things = _listed([what for what, _ in lacking])
    return f"needs {things}: {'; '.join(dict.fromkeys(how for _, how in lacking))}"


def _not_landed(reads: Sequence[str], catalog: Catalog) -> str | None:
    missing = [m for m in reads if m in catalog.freshness and not catalog.landed([m])]
    whole = [
        kind if (kind := PART_OF.get(mart)) and not catalog.landed([kind]) else mart
        for mart in missing
    ]
    sources = dict.fromkeys(SOURCES.get(mart, "a source for it") for mart in whole)
    named = [one for one in sources if not any(one in other[1:] for other in sources)]
    return f"connect {_listed(named)}" if named else None


def _lacking(query: Query, catalog: Catalog) -> str | None:
    """Name the landed tables that the query needs and that never came."""
    lacking = _not_brought(query.needs, catalog)
    return _needed(lacking) if lacking else None


def _not_brought(needs: Sequence[str], catalog: Catalog) -> list[str]:
    """Return those needs that are landed tables and never came."""
    came = catalog.landed_tables
    if not came:
        return []
    return [
        table for table in needs
        if table in WATCHED - came and not (table in WEB and WEB & came)
    ]  # fmt: skip


def _needed(tables: Sequence[str]) -> str:
    words = [NEEDS.get(table, table.replace("_", " ")) for table in tables]
    things = _listed(list(dict.fromkeys(words)))
    return f"needs {things}: connect a source of it on the page Data"


def half_filtered(reads: Sequence[str], scope: Scope, catalog: Catalog) -> str | None:
    """Return why a choice cannot count for every mart read; None where it can."""
    for mart in reads:
        columns = catalog.marts[mart]
        lacking = [column for column, _ in scope.where if column not in columns]
        if lacking:
            words = _listed([column.replace("_", " ") for column in lacking], "or")
            return f"{_rows_of(mart)} carry no {words}"
        if scope.segment and "person_id" not in columns:
            told = "cannot be told by person, so not by a named group either"
            return f"{_rows_of(mart)} {told}"
    return None


def _half_told(
    reads: Sequence[str], scope: Scope, catalog: Catalog, reader: Reader
) -> str | None:
    """Return which rows never tell a chosen column: filtered by it they would be none."""
    asked = [column for column, values in scope.where if NOT_SET not in values]
    for mart in reads:
        silent = told.silent(asked, mart, catalog, reader)
        if silent:
            words = _listed([column.replace("_", " ") for column in silent], "or")
            return f"{_rows_of(mart)} carry no {words}"
    return None


def _half_seen(
    query: Query, reads: Sequence[str], scope: Scope, catalog: Catalog
) -> str | None:
    """Return why a role has no figure of marts of which it sees some and not others:
    costs that nobody tells by country would be no costs at all. What a table only adds
    (`optional`) is empty in it; the app's own lists stay, of what is seen."""
    marts = [mart for mart in reads if mart not in OPEN]
    able = {_mart(need) for need in query.optional}
    for column, _ in scope.policy if query.topic != "data" else ():
        unseen = [mart for mart in marts if column not in catalog.marts[mart]]
        if len(unseen) < len(marts) and (unseen := [m for m in unseen if m not in able]):
            word = column.replace("_", " ")
            return f"{_rows_of(unseen[0])} carry no {word}, and your role sees rows by it"
    return None


def _rows_of(mart: str) -> str:
    return NAMES.get(mart, f"rows of {mart.replace('_', ' ')}")


def _listed(words: Sequence[str], last: str = "and") -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
