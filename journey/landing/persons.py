"""Which keys belong to one human: connected components over declared links.

A link is declared when one row carries both keys: an order with its customer and its
address, a ticket with its address and its phone, a visit with its user or, through the
order it ended in, with that order's buyer. Nothing is guessed from names or devices.
"""

from __future__ import annotations

from itertools import pairwise

import duckdb
import numpy

from journey.landing.tables import TABLES

MOST_CUSTOMERS = 10
"""An address or phone with more customer accounts is shared: it links nobody."""

KEYS = {
    "customer_id": ("customer", "source || ':' || customer_id"),
    "email_hash": ("email", "email_hash"),
    "phone_hash": ("phone", "phone_hash"),
}


def resolve_persons(connection: duckdb.DuckDBPyConnection) -> None:
    """Write `person` anew from everything landed; who was known keeps the number."""
    _gather_links(connection)
    _drop_shared(connection)
    _number(connection, "component", "select * from known_link")
    _link_visits(connection)
    _number(connection, "component", "select * from known_link union all from visit_link")
    _keep_numbers(connection)


def _run(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    connection.execute(sql).fetchall()


def _gather_links(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `key(kind, key)` and `known_link(kind_a, a, kind_b, b)`, each once."""
    keys, links = [], []
    for table in TABLES.values():
        present = [KEYS[name] for name in KEYS if name in table.names]
        for kind, sql in present:
            keys.append(f"select '{kind}', {sql} from {table.name}")
        for (kind_a, a), (kind_b, b) in pairwise(present):
            links.append((kind_a, a, kind_b, b, table.name))
        if len(present) == 3:
            links.append((*present[0], *present[2], table.name))
        if "user_key" in table.names:
            keys.append(f"select 'user', user_key from {table.name}")
        if "referred_email_hash" in table.names:
            keys.append(f"select 'email', referred_email_hash from {table.name}")
    _run(
        connection,
        "create or replace temp table key as select distinct kind, key from ("
        + " union all ".join(keys)
        + ") as given(kind, key) where key is not null",
    )
    pairs = " union all ".join(
        f"select '{kind_a}', {a}, '{kind_b}', {b} from {table} "
        f"where {a} is not null and {b} is not null"
        for kind_a, a, kind_b, b, table in links
    )
    _run(
        connection,
        "create or replace temp table known_link as "
        f"select distinct * from ({pairs}) as pair(kind_a, a, kind_b, b)",
    )


def _drop_shared(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget the links of a key that too many customer accounts share."""
    _run(
        connection,
        "create or replace temp table shared as "
        "select kind_b as kind, b as key from known_link where kind_a = 'customer' "
        f"group by all having count(distinct a) > {MOST_CUSTOMERS}",
    )
    _run(
        connection,
        "delete from known_link where (kind_a, a) in (select (kind, key) from shared) "
        "or (kind_b, b) in (select (kind, key) from shared)",
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
    _run(connection, _ORDER_FORMS)
    _run(connection, _VISIT_CANDIDATES)
    _run(connection, _VISIT_LINKS)
    _run(
        connection,
        "insert into key select distinct kind_a, a from visit_link "
        "where kind_a = 'visitor'",
    )


_ORDER_FORMS = """
create or replace temp table order_form as
with buyer as (
    select source, order_id, order_name, transaction_id,
        case when customer_id is not null then 'customer'
            when email_hash is not null then 'email'
            when phone_hash is not null then 'phone' end as kind,
        coalesce(source || ':' || customer_id, email_hash, phone_hash) as key
    from sales_order
), form as (
    select order_id as form, kind, key from buyer
    union all select ltrim(order_name, '#'), kind, key from buyer
    union all select transaction_id, kind, key from buyer
)
select form, any_value(component) as component, min({'kind': kind, 'key': key}) as buyer
from form join component using (kind, key)
where form is not null group by form having count(distinct component) = 1
"""
"""Each way to write an order number that names one buyer only."""

_VISIT_CANDIDATES = """
create or replace temp table candidate as
with seen as (
    select visitor_key, user_key, transaction_id from session
    where transaction_id is not null or user_key is not null
    union all
    select visitor_key, user_key, transaction_id from web_event
    where transaction_id is not null or user_key is not null
), bought as (
    select distinct visitor_key, user_key,
        ltrim(regexp_replace(transaction_id, '^gid://.*/', ''), '#') as form
    from seen
)
select distinct visitor_key, user_key, buyer.kind as kind, buyer.key as key
from bought join order_form using (form)
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


def _keep_numbers(connection: duckdb.DuckDBPyConnection) -> None:
    """Give every component the number most of its keys had, else the next free one."""
    _run(connection, _NEW_PERSONS)
    _run(
        connection,
        "delete from person where (key_kind, key, person_id) not in "
        "(select (key_kind, key, person_id) from new_person)",
    )
    _run(
        connection,
        "insert into person select * from new_person where (key_kind, key) not in "
        "(select (key_kind, key) from person) order by all",
    )


_NEW_PERSONS = """
create or replace temp table new_person as
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
)
select kind as key_kind, key, person_id::integer as person_id
from component join (from kept union all from fresh) using (component)
"""
