"""Which order a number means: every form it is written in, matched in one place.

An order is known by its id, by the name its customer reads, by the token of its
checkout, and by the digits of that name without the prefix or suffix that the shop
writes around them. Web analytics, helpdesks and surveys write one of these, with
decoration of their own. Persons, marts and erasure all read what is found here.
"""

from __future__ import annotations

import duckdb

NUMBER = r"nullif(lower(regexp_replace(trim({0}), '^(gid://.*/|#\s*)', '')), '')"
"""SQL: a number as it is compared; `{0}` is the text that was given."""

NEAR = 172_800
"""Seconds between an order and its purchase that clocks and midnights explain."""

AFFIX_SHARE = 0.05
"""Share of a source's numbers from which on what stands around the digits is habit."""


def match_numbers(connection: duckdb.DuckDBPyConnection) -> None:
    """Write `order_number`, `named_number` and `purchase_match` anew."""
    for table, sql in (
        ("order_number", _ORDER_NUMBERS),
        ("named_number", _NAMED_NUMBERS),
        ("purchase_match", _PURCHASE_MATCHES),
    ):
        replace(connection, table, sql)


def replace(connection: duckdb.DuckDBPyConnection, table: str, sql: str) -> None:
    """Make a book hold just the rows of `sql`; rows that stay are not written again."""
    for statement in (
        f"create or replace temp table wanted as from {table} limit 0",
        f"insert into wanted by name {sql}",
        f"delete from {table} as old where not exists "
        "(from wanted where wanted is not distinct from old)",
        f"insert into {table} (from wanted except from {table}) order by all",
        "drop table wanted",
    ):
        connection.execute(statement).fetchall()


def _parts(number: str) -> str:
    """Return SQL: what stands before the only digits of a number, they, and the rest."""
    return (
        f"regexp_extract({number}, '^([^0-9]*)([0-9]+)([^0-9]*)$', "
        "['before', 'digits', 'after'])"
    )


def _bare(numbers: str) -> str:
    """Return CTEs whose last, `bare`, holds digits without what a source writes around.

    `numbers` has the columns source and number. Prefixes of years or months hold digits
    themselves and stay, because the digits after them begin anew.
    """
    return f"""
split as (
    select distinct source, number, unnest({_parts("number")}) from {numbers}
), habits as (
    select source, before, after from split
    where digits <> '' and before || after <> ''
    group by all having count(*) > 1 and count(*) >= {AFFIX_SHARE} * any_value(
        (select count(*) from split as all_of where all_of.source = split.source))
), bare as (
    select distinct source, number, digits
    from split join habits using (source, before, after)
)"""


_ORDER_NUMBERS = f"""
with told as (
    select source, order_id, unnest([
        {{'form': 'order_id', 'text': order_id}},
        {{'form': 'order_name', 'text': order_name}},
        {{'form': 'transaction_id', 'text': transaction_id}}
    ], recursive := true)
    from sales_order
), numbers as (
    select source, order_id, form, {NUMBER.format("text")} as number from told
), names as (
    select source, order_id, number from numbers where form = 'order_name'
), {_bare("names")}
select source, order_id, form, number from numbers where number is not null
union all
select source, order_id, 'order_digits', digits from names
join bare using (source, number)
"""

_NAMED_NUMBERS = f"""
with told as (
    select distinct source, transaction_id as text from session
    union select source, transaction_id from web_event
    union select source, transaction_id from web_order
    union select source, order_ref from ticket
    union select source, order_ref from conversation
    union select source, order_id from feedback
    union select source, order_id from fulfillment
), numbers as (
    select source, text, {NUMBER.format("text")} as number from told
), {_bare("numbers")}
select source, text, number, false as is_bare from numbers
where number is not null and number <> '(not set)'
union all
select source, text, digits, true from numbers join bare using (source, number)
"""

_PURCHASE_MATCHES = f"""
with seen as (
    select source, transaction_id, started_at as happened_at from session
    where transaction_id is not null
    union all
    select source, transaction_id, happened_at from web_event
    where event_name = 'purchase' and transaction_id is not null
    union all
    select source, transaction_id, date::timestamptz from web_order
), purchase as (
    select source, transaction_id, min(happened_at) as happened_at from seen group by all
), candidate as (
    select purchase.source, purchase.transaction_id,
        o.source as order_source, o.order_id,
        form, is_bare,
        abs(epoch(happened_at) - epoch(placed_at)) as seconds_apart
    from purchase
    join named_number as n
        on n.source = purchase.source and n.text = purchase.transaction_id
    join order_number using (number)
    join sales_order as o
        on o.source = order_number.source and o.order_id = order_number.order_id
    where deleted_at is null and placed_at is not null
), habit as (
    -- one shop sends one form; another form that happens to fit is believed only
    -- when it was placed at the time of the purchase
    select source, form, is_bare,
        count(distinct transaction_id) filter (seconds_apart < {NEAR}) as near,
        count(distinct transaction_id) as matches
    from candidate group by all
), place as (
    select source, form, is_bare,
        rank() over (partition by source order by near desc, matches desc) as strength,
        row_number() over (partition by source order by near desc, matches desc, is_bare,
            list_position(
                ['order_id', 'order_name', 'transaction_id', 'order_digits'], form)
        ) as place
    from habit
), likely as (
    select * from candidate join place using (source, form, is_bare)
    where place = 1 or seconds_apart < {NEAR}
), rival as (
    select source, transaction_id, strength,
        count(distinct (order_source, order_id)) as orders,
        count(distinct (order_source, order_id))
            filter (seconds_apart < {NEAR}) as near_orders
    from likely group by all
)
select source, transaction_id, order_source, order_id, form,
    orders = 1 or (seconds_apart < {NEAR} and near_orders = 1) as is_sure
from likely join rival using (source, transaction_id, strength)
qualify row_number() over (
    partition by source, transaction_id
    order by place, seconds_apart, order_source, order_id
) = 1
"""
