"""What a value means, which hash stands for it, and who is one person."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

import pytest

from journey import landing, people
from journey.connector import Rows
from journey.home import Home
from journey.problem import JourneyError
from tests.landing.test_run import HASHER, land, order, orders


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (" Ala.Kowal@Shop.PL ", "ala.kowal@shop.pl"),
        ("mailto:a+b@shop.pl", "a+b@shop.pl"),
        ("Ala <a@shop.pl>", "a@shop.pl"),
        ("ＡＬＡ@shop.pl", "ala@shop.pl"),
        ("żółw@shop.pl", "żółw@shop.pl"),
        ("buyer1+order9@allegromail.pl", "buyer1@allegromail.pl"),
        ("x123@marketplace.amazon.de", "x123@marketplace.amazon.de"),
        ("info@shop.pl", None),
        ("no-reply@shop.pl", None),
        ("deleted@site.invalid", None),
        ("anonymous@shop.pl", None),
        ("deleted-user-17@shop.pl", None),
        ("not an address", None),
        ("a@b", None),
        ("a@x.pl, b@x.pl", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_has_one_form_or_names_nobody(given, meant):
    assert people.email_of(given) == meant


@pytest.mark.parametrize(
    ("given", "country", "meant"),
    [
        ("601 234 567", "PL", "+48601234567"),
        ("+48 601-234-567", "DE", "+48601234567"),
        ("0048601234567", "PL", "+48601234567"),
        ("48601234567", "PL", "+48601234567"),
        ("0171 2345678", "DE", "+491712345678"),
        ("+49 (0)171 2345678", "PL", "+491712345678"),
        ("07911 123456", "GB", "+447911123456"),
        ("tel:+48601234567", None, "+48601234567"),
        ("601 234 567", None, None),
        ("000000000", "PL", None),
        ("111 111 111", "PL", None),
        ("123456789", "PL", None),
        ("12", "PL", None),
        ("call me", "PL", None),
        (None, "PL", None),
    ],
)
def test_a_phone_has_one_form_or_names_nobody(given, country, meant):
    assert people.phone_of(given, country) == meant


def test_sql_and_python_make_the_same_hash(shop):
    visit = {"session_key": "s", "started_at": "2026-01-01"}
    keys = {"visitor_key": "GA1.2.3", "user_key": "ż"}
    land(shop, {"session": [Rows([visit | keys])]})
    wanted = [
        hmac.new(HASHER.key, text.encode(), "sha256").hexdigest()
        for text in ("GA1.2.3", "ż")
    ]
    assert shop.rows("select visitor_key, user_key from session") == [tuple(wanted)]
    assert (
        people.hash_of(b"k" * 100, "x")
        == hmac.new(b"k" * 100, b"x", hashlib.sha256).hexdigest()
    )


def test_the_key_is_made_once_and_must_stay_private(tmp_path, monkeypatch):
    monkeypatch.delenv("JOURNEY_HASH_KEY", raising=False)
    home = Home(tmp_path)
    key = people.hash_key(home)
    assert people.hash_key(home) == key and len(key) == 64
    path = tmp_path / "data" / "hash.key"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(JourneyError, match="chmod 600"):
        people.hash_key(home)
    monkeypatch.setenv("JOURNEY_HASH_KEY", "short")
    with pytest.raises(JourneyError, match="at least 16"):
        people.hash_key(home)


def test_another_key_is_never_taken_for_the_old_one(tmp_path, monkeypatch):
    monkeypatch.delenv("JOURNEY_HASH_KEY", raising=False)
    home = Home(tmp_path)
    key = people.hash_key(home)
    assert home.data.stat().st_mode & 0o077 == 0
    monkeypatch.setenv("JOURNEY_HASH_KEY", "0123456789abcdef0123456789abcdef")
    with pytest.raises(JourneyError, match="another key"):
        people.hash_key(home)
    monkeypatch.setenv("JOURNEY_HASH_KEY", key.decode())
    assert people.hash_key(home) == key
    monkeypatch.delenv("JOURNEY_HASH_KEY")
    (home.data / "hash.key").unlink()
    with pytest.raises(JourneyError, match="restore the key"):
        people.hash_key(home)
    assert not (home.data / "hash.key").exists()


def test_a_relay_and_a_role_address(shop):
    land(
        shop,
        orders(
            order("1", email="x+1@allegromail.pl"),
            order("2", email="x+2@allegromail.pl"),
            order("3", email="info@shop.pl"),
            order("4", email="info@shop.pl"),
        ),
    )
    assert shop.rows("select count(distinct email_hash), count(email_hash) "
                     "from sales_order") == [(1, 2)]  # fmt: skip
    assert shop.rows("select flag, value from data_quality") == [
        ("email_names_nobody", 2.0)
    ]


# ------------------------------------------------------------------ persons


def groups(shop):
    """Return the persons as sets of readable keys; hashes as the text they stand for."""
    texts = ["a@x.pl", "b@x.pl", "c@x.pl", "+48601234567", "v1", "v2", "v3", "u1", "u2"]
    known = {people.hash_of(HASHER.key, text): text for text in texts}
    found = {}
    for key, person in shop.rows("select key, person_id from person"):
        found.setdefault(person, set()).add(known.get(key, key))
    return sorted(map(sorted, found.values()))


def test_declared_links_join_and_nothing_else(shop):
    land(shop, {
        **orders(order("1", customer_id="7", email="a@x.pl"),
                 order("2", customer_id="7", email="b@x.pl", phone="601234567"),
                 order("3", email="c@x.pl")),
        "ticket": [Rows([{"ticket_id": "t", "created_at": dt.date(2026, 1, 1),
                          "phone": "601234567"}])],
    })  # fmt: skip
    assert groups(shop) == [["+48601234567", "a@x.pl", "b@x.pl", "shop:7"], ["c@x.pl"]]


def test_visits_join_through_the_order_they_ended_in(shop):
    def visit(key, visitor, number=None, user=None):
        return {"session_key": key, "started_at": "2026-01-01", "visitor_key": visitor,
                "transaction_id": number, "user_key": user}  # fmt: skip

    land(shop, {
        "session": [Rows([
            visit("1", "v1", "gid://shopify/Order/1"), visit("2", "v2", "#2"),
            visit("3", "v2", "3"), visit("4", "v3"), visit("5", "v1", "99"),
        ])],
        **orders(order("1", email="a@x.pl"), order("2", email="b@x.pl"),
                 order("3", email="c@x.pl")),
    })  # fmt: skip
    assert groups(shop) == [["a@x.pl", "v1"], ["b@x.pl"], ["c@x.pl"]]


def test_a_signed_in_visitor_is_the_buyer_and_a_shared_one_nobody(shop):
    def visit(key, visitor, user, number=None):
        return {"session_key": key, "started_at": "2026-01-01", "visitor_key": visitor,
                "user_key": user, "transaction_id": number}  # fmt: skip

    land(shop, {
        "session": [Rows([visit("1", "v1", "u1", "1"), visit("2", "v2", "u1"),
                          visit("3", "v3", "u1"), visit("4", "v3", "u2")])],
        **orders(order("1", email="a@x.pl")),
    })  # fmt: skip
    assert groups(shop) == [["a@x.pl", "u1", "v1", "v2"], ["u2"]]


def test_an_address_of_many_accounts_joins_nobody(shop):
    rows = [order(str(n), customer_id=f"c{n}", email="a@x.pl") for n in range(11)]
    land(shop, orders(*rows[:10]))
    assert len(groups(shop)) == 1
    land(shop, orders(*rows))
    assert groups(shop) == sorted([f"shop:c{n}"] for n in range(11))


def test_persons_keep_their_number(shop):
    land(shop, orders(order("5", email="c@x.pl"), order("1", email="a@x.pl")))
    query = ("select person_id from person where key = $key", "a@x.pl")

    def number(address):
        return shop.rows(query[0], {"key": people.hash_of(HASHER.key, address)})[0][0]

    first, other = number("a@x.pl"), number("c@x.pl")
    assert first != other
    land(shop, orders(order("0", customer_id="1", email="b@x.pl")))
    assert (number("a@x.pl"), number("c@x.pl")) == (first, other)
    larger = number("b@x.pl")
    land(shop, orders(order("6", customer_id="1", email="a@x.pl")))
    assert number("a@x.pl") == number("b@x.pl") == larger
    with shop.open() as connection:
        landing.resolve_persons(connection)
    assert number("c@x.pl") == other
