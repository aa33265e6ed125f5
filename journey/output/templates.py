"""The first text of a new query file and of its test, one pair for every kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from journey.problem import Problem
from journey.query import Library

MEASURE = """\
/*
title    = "{title}"
question = "Of what, how many do what?"
kind     = "measure"
unit     = "percent"
interval = "proportion"
better   = "higher"
grain    = "one row per day and segment"
owner    = "your team"
*/
select
    day, sales_channel, channel, device, country, visitor_type,
    sum(purchases)::bigint as numerator,
    sum(sessions)::bigint as denominator
from traffic
group by all
"""
MEASURE_TEST = """\
# A few rows and what the query must make of them, by hand.

[[given.traffic]]
day = 2026-10-01
device = "mobile"
sessions = 100
purchases = 2

[[expect]]
day = 2026-10-01
device = "mobile"
numerator = 2
denominator = 100
"""
CHART = """\
/*
title    = "{title}"
question = "How many of what came each day?"
kind     = "chart"
unit     = "count"
owner    = "your team"

[chart]
type   = "line"
x      = "day"
y      = "visits"
colour = "device"
*/
select
    day,
    coalesce(device, '(not set)') as device,
    sum(sessions)::bigint as visits
from traffic
where day between $start and $end
group by all
order by day, device
"""
CHART_TEST = """\
# A few rows and what the query must make of them; the last one is outside the days.

[[given.traffic]]
day = 2026-10-01
device = "mobile"
sessions = 100

[[given.traffic]]
day = 2026-10-01
device = "mobile"
sessions = 20

[[given.traffic]]
day = 2026-11-01
device = "mobile"
sessions = 7

[[expect]]
day = 2026-10-01
device = "mobile"
visits = 120
"""
TABLE = """\
/*
title    = "{title}"
question = "What of which is how large?"
kind     = "table"
grain    = "one row per country"
owner    = "your team"

[columns]
country = "Country"
orders  = {{ label = "Orders", format = "count" }}
revenue = {{ label = "Revenue, {{net}}", format = "money" }}
*/
select
    coalesce(country, '(not set)') as country,
    count(*) as orders,
    coalesce(sum(revenue), 0)::double as revenue
from orders
where counts and day between $start and $end
group by country
order by revenue desc, country
"""
TABLE_TEST = """\
# A few rows and what the query must make of them; the last one does not count.

[[given.orders]]
order_key = "shop:1"
day = 2026-10-01
country = "PL"
counts = true
revenue = 100

[[given.orders]]
order_key = "shop:2"
day = 2026-10-02
country = "PL"
counts = true
revenue = 50

[[given.orders]]
order_key = "shop:3"
day = 2026-10-03
country = "PL"
counts = false
revenue = 900

[[expect]]
country = "PL"
orders = 2
revenue = 150
"""
SEGMENT = """\
/*
title       = "{title}"
kind        = "segment"
owner       = "your team"
description = "People who wrote or called more than once."
*/
select person_id
from tickets
where person_id is not null
group by person_id
having count(*) > 1
"""
SEGMENT_TEST = """\
# A few rows and who must come out; the last ticket is nobody's who is known.

[[given.tickets]]
ticket_key = "a"
person_id = 1

[[given.tickets]]
ticket_key = "b"
person_id = 1

[[given.tickets]]
ticket_key = "c"
person_id = 2

[[given.tickets]]
ticket_key = "d"

[[expect]]
person_id = 1
"""

TEMPLATES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "measure": (MEASURE, MEASURE_TEST),
        "chart": (CHART, CHART_TEST),
        "table": (TABLE, TABLE_TEST),
        "segment": (SEGMENT, SEGMENT_TEST),
    }
)
"""Kind -> text of the query file, text of its test."""


OWNER = "your team"
QUESTIONS = frozenset(
    found[1]
    for query, _ in TEMPLATES.values()
    if (found := re.search(r'^question = "(.*)"$', query, re.M))
)
"""What the templates ask until somebody writes a question of their own."""


def unwritten(library: Library) -> list[Problem]:
    """Return files that still say what their template said: a warning for each."""
    found = []
    for query in library.queries.values():
        old = [
            *(["question"] if query.question in QUESTIONS else []),
            *(["owner"] if query.owner == OWNER else []),
        ]
        if old:
            found.append(
                query.problem(
                    f"{' and '.join(old)} as in the template", "what a reader shall see",
                    "write your own; look at unit and better too", query.lines.get(old[0]),
                )
            )  # fmt: skip
    return found


def texts(kind: str, title: str) -> tuple[str, str]:
    """Return query file and test of this kind, the file under this title."""
    query, test = TEMPLATES[kind]
    return query.format(title=title), test
