"""One busy customer must not cost more than as many rows of many customers.

A mart that pairs each order of a person with each contact of that person needs
millions of pairs here, a hundred times the work: far beyond the bound below.
"""

from __future__ import annotations

import json

from tests.marts.given import MARTS, landing, make

ORDERS, LINES, CONTACTS, EVENTS = 1500, 15_000, 10_000, 25_000
FROM = "timestamptz '2026-01-01 00:00+00' + i * interval"
ROWS = f"""
insert into landed.person (key_kind, key, person_id)
    select 'email', 'e' || i, i from range({{people}}) t(i);
insert into landed.person (key_kind, key, person_id)
    select 'user', 'u' || i, i from range({{people}}) t(i);
insert into landed.sales_order (source, order_id, order_name, email_hash, placed_at,
    status, currency, gross_total)
select 'shop', i, '#' || i, 'e' || (i % {{people}}), {FROM} 61 minute, 'completed', 'PLN',
    100 from range({ORDERS}) t(i);
insert into landed.order_line (source, order_id, line_id, product_id, brand, quantity,
    unit_price)
select 'shop', i // 10, i % 10, 'p' || (i % 50), 'b', 1, 5 from range({LINES}) t(i);
insert into landed.fulfillment (source, fulfillment_id, order_id, delivered_at)
select 'shop', i, i, {FROM} 67 minute from range({ORDERS}) t(i);
insert into landed.ticket (source, ticket_id, email_hash, created_at, channel, reason,
    product_id, brand)
select 'desk', i, 'e' || (i % {{people}}), {FROM} 9 minute, 'email', 'size',
    'p' || (i % 50), 'b' from range({CONTACTS}) t(i);
insert into landed.loyalty_event (source, event_id, email_hash, happened_at, kind)
select 'club', i, 'e' || (i % {{people}}), {FROM} 19 minute, 'referral'
from range({CONTACTS}) t(i);
insert into landed.feedback (source, feedback_id, kind, score, email_hash, answered_at)
select 'desk', i, 'review', 5, 'e' || (i % {{people}}), {FROM} 19 minute
from range({CONTACTS}) t(i);
insert into landed.message (source, message_id, email_hash, event, happened_at)
select 'mail', i, 'e' || (i % {{people}}), 'clicked', {FROM} 19 minute
from range({CONTACTS}) t(i);
insert into landed.checkout (source, checkout_id, email_hash, started_at)
select 'shop', i, 'e' || (i % {{people}}), {FROM} 19 minute from range({CONTACTS}) t(i);
insert into landed.web_event (source, event_key, event_name, session_key, visitor_key,
    user_key, happened_at, item_id, item_number)
select 'web', i, case when i % 4 = 0 then 'view_item' else 'page_view' end,
    's' || (i % {{visits}}), 'v' || (i % {{people}}), 'u' || (i % {{people}}),
    {FROM} 3 minute, 'p' || (i % 50), 1 from range({EVENTS}) t(i);
"""


def rows_between(people: int, visits: int) -> dict[str, int]:
    """Return how many rows pass between the operators of each mart's statement."""
    connection = landing({})
    connection.execute(ROWS.format(people=people, visits=visits)).fetchall()
    connection.execute("set enable_profiling = 'no_output'").fetchall()
    passed = {}
    for mart in MARTS.values():
        make(connection, [mart])
        connection.execute(f"create or replace temp table again as {mart.sql}").fetchall()
        told = json.loads(connection.get_profiling_information("json"))
        passed[mart.name] = int(told["query"]["total_intermediate_rows"])
    counted = connection.execute(
        "select (select count(*) from orders where person_id is not null), "
        "(select count(distinct person_id) from orders)"
    ).fetchall()
    assert counted == [(ORDERS, min(people, ORDERS))]
    return passed


def test_one_busy_customer_costs_no_more_than_many_quiet_ones() -> None:
    many = rows_between(people=1000, visits=5000)
    one = rows_between(people=1, visits=1)
    heavy = {name: (rows, many[name]) for name, rows in one.items()
             if rows > 3 * many[name] + 50_000}  # fmt: skip
    assert not heavy, f"rows of one busy customer, of many: {heavy}"
