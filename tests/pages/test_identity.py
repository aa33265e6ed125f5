"""What the Data page says about transaction ids that fit orders, or fit none."""

from __future__ import annotations

import pytest

from journey.formats import Formats
from journey.ui.identity import Form, told

NUMBERS = [
    Form("number", "shop", "order_id", 900, "9999999999999"),
    Form("number", "shop", "order_name", 900, "aa-9999"),
    Form("number", "shop", "order_digits", 900, "9999"),
]


def purchase(way, things, looks="9999"):
    return Form("purchase", "web", way, things, looks)


@pytest.mark.parametrize(
    ("purchases", "said", "is_bad"),
    [
        (
            [purchase("order_name", 90), purchase("order_id", 5), purchase("none", 5)],
            "web: 95.0% of 100 transaction ids are an order (90.0% its number, "
            "5.0% its id).",
            False,
        ),
        (
            [purchase("order_id", 3), purchase("none", 97, "a-999")],
            "web: 3.0% of 100 transaction ids are an order (3.0% its id). The others look "
            "like a-999; orders have the id like 9999999999999, the number like aa-9999. "
            "Send one of these as transaction_id with the event purchase.",
            True,
        ),
    ],
)
def test_the_best_form_is_named_and_what_to_send_instead(purchases, said, is_bad):
    formats = Formats("en-GB", "PLN")
    assert told([*NUMBERS, *purchases], formats) == [(said, is_bad)]


def test_without_orders_nothing_is_held_against_the_ids():
    assert told([purchase("none", 9)], Formats("en-GB", "PLN")) == []
