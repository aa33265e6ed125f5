"""Lineage: what leads to one person, and what counts people, under any name."""

from __future__ import annotations

import pytest

from journey.query import gate
from journey.query.lineage import Lineage, trace
from journey.query.traits import ID, PEOPLE, PROBE, SCALED

MARTS: dict[str, dict[str, str]] = {
    name: dict.fromkeys(columns.split(), "VARCHAR")
    for name, columns in {
        "orders": "order_key person_id day country revenue",
        "customers": "person_id day country orders revenue",
        "order_numbers": "source form number",
    }.items()
}


def traced(sql: str) -> Lineage:
    gate.inspect(sql, MARTS, "typed")
    return trace(gate.parsed(sql, "typed"), MARTS)


def having(sql: str, *traits: str) -> list[str]:
    found = traced(sql)
    return [name for name, told in found.columns if set(traits) & told]


SHOWS_WHO = [
    "from orders",
    "select order_key as day from orders",
    "select order_key::varchar || '' as x from orders",
    "select upper(order_key) from orders",
    "select {'a': order_key}.a as x from orders",
    "select o from orders o",
    "select o.person_id as x from orders o",
    "select x from orders t(x)",
    "select y from (from orders) t(y)",
    "with a(x) as (select person_id from orders) select x from a",
    "with recursive a(x, y) as (select 1, person_id from orders union all select y, y"
    " from a) select x from a",
    "select 1 as x union all select person_id from orders",
    "select 1 as a union by name select person_id as a from orders",
    "select columns('order_key') as x from orders",
    "select columns(lambda c: c like 'o%') from orders",
    "select min(columns(*)) from orders",
    "select #1 from orders",
    "select * exclude (person_id) rename (order_key as x) from orders",
    "select coalesce(order_key, country) as country from orders",
    "select unnest(list(person_id)) from orders",
    "select list_transform(list(order_key), lambda x: x) from orders",
    "select [x for x in list(order_key)] from orders",
    "select (select min(order_key) from orders)",
    "select arg_max(order_key, revenue) from orders",
    "select string_agg(person_id, ',') from orders",
    "select hash(person_id) from customers",
    "select case when revenue > 0 then order_key end from orders",
    "select rank() over (order by person_id) from customers",
    "select first_value(order_key) over (order by day) from orders",
    "select person_id from customers group by all",
    "select number from order_numbers",
    "select max(x) from (select number x from order_numbers)",
    "select count(case when person_id = 5 then 1 end) from customers",
    "select count(nullif(person_id, 5)) from customers",
    "select person_id = 5 as x from customers",
    "select 1 as a, person_id as b, b as c from customers",
    "select x from orders, lateral (select order_key as x) l",
    "select k from orders, unnest([order_key]) u(k)",
    "select col0 from (values ((select max(order_key) from orders)))",
    "(select order_key as x from orders) intersect (select order_key from orders)",
]  # fmt: skip


@pytest.mark.parametrize("sql", SHOWS_WHO)
def test_a_number_is_known_under_any_name(sql: str) -> None:
    assert having(sql, ID, PROBE)


LOOKS_FOR_ONE = [
    "select revenue from orders where order_key = 'a'",
    "select revenue from orders where order_key like 'a%'",
    "select revenue from orders where person_id in (1, 2)",
    "select revenue from orders where person_id between 1 and 2",
    "select revenue from orders where length(order_key) > 3",
    "select revenue from orders where person_id in (select max(person_id) from customers)",
    "select revenue from orders where person_id = (select min(person_id) from customers)",
    "select revenue from orders where person_id in (from customers limit 1)",
    "select count(*) filter (order_key > 'a') from orders",
    "select revenue from orders where not (person_id != 5)",
    "select revenue from (select revenue, person_id as x from orders) where x = 5",
    "select country from orders group by all having min(person_id) = 5",
    "select revenue from orders qualify row_number() over (order by person_id) = 5",
    "select o.revenue from orders o join customers c on c.person_id = 5",
    "select revenue from orders where exists (from customers where person_id = 5)",
    "with a as (select person_id % 10 as x, revenue from orders) select revenue from a"
    " where x = 3",
    "select revenue from orders where case person_id when 5 then true end",
    "select revenue from orders join (values ('a')) v(order_key) using (order_key)",
    "select revenue from orders natural join (select 'a' as order_key)",
    "select revenue from orders semi join (select 5 as person_id) x using (person_id)",
    "select revenue from orders where order_key in (select order_key from orders intersect"
    " select 'a')",
    "select revenue from orders o join (select case when true then 'a' else order_key end"
    " as k from orders) x on x.k = o.order_key",
    "select revenue from orders o join (select coalesce('a', order_key) as k from orders) x"
    " on x.k = o.order_key",
    "select revenue from orders o, lateral (select col0 as k from (values ('a'),"
    " (o.order_key))) x where x.k = o.order_key",
    "with a as (select 'a' as k union all select order_key from orders where false)"
    " select revenue from orders where order_key in (from a)",
    "select sum(revenue) from orders group by order_key = 'a'",
    "select revenue from orders order by order_key = 'a' desc limit 1",
    "select distinct on (order_key = 'a') revenue from orders",
    "select sum(revenue) over (partition by order_key = 'a') from orders",
    "select first(revenue order by order_key = 'a' desc) from orders",
    "select revenue from (select revenue, order_key = 'a' from orders order by 2 desc"
    " limit 1)",
    "select revenue from (select revenue, order_key = 'a' as x from orders union all"
    " select 1, false order by 2 desc limit 1)",
    "select revenue from (select revenue, order_key = 'a' as x from orders) order by x",
]


@pytest.mark.parametrize("sql", LOOKS_FOR_ONE)
def test_a_condition_that_looks_for_one_person_is_told(sql: str) -> None:
    assert traced(sql).probes


HARMLESS = [
    "select country, count(*), sum(revenue) from orders group by all",
    "select count(distinct person_id), count(order_key) from orders",
    "select o.country, sum(c.revenue) from orders o join customers c using (person_id)"
    " group by all",
    "select sum(o.revenue) from orders o join customers c on o.person_id = c.person_id"
    " and c.day < o.day",
    "select revenue from orders where person_id in (select person_id from customers where"
    " country = 'PL')",
    "select revenue from orders o where exists (from customers c where c.person_id ="
    " o.person_id)",
    "select revenue from orders where person_id is not null",
    "select avg(n) from (select person_id, count(*) n from orders group by all)",
    "select row_number() over (partition by person_id order by day) from orders",
    "select * exclude (order_key, person_id) from orders",
    "select columns('re.*') from (select revenue from orders)",
    "select country from orders order by person_id",
    "select form, count(*) from order_numbers group by all",
]


@pytest.mark.parametrize("sql", HARMLESS)
def test_figures_are_no_numbers_of_persons(sql: str) -> None:
    assert (having(sql, ID, PROBE), traced(sql).probes) == ([], ())


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) as n from customers",
        "select count(distinct person_id) as n from orders",
        "select country, count(*) as n from customers group by all",
        "select sum(1) as n from customers",
        "select sum(if(country = 'PL', 1, 0)) as n from customers",
        "select sum((country = 'PL')::int) as n from customers",
        "select count(*) as n from (select person_id from orders group by 1)",
        "select count(*) as n from (select distinct person_id from orders)",
        "select max(x) as n from (select country, count(*) x from customers group by all)",
        "with a as (select count(*) as x from customers) select x + x as n from a",
        "select round(count(*)::double, 1) as n from customers",
        "select count(*) over (partition by country) as n from customers",
            "select count(o) as n from (select 1 as o from customers)",
        "select count(*) / 1 as n from customers",
        "select columns('n') from (select count(*) as n from customers)",
    ],
)  # fmt: skip
def test_what_counts_people_is_known(sql: str) -> None:
    assert having(sql, PEOPLE) == ["n"]


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) + 1000 as n from customers",
        "select -count(*) as n from customers",
        "select count(*) * 7 as n from customers",
        "select 1 / count(*) * 0 + ln(count(*)) as n from customers",
        "select concat(count(*), ' people') as n from customers",
        "select hash(count(*)) as n from customers",
        "select count(*) / 7.0 as n from customers",
    ],
)
def test_a_number_of_people_cannot_be_disguised(sql: str) -> None:
    assert having(sql, SCALED) == ["n"]


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) as n from orders",
        "select sum(revenue) as n from customers",
        "select sum(revenue) * 1.23 as n from customers",
        "select avg(revenue) as n from customers",
        "select 100.0 * count(*) filter (country = 'PL') / count(*) as n from customers",
        "select sum(revenue) / count(*) as n from customers",
    ],
)
def test_amounts_orders_and_shares_count_no_people(sql: str) -> None:
    assert having(sql, PEOPLE, SCALED) == []


TELLS_FEW = [
    "select country, count(*) = 3 as x from customers group by 1",
    "select case when count(*) > 2 then 'a' end from customers",
    "select case count(*) when 2 then 'a' end from customers",
    "select if(count(*) between 1 and 3, 'a', 'b') from customers",
    "select count(*) in (1, 9) from customers",
    "select count(*) < 4.5 from customers",
    "select count(*) * 10 > 30 from customers",
    "select count(distinct person_id) = any(select 3) from orders",
    "select country from customers group by 1 having count(*) < 4",
    "select country from customers group by 1 having count(*) % 4",
    "select case when count(*)::bool then 1 end from customers",
    "select country from (select country, count(*) as n from customers group by 1) join"
    " (values (3)) v(n) using (n)",
    "select country from orders limit (select count(*) from customers)",
    "select 'a', count(*) from customers union all select 'b', 3 order by 2",
    "select 'a', count(*) from customers intersect select 'a', 3",
]


@pytest.mark.parametrize("sql", TELLS_FEW)
def test_a_comparison_that_tells_a_small_number_of_people_is_told(sql: str) -> None:
    assert traced(sql).guesses


@pytest.mark.parametrize(
    "sql",
    [
        "select country from customers group by 1 having count(*) >= 30",
        "select count(*) > 0, count(*) <= 5, count(*) between 5 and 9 from customers",
        "select sum(revenue) / nullif(count(*), 0) from customers",
        "select case when country = 'PL' then count(*) else 0 end from customers group by"
        " country",
        "select country, count(*) as n from customers group by 1 union all select 'all',"
        " count(*) from customers",
        "select customers.day, count(*) as customers from customers where customers.day >"
        " $start group by all",
        "select country from orders group by 1 having count(*) = 3",
    ],
)
def test_a_comparison_with_larger_numbers_tells_nothing_small(sql: str) -> None:
    assert traced(sql).guesses == ()


def test_a_list_does_not_give_a_number_of_people_another_look() -> None:
    assert having("select [10, 20, 30][count(*)] as n from customers", SCALED) == ["n"]
    assert having("select count(*) as n from range((select count(*) from customers))",
                  PEOPLE) == ["n"]  # fmt: skip


def test_columns_that_cannot_be_told_apart_are_all_taken_for_the_worse() -> None:
    found = traced("select columns('(n)') as x, 1 as y from (select count(*) n from"
                   " customers)")  # fmt: skip
    assert found.of(PEOPLE, among=["a", "b", "y"]) == ["a", "b"]
