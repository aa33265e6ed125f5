"""A recorded shop and its recorded helpdesk: who asked there is who bought here."""

from __future__ import annotations

import csv

import pytest

from journey.connector import Rows
from journey.home import PROJECT
from tests.landing.test_run import land, order, orders

DATA = PROJECT.parent / "shared" / "data"
pytestmark = pytest.mark.skipif(
    not (DATA / "woocommerce").is_dir(), reason="the recordings are not beside the project"
)


def truth(name):
    with (DATA / name / "truth.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_requester_who_bought_is_known_by_address_or_by_the_order_named(shop):
    bought, asked = truth("woocommerce"), truth("request_tracker")
    land(shop, orders(*(
        order(row["order_id"], email=row["email"],
              customer_id=row["customer_id"] if row["customer_id"] != "0" else None)
        for row in bought
    )))  # fmt: skip
    land(shop, {"ticket": [Rows([
        {"ticket_id": row["ticket"], "created_at": row["created"] + "+00",
         "email": row["requestors"].split(";")[0],
         "order_ref": row["order_number"] or None}
        for row in asked
    ])]}, source="desk")  # fmt: skip
    buyers = {row["email"].lower() for row in bought}
    known = {row["requestors"].split(";")[0].lower() for row in asked} & (buyers - {""})
    assert len(known) == 48
    assert shop.rows(
        "select count(distinct t.email_hash) from ticket as t "
        "join person as p on p.key_kind = 'email' and p.key = t.email_hash "
        "where person_id in (select person_id from person join sales_order "
        "on key_kind = 'email' and key = email_hash)"
    ) == [(48,)]
    numbers = {row["order_id"] for row in bought}
    named = sum(row["order_number"].lstrip("# ") in numbers for row in asked)
    assert shop.rows(
        "select count(distinct ticket_id) from ticket join named_number as n "
        "on n.source = ticket.source and n.text = order_ref "
        "join order_number using (number)"
    ) == [(named,)]
    # three of erased people, one without an address, one of a mail box of a role
    nobody = "select count(*) from sales_order where email_hash is null"
    assert shop.rows(nobody) == [(5,)]
