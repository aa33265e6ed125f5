"""Which keys belong to one human: connected components over declared links.

A link is declared when one row carries both keys: an order with its customer and its
address, a ticket with its address and its phone, a visit with its user or, through the
order it ended in, with that order's buyer. Nothing is guessed from names or devices.
A key that many share, staff, and what a household shares name nobody.
"""

from __future__ import annotations

from itertools import combinations

import duckdb
import numpy

from journey.landing.numbers import match_numbers, replace
from journey.landing.tables import TABLES

MOST_SHARED = 10
"""A key with more keys of another kind is shared: it names nobody."""

KEYS = {
    "customer_id": ("customer", "source || ':' || customer_id"),
    "email_hash": ("email", "email_hash"),
    "phone_hash": ("phone", "phone_hash"),
}


def resolve_persons(connection: duckdb.DuckDBPyConnection) -> None:
    """Write `person` anew from everything landed; who was known keeps the number."""
    match_numbers(connection)
    _gather_links(connection)
    _run(connection, _SHARED)
    _drop_held_apart(connection)
    _number(connection, "component", "select * from known_link where 'phone' not in "
            "(kind_a, kind_b)")  # fmt: skip
    _run(connection, _HOUSEHOLDS)
    _drop_held_apart(connection)
    _number(connection, "component", "select * from known_link")
    _link_visits(connection)
    _number(connection, "component", "select * from known_link union all from visit_link")
    replace(connection, "person", _PERSONS)
    replace(connection, "held_apart", _COUNTS)


def _run(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    connection.execute(sql).fetchall()


def _gather_links(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `key(kind, key)`, `account(source, key)` and `known_link(kind_a, a, kind_b,
    b)`, each once."""
    keys, accounts, links = [], [], []
    for table in TABLES.values():
        present = [KEYS[name] for name in KEYS if name in table.names]
        for kind, sql in present:
            keys.append(f"select '{kind}', {sql} from {table.name}")
            if kind == "customer":
                accounts.append(f"select source, {sql} from {table.name}")
        for (kind_a, a), (kind_b, b) in combinations(present, 2):
            links.append(
                f"select '{kind_a}', {a}, '{kind_b}', {b} from {table.name} "
                f"where {a} is not null and {b} is not null"
            )
        if "user_key" in table.names:
            keys.append(f"select 'user', user_key from {table.name}")
        if "referred_email_hash" in table.names:
            keys.append(f"select 'email', referred_email_hash from {table.name}")
    for name, columns, parts in (
        ("key", "kind, key", keys),
        ("account", "source, key", accounts),
        ("known_link", "kind_a, a, kind_b, b", links),
    ):
        last = columns.rsplit(", ", 1)[1]
        _run(
            connection,
            f"create or replace temp table {name} as select distinct {columns} from ("
            f"{' union all '.join(parts)}) as given({columns}) where {last} is not null",
        )


_SHARED = f"""
create or replace temp table apart as
with side as (
    select kind_a as kind, a as key, kind_b as other_kind, b as other from known_link
    union all
    select kind_b, b, kind_a, a from known_link
)
select 'customer' as kind, source || ':' || customer_id as key, 'staff' as reason
from customer where is_staff
union all
select kind, key, case other_kind when 'phone' then 'phones' else 'many' end
from (
    select kind, key, other_kind from side
    group by all having count(*) > {MOST_SHARED}
)
group by all
"""
"""Keys that name nobody; and, as 'phones', keys beside too many phones to be tied by them.
An account with many addresses is the one that guests or a telephone desk share."""

_HOUSEHOLDS = """
create or replace temp table apart as
from apart
union all
select distinct 'phone', phone, 'household' from (
    select phone, source
    from (
        select case when kind_a = 'phone' then a else b end as phone,
            case when kind_a = 'phone' then kind_b else kind_a end as kind,
            case when kind_a = 'phone' then b else a end as key
        from known_link where 'phone' in (kind_a, kind_b)
    ) as tied
    join component as near using (kind, key)
    join component as owned on owned.component = near.component
        and owned.kind = 'customer'
    join account on account.key = owned.key
    group by all having count(distinct near.component) > 1
)
"""
"""A phone of two people who each have an account of the same shop is a household's."""


def _drop_held_apart(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget keys that name nobody with their links, and links to too many phones."""
    nobody = "(select (kind, key) from apart where reason <> 'phones')"
    _run(connection, f"delete from key where (kind, key) in {nobody}")
    _run(
        connection,
        "delete from known_link "
        f"where (kind_a, a) in {nobody} or (kind_b, b) in {nobody} or kind_b = 'phone' "
        "and (kind_a, a) in (select (kind, key) from apart where reason = 'phones')",
    )


def _number(connection: duckdb.DuckDBPyConnection, name: str, links: str) -> None:
    """Make the table `name(kind, key, component)` of connected components."""
    # takes a second to import, and only a refresh needs it
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    _run(
        connection,
        "create or replace temp table node as select kind, key, "
        "row_number() over (order by kind, key)::integer - 1 as id from key",
    )
    edges = connection.sql(
        "select a.id as a, b.id as b from "
        f"({links}) as link(kind_a, ka, kind_b, kb) "
        "join node as a on a.kind = kind_a and a.key = ka "
        "join node as b on b.kind = kind_b and b.key = kb"
    ).fetchnumpy()
    count = connection.sql("select count(*) from node").fetchall()[0][0]
    graph = coo_array(
        (numpy.ones(len(edges["a"]), dtype=numpy.int8), (edges["a"], edges["b"])),
        shape=(count, count),
    )
    labels = connected_components(graph, directed=False)[1] if count else []
    connection.register("labelled", {"component": numpy.asarray(labels, dtype=numpy.int32)})
    _run(
        connection,
        f"create or replace temp table {name} as select kind, key, component from node "
        "join (select component, row_number() over () - 1 as id from labelled) using (id)",
    )
    connection.unregister("labelled")


def _link_visits(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the visitors that belong to exactly one buyer or user, as keys and links."""
    _run(connection, _BUYERS)
    _run(connection, _VISIT_CANDIDATES)
    _run(connection, _VISIT_LINKS)
    _run(
        connection,
        "insert into key select distinct kind_a, a from visit_link "
        "where kind_a = 'visitor'",
    )


_BUYERS = """
create or replace temp table buyer as
with told as (
    select source, order_id, unnest([
        {'rank': 1, 'kind': 'customer', 'key': source || ':' || customer_id},
        {'rank': 2, 'kind': 'email', 'key': email_hash},
        {'rank': 3, 'kind': 'phone', 'key': phone_hash}
    ], recursive := true)
    from sales_order
)
select source, order_id, kind, key from told join component using (kind, key)
qualify row_number() over (partition by source, order_id order by rank) = 1
"""
"""The key of whoever placed an order; none where each of them names nobody."""

_VISIT_CANDIDATES = """
create or replace temp table candidate as
with seen as (
    select distinct source, visitor_key, user_key, transaction_id from session
    where transaction_id is not null or user_key is not null
    union
    select source, visitor_key, user_key, transaction_id from web_event
    where transaction_id is not null or user_key is not null
)
select distinct visitor_key, user_key, buyer.kind as kind, buyer.key as key
from seen
join purchase_match as match
    on match.source = seen.source and match.transaction_id = seen.transaction_id
    and is_sure
join buyer on buyer.source = order_source and buyer.order_id = match.order_id
union
select distinct visitor_key, null, 'user', user_key from seen
where user_key is not null and visitor_key is not null
"""
"""Visitor or user beside the buyer of an order the visit ended in."""

_VISIT_LINKS = """
create or replace temp table visit_link as
with by_user as (
    select 'user' as kind_a, user_key as a, min({'kind': kind, 'key': key}) as other
    from candidate join component using (kind, key)
    where user_key is not null and kind <> 'user'
    group by user_key having count(distinct component) = 1
), reach as (
    -- A user whose buyer is known counts as that buyer, so that signing in and
    -- ordering are one human and not two.
    select visitor_key, kind, key, coalesce(b.component, own.component) as component
    from candidate as c join component as own using (kind, key)
    left join by_user as u on c.kind = 'user' and u.a = c.key
    left join component as b on b.kind = u.other.kind and b.key = u.other.key
    where visitor_key is not null
), by_visitor as (
    select 'visitor' as kind_a, visitor_key as a, min({'kind': kind, 'key': key}) as other
    from reach group by visitor_key having count(distinct component) = 1
)
select kind_a, a, other.kind as kind_b, other.key as b
from (from by_user union all from by_visitor)
"""
"""A visitor that two buyers share is a household, and links neither."""


_PERSONS = """
with claim as (
    select component, person_id, count(*) as keys
    from component join person on kind = key_kind and component.key = person.key
    group by all
), best as (
    select component, person_id from claim
    qualify row_number() over (
        partition by component order by keys desc, person_id) = 1
), kept as (
    select component, person_id from best
    qualify row_number() over (partition by person_id order by component) = 1
), fresh as (
    select component, (select coalesce(max(person_id), 0) from person)
        + row_number() over (order by component) as person_id
    from (select distinct component from component)
    where component not in (select component from kept)
), by_transaction as (
    select distinct kind_a as kind, a as key from visit_link where kind_b <> 'user'
)
select component.kind as key_kind, component.key, person_id::integer as person_id,
    case
        when by_transaction.key is not null then 'transaction'
        when component.kind in ('email', 'phone') then component.kind
        else 'signed_in'
    end as confidence
from component
join (from kept union all from fresh) using (component)
left join by_transaction
    on by_transaction.kind = component.kind and by_transaction.key = component.key
"""
"""Every component with the number most of its keys had, else the next free one."""

_COUNTS = """
select kind as key_kind, reason, count(distinct key)::bigint as keys
from apart where reason <> 'phones' group by all
union all
select 'visitor', 'household', count(*) from (
    select distinct visitor_key from candidate where visitor_key is not null
    except select a from visit_link where kind_a = 'visitor'
) having count(*) > 0
"""
