"""What an operator sees: exit codes of skipped rows, columns that may name persons."""

from __future__ import annotations

import pytest

from journey import cli, settings
from journey.connector import Files
from journey.sources import doctor
from journey.sources.suspects import by_name

ORDER = 'order_id = "id", currency = "\'PLN\'", gross_total = "total"'


@pytest.fixture
def command(shop, monkeypatch):
    monkeypatch.setenv("JOURNEY_HOME", str(shop.home.root))
    return cli.main


def test_rows_that_were_to_be_skipped_are_no_failure(shop, command, capsys):
    shop.write("orders.csv", "id,total\n1,5\n2,x\n")
    shop.orders(ORDER, 'on_bad_rows = "skip"')
    assert command(["sync"]) == 0
    assert "1 rows SKIPPED" in "".join(capsys.readouterr())


@pytest.mark.parametrize("more", ["", 'on_bad_rows = "skip"'])
def test_a_source_of_which_nothing_landed_is_a_failure(shop, command, more):
    shop.write("orders.csv", "id,total\n1,y\n2,x\n")
    shop.orders(ORDER, more)
    assert command(["sync"]) == 1


def said(shop):
    return "\n".join(map(str, doctor.doctor(shop.home, settings.load(shop.home))))


def tickets(shop, own, rows):
    lines = "\n".join(f"{n},2020-01-01 10:00,{value}" for n, value in enumerate(rows))
    shop.write("tickets.csv", f"id,time,{own}\n{lines}\n")
    shop.settings(f"""
        [[sources]]
        name = "desk"
        kind = "files"
        [[sources.tables]]
        table = "ticket"
        path = "tickets.csv"
        columns = {{ ticket_id = "id", created_at = "time", reason = "{own}" }}
        """)


def test_a_column_of_names_is_asked_about_before_it_lands(shop):
    tickets(shop, "customer_name", ["a", "b"])
    assert "reason is mapped from customer_name, which may name persons" in said(shop)


def test_words_that_all_differ_are_asked_about(shop):
    tickets(shop, "x", [f"word {n}" for n in range(30)])
    assert "reason has 30 different values in 30 rows" in said(shop)
    tickets(shop, "x", [f"word {n % 5}" for n in range(30)])
    assert "different values" not in said(shop)


@pytest.mark.parametrize(
    "own",
    ["Name", "Imię i nazwisko", "ulica", "Kod pocztowy", "Adres dostawy", "klient",
     "Vorname", "Lieferanschrift", "Straße", "PLZ", "Kundenname", "billing_address",
     "Shipping Name", "zip", "ip", "client_ip address", "user_agent", "Прізвище", "ім'я",
     "Вулиця", "Отримувач", "customer_name", "date_of_birth"],
)  # fmt: skip
def test_names_of_columns_that_hold_persons(own):
    assert by_name("sales_order", Files([], "csv", {"status": own}))


@pytest.mark.parametrize(
    "own",
    ["status", "Product name", "order_name", "campaign_name", "nazwa produktu",
     "id_klienta", "E-mail address", "zipped", "ship_method", "recipe", "shipping_method",
     "description", "Artikelname", "category", "klient_id"],
)  # fmt: skip
def test_names_of_columns_that_hold_things(own):
    assert not by_name("sales_order", Files([], "csv", {"status": own}))


def test_columns_that_become_hashes_are_asked_about_by_nobody():
    assert not by_name("sales_order", Files([], "csv", {"email": "billing_address"}))
