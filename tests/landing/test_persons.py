"""Who is one person: what ties keys together, what holds them apart, and why."""

from __future__ import annotations

import pytest

from journey import landing, people
from journey.connector import Rows
from journey.landing import erasure
from tests.landing.test_run import HASHER, land, order, orders

DAY = "2026-03-01 10:00:00+00"
PHONE = "601 234 567"


@pytest.fixture(autouse=True)
def key(shop, monkeypatch):
    monkeypatch.setenv("JOURNEY_HASH_KEY", HASHER.key.decode())


def bought(number, **more):
    return order(number, **{"placed_at": DAY} | more)


def visit(key, visitor, number=None, user=None, at=DAY):
    return {"session_key": key, "started_at": at, "visitor_key": visitor,
            "transaction_id": number, "user_key": user}  # fmt: skip


def ticket(number, **more):
    return {"ticket_id": number, "created_at": DAY} | more


def hashed(text):
    return people.hash_of(HASHER.key, text)


def number_of(shop, text):
    """Return the person of an address, a phone, a visitor or source:customer."""
    rows = shop.rows(
        "select person_id from person where key = $key",
        {"key": text if text.startswith("shop:") else hashed(text)},
    )
    return rows[0][0] if rows else None


def apart(shop):
    return sorted(shop.rows("from held_apart"))


def matches(shop):
    return sorted(
        shop.rows("select transaction_id, order_id, form, is_sure from purchase_match")
    )


# ------------------------------------------------------------------- guards


def test_an_account_that_guests_share_is_nobody_and_its_buyers_are_themselves(shop):
    land(shop, orders(*(
        bought(str(n), customer_id="0", email=f"guest{n}@x.pl") for n in range(11)
    )))  # fmt: skip
    assert len({number_of(shop, f"guest{n}@x.pl") for n in range(11)}) == 11
    assert number_of(shop, "shop:0") is None
    assert apart(shop) == [("customer", "many", 1)]


def test_staff_who_order_for_others_tie_nobody_together(shop):
    land(shop, {
        "customer": [Rows([{"customer_id": "1", "email": "anna@shop.pl", "is_staff": True},
                           {"customer_id": "2", "email": "a@x.pl"}])],
        **orders(bought("1", customer_id="1", email="a@x.pl"),
                 bought("2", customer_id="1", email="b@x.pl")),
    })  # fmt: skip
    assert number_of(shop, "shop:1") is None
    assert number_of(shop, "a@x.pl") == number_of(shop, "shop:2")
    assert len({number_of(shop, a) for a in ("a@x.pl", "b@x.pl", "anna@shop.pl")}) == 3
    assert apart(shop) == [("customer", "staff", 1)]


def test_a_phone_of_two_accounts_is_a_household_and_of_one_account_a_person(shop):
    land(shop, orders(
        bought("1", customer_id="1", email="a@x.pl", phone=PHONE),
        bought("2", customer_id="2", email="b@x.pl", phone=PHONE),
        bought("3", customer_id="3", email="c@x.pl", phone="602 234 567"),
        bought("4", email="d@x.pl", phone="602 234 567"),
    ))  # fmt: skip
    assert number_of(shop, "a@x.pl") != number_of(shop, "b@x.pl")
    assert number_of(shop, "+48601234567") is None
    assert number_of(shop, "c@x.pl") == number_of(shop, "d@x.pl")
    assert number_of(shop, "+48602234567") == number_of(shop, "shop:3")
    assert apart(shop) == [("phone", "household", 1)]


def test_accounts_of_two_systems_are_one_person_by_their_phone(shop):
    land(shop, orders(bought("1", customer_id="1", email="a@x.pl", phone=PHONE)))
    land(shop, {"ticket": [Rows([ticket("t", customer_id="9", email="b@x.pl",
                                        phone=PHONE)])]}, source="desk")  # fmt: skip
    assert number_of(shop, "a@x.pl") == number_of(shop, "b@x.pl")
    assert apart(shop) == []


def test_an_address_with_many_delivery_phones_stays_one_buyer(shop):
    land(shop, orders(*(
        bought(str(n), email="firm@x.pl", phone=f"601 234 5{n:02}") for n in range(11)
    )))  # fmt: skip
    assert number_of(shop, "firm@x.pl") is not None
    assert len({number_of(shop, f"+486012345{n:02}") for n in range(11)}) == 11
    assert apart(shop) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x7+order1@allegromail.pl", "x7+order2@allegromail.pl", True),
        ("x7+order1@allegromail.pl", "x7@allegromail.com", False),
        ("a1@marketplace.amazon.de", "a1@marketplace.amazon.pl", False),
        ("a1@marketplace.amazon.de", "A1@Marketplace.Amazon.de", True),
        ("kot_ab12@members.ebay.com", "kot_cd34@members.ebay.com", False),
        ("q9@privaterelay.appleid.com", "q9@privaterelay.appleid.com", True),
        ("x+1@notallegromail.pl", "x+2@notallegromail.pl", False),
    ],
)
def test_a_relay_address_is_one_buyer_on_one_marketplace(shop, one, other, same):
    land(shop, orders(bought("1", email=one), bought("2", email=other)))
    found = shop.rows("select count(distinct email_hash) from sales_order")
    assert found == [(1 if same else 2,)]


@pytest.mark.parametrize(
    "given",
    [
        "deleted@site.invalid", "anon_4f2a9c@anonymous.invalid", "redacted@shop.pl",
        "deleted-user-17@shop.pl", "deleted_user_4f2a9c1b@shop.pl", "a***@gmail.com",
        "[redacted]@gmail.com", "gdpr-erased@shop.pl", "RT_System", "Nobody", "",
        "forgotten+12@shop.pl", "permanently_deleted@shop.pl", "usuniety@sklep.pl",
    ],
)  # fmt: skip
def test_what_shops_and_helpdesks_write_over_an_erased_person_is_nobody(given):
    assert people.email_of(given) is None


def test_erased_people_are_nobody_and_not_one_person(shop):
    land(shop, orders(
        bought("1", customer_id="1", email="deleted@site.invalid"),
        bought("2", customer_id="2", email="deleted@site.invalid"),
    ))  # fmt: skip
    assert number_of(shop, "shop:1") != number_of(shop, "shop:2")


def test_a_browser_of_two_buyers_is_a_household(shop):
    land(shop, {
        **orders(bought("1", email="a@x.pl"), bought("2", email="b@x.pl")),
        "session": [Rows([visit("s1", "v1", "1"), visit("s2", "v1", "2"),
                          visit("s3", "v2", "1")])],
    })  # fmt: skip
    assert number_of(shop, "v1") is None
    assert number_of(shop, "v2") == number_of(shop, "a@x.pl")
    assert apart(shop) == [("visitor", "household", 1)]


def test_each_key_says_what_ties_it(shop):
    land(shop, {
        **orders(bought("1", customer_id="7", email="a@x.pl", phone=PHONE),
                 bought("2", email="b@x.pl")),
        "session": [Rows([visit("s1", "v1", "1", user="u1"), visit("s2", "v2", user="u1"),
                          visit("s3", "v3", "2"), visit("s4", "v4", user="u2")])],
    })  # fmt: skip
    said = dict(shop.rows("select key, confidence from person"))
    wanted = {"shop:7": "signed_in", "a@x.pl": "email", "b@x.pl": "email",
              "+48601234567": "phone", "u1": "transaction", "v1": "transaction",
              "v2": "signed_in", "v3": "transaction", "u2": "signed_in",
              "v4": "signed_in"}  # fmt: skip
    texts = {key if key.startswith("shop:") else hashed(key): key for key in wanted}
    assert {texts[key]: how for key, how in said.items()} == wanted


# ------------------------------------------------------- numbers of an order


@pytest.mark.parametrize(
    ("sent", "form"),
    [
        (["11", "12"], "order_id"),
        (["gid://shopify/Order/11", "gid://shopify/Order/12"], "order_id"),
        (["PL-1001", "#pl-1002"], "order_name"),
        (["1001", "1002"], "order_digits"),
        (["shop_1001_x", "shop_1002_x"], "order_digits"),
        (["TOKEN-a", "token-b"], "transaction_id"),
        (["77001", "77002"], None),
    ],
)
def test_a_transaction_id_is_an_order_in_whatever_form_the_shop_sends(shop, sent, form):
    land(shop, {
        **orders(bought("11", order_name="#PL-1001", transaction_id="token-a"),
                 bought("12", order_name="#PL-1002", transaction_id="token-b")),
        "session": [Rows([visit(text, text, text) for text in sent])],
    })  # fmt: skip
    wanted = [] if form is None else sorted(
        (text, str(11 + place), form, True) for place, text in enumerate(sent)
    )  # fmt: skip
    assert matches(shop) == wanted


def test_the_id_of_one_order_that_is_the_number_of_another_is_told_by_time(shop):
    later = "2026-06-01 10:00:00+00"
    land(shop, {
        **orders(bought("1001", order_name="#900", email="a@x.pl"),
                 bought("5001", order_name="#1001", email="b@x.pl", placed_at=later)),
        "session": [Rows([visit("s", "v1", "1001", at=later)])],
    })  # fmt: skip
    assert matches(shop) == [("1001", "5001", "order_name", True)]
    assert number_of(shop, "v1") == number_of(shop, "b@x.pl")


def test_a_number_that_two_shops_have_at_the_same_time_ties_nobody(shop):
    land(shop, orders(bought("1", email="a@x.pl")), source="one")
    land(shop, orders(bought("1", email="b@x.pl")), source="two")
    land(shop, {"session": [Rows([visit("s", "v1", "1")])]}, source="web")
    assert matches(shop) == [("1", "1", "order_id", False)]
    assert number_of(shop, "v1") is None


# ---------------------------------------------------- over time, and erasure


def test_a_later_link_merges_two_people_and_the_one_with_more_keys_stays(shop):
    land(shop, orders(bought("1", email="a@x.pl"),
                      bought("2", customer_id="7", email="b@x.pl")))  # fmt: skip
    small, large = number_of(shop, "a@x.pl"), number_of(shop, "b@x.pl")
    land(shop, orders(bought("3", customer_id="7", email="a@x.pl")))
    assert number_of(shop, "a@x.pl") == number_of(shop, "shop:7") == large != small
    before = shop.rows("from person order by all")
    with shop.open() as connection:
        landing.resolve_persons(connection)
    assert shop.rows("from person order by all") == before


def test_who_hung_together_by_a_forgotten_person_is_apart_again(shop):
    land(
        shop,
        orders(
            bought("1", customer_id="1", email="a@x.pl", phone=PHONE),
            bought("2", email="b@x.pl", phone=PHONE),
            bought("3", customer_id="2", email="c@x.pl", phone=PHONE),
        ),
    )
    # two accounts, so the phone is a household's and the three are apart
    assert len({number_of(shop, a) for a in ("a@x.pl", "b@x.pl", "c@x.pl")}) == 3
    kept = number_of(shop, "b@x.pl")
    erasure.forget(shop.home, "c@x.pl")
    assert number_of(shop, "c@x.pl") is None
    assert number_of(shop, "a@x.pl") == number_of(shop, "b@x.pl")
    assert kept in {number_of(shop, "a@x.pl"), number_of(shop, "b@x.pl")} | {kept}


def test_forgetting_takes_what_names_the_order_and_leaves_what_is_others(shop):
    shop_side = orders(bought("11", order_name="#PL-1001", email="a@x.pl"),
                       bought("12", order_name="#PL-1002", email="b@x.pl"))  # fmt: skip
    desk = {
        "ticket": [Rows([ticket("1", order_ref="pl-1001"), ticket("2", order_ref="1001"),
                         ticket("3", order_ref="PL-1002"),
                         ticket("4", order_ref="PL-1001", email="c@x.pl")])],
        "ticket_event": [Rows([{"event_id": f"e{n}", "ticket_id": n} for n in "1234"])],
        "feedback": [Rows([{"feedback_id": n, "kind": "nps", "order_id": n}
                           for n in ("1001", "1002")])],
    }  # fmt: skip
    web = {
        # two buyers use one browser: only the visit that bought is known to be theirs
        "session": [Rows([visit("s1", "v1", "1001"), visit("s2", "v1", "1002"),
                          visit("s3", "v1")])],
        "web_order": [Rows([{"transaction_id": n, "date": "2026-03-01"}
                            for n in ("1001", "1002")])],
    }  # fmt: skip

    def read_all():
        land(shop, shop_side)
        land(shop, desk, source="desk")
        land(shop, web, source="web")

    def left():
        return {
            table: [row[0] for row in shop.rows(f"select {key} from {table} order by 1")]
            for table, key in (
                ("sales_order", "order_id"), ("ticket", "ticket_id"),
                ("ticket_event", "ticket_id"), ("feedback", "order_id"),
                ("web_order", "transaction_id"), ("session", "transaction_id"),
            )
        }  # fmt: skip

    wanted = {
        "sales_order": ["12"], "ticket": ["3", "4"], "ticket_event": ["3", "4"],
        "feedback": ["1002"], "web_order": ["1002"], "session": ["1002", None],
    }  # fmt: skip
    read_all()
    erasure.forget(shop.home, "a@x.pl")
    assert left() == wanted
    read_all()
    assert left() == wanted


def test_session_keys_of_an_older_landing_become_hashes_once(shop):
    land(shop, {
        "session": [Rows([visit("GA1.2.3-77", "v1")])],
        "ticket": [Rows([ticket("1", session_key="GA1.2.3-77")])],
    })  # fmt: skip
    with shop.open() as connection:  # as an older version left them
        for table in ("session", "ticket"):
            connection.execute(f"update {table} set session_key = 'GA1.2.3-77'").fetchall()
        connection.execute("delete from upgrade").fetchall()
    for _ in range(2):
        joined = "select session_key from session join ticket using (session_key)"
        assert shop.rows(joined) == [(hashed("GA1.2.3-77"),)]
    assert b"GA1.2.3-77" not in shop.home.landing.read_bytes()
