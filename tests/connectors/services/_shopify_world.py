"""What a small Shopify shop holds: orders of every kind, customers, left checkouts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

NAMES = ("Agnes Kowal", "Boris Hlavac", "Clara Vidal", "Denis Orban", "Elif Demir",
         "Fryderyk Nowy")  # fmt: skip
ADDRESSES = tuple(f"{name.replace(' ', '.')}@Mail.Example" for name in NAMES)
PHONES = tuple(f"+48 502 300 40{place}" for place in range(len(NAMES)))
TEXTS = ("Please ring at the neighbour's", "198.51.100.77", "Lipowa 17/4",
         "recover-me-7781")  # fmt: skip
START = dt.datetime(2026, 8, 3, 9, 0, tzinfo=dt.UTC)
ORDERS = 40
RATE = Decimal("4.25")
GATEWAYS = ("shopify_payments", "Przelewy24", "Cash on Delivery (COD)", "Bank Deposit")
RATES = ("Paczkomat InPost 24/7", "Kurier DPD", "Odbiór osobisty", "Kurier InPost")
VISITS = (
    {"source": "Google", "sourceType": "SEO", "utmParameters": None},
    {"source": "direct", "sourceType": None, "utmParameters": None},
    {"source": "Facebook", "sourceType": "AD", "utmParameters": {
        "source": "facebook", "medium": "paid_social", "campaign": "autumn",
        "content": None, "term": None}},
    {"source": "an unknown source", "sourceType": None, "utmParameters": None},
)  # fmt: skip


def at(moment: dt.datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def bag(amount: Any, presented: str = "PLN") -> dict[str, Any]:
    """Return an amount in the shop's currency and in the one the customer saw."""
    value = Decimal(str(amount)).quantize(Decimal("0.01"))
    shown = value if presented == "PLN" else (value / RATE).quantize(Decimal("0.01"))
    return {
        "shopMoney": {"amount": str(value), "currencyCode": "PLN"},
        "presentmentMoney": {"amount": str(shown), "currencyCode": presented},
    }


def address(person: int, country: str = "PL") -> dict[str, Any]:
    return {"name": NAMES[person], "address1": TEXTS[2], "city": "Gniezno",
            "countryCodeV2": country}  # fmt: skip


def line(order: int, place: int, price: str = "61.50", quantity: int = 1) -> dict[str, Any]:
    """Return a line; prices hold 23% of tax."""
    tax = (Decimal(price) * quantity * 23 / 123).quantize(Decimal("0.01"))
    product = 70 + place % 3
    return {
        "id": gid("LineItem", order * 100 + place), "sku": f"SKU-{product}",
        "title": f"Boots {product}", "quantity": quantity, "currentQuantity": quantity,
        "vendor": "Alpina", "originalUnitPriceSet": bag(price),
        "product": {"id": gid("Product", product), "title": "Boots",
                    "productType": "Boots" if place % 3 else "", "vendor": "Alpina",
                    "category": {"id": gid("TaxonomyCategory", 1), "name": "Shoes",
                                 "fullName": "Apparel > Shoes"}},
        "variant": {"id": gid("ProductVariant", product), "sku": f"SKU-{product}",
                    "inventoryItem": {"id": gid("InventoryItem", product), "unitCost": {
                        "amount": "20.5", "currencyCode": "PLN"}}},
        "discountAllocations": [], "taxLines": [{"title": "VAT", "priceSet": bag(tax)}],
    }  # fmt: skip


def transaction(order: int, place: int, when: dt.datetime, gateway: str, amount: Any,
                status: str = "SUCCESS", **more: Any) -> dict[str, Any]:  # fmt: skip
    details = None
    if gateway == "shopify_payments":
        details = {"__typename": "LocalPaymentMethodsPaymentDetails",
                   "paymentMethodName": "blik", "paymentDescriptor": None}  # fmt: skip
        if order % 8 == 0:
            details = {"__typename": "CardPaymentDetails", "paymentMethodName": "visa",
                       "company": "Visa", "name": NAMES[order % 6],
                       "number": "•••• 4242"}  # fmt: skip
    return {
        "id": gid("OrderTransaction", order * 10 + place), "kind": "SALE",
        "status": status, "errorCode": None, "gateway": gateway, "test": False,
        "createdAt": at(when), "processedAt": at(when), "amountSet": bag(amount),
        "paymentDetails": details, "accountNumber": "•••• 4242",
    } | more  # fmt: skip


def parcel(order: int, when: dt.datetime, **more: Any) -> dict[str, Any]:
    return {
        "id": gid("Fulfillment", order), "status": "SUCCESS", "displayStatus": "DELIVERED",
        "createdAt": at(when), "updatedAt": at(when + dt.timedelta(days=2)),
        "inTransitAt": at(when + dt.timedelta(hours=5)),
        "estimatedDeliveryAt": at(when + dt.timedelta(days=2)),
        "deliveredAt": at(when + dt.timedelta(days=1, hours=6)),
        "trackingInfo": [{"company": "InPost", "number": "620000", "url": None}],
    } | more  # fmt: skip


def journey(place: int, ready: bool = True) -> dict[str, Any]:
    if not ready:
        return {"ready": False, "daysToConversion": None, "momentsCount": None,
                "customerOrderIndex": None, "firstVisit": None,
                "lastVisit": None}  # fmt: skip
    first, last = (
        {"id": gid("CustomerVisit", place * 2 + step), "landingPage": "/?email=x",
         "referrerUrl": None, **VISITS[(place + step) % len(VISITS)]}
        for step in (0, 1)
    )  # fmt: skip
    return {"ready": True, "daysToConversion": place % 5, "customerOrderIndex": 1,
            "momentsCount": {"count": 1 + place % 4}, "firstVisit": first,
            "lastVisit": last}  # fmt: skip


def order(place: int, created: dt.datetime) -> dict[str, Any]:
    """Return a plain order of one line, paid and delivered."""
    number, person = 4000 + place, place % len(NAMES)
    gateway = GATEWAYS[place % len(GATEWAYS)]
    paid = gateway in GATEWAYS[:2]
    changed = created + dt.timedelta(days=2)
    presented = "EUR" if place % 9 == 4 else "PLN"
    lines = [line(number, 0, quantity=1 + place % 2)]
    goods = Decimal("61.50") * (1 + place % 2)
    total = goods + Decimal("12.30")
    tax = (total * 23 / 123).quantize(Decimal("0.01"))
    return {
        "id": gid("Order", number), "name": f"#{1000 + place}", "createdAt": at(created),
        "processedAt": at(created), "updatedAt": at(changed), "cancelledAt": None,
        "cancelReason": None, "test": False, "edited": False,
        "displayFinancialStatus": "PAID" if paid else "PENDING",
        "displayFulfillmentStatus": "FULFILLED" if paid else "UNFULFILLED",
        "returnStatus": "NO_RETURN", "taxesIncluded": True, "requiresShipping": True,
        "currencyCode": "PLN", "sourceName": "web",
        "app": {"id": gid("App", 580111), "name": "Online Store"},
        "channelInformation": {"id": gid("ChannelInformation", 1), "channelDefinition": {
            "handle": "web", "channelName": "Online Store", "isMarketplace": False}},
        "paymentGatewayNames": [gateway], "discountCodes": [],
        "totalPriceSet": bag(total, presented),
        "currentTotalPriceSet": bag(total, presented), "totalDiscountsSet": bag(0),
        "currentTotalDiscountsSet": bag(0), "totalTaxSet": bag(tax, presented),
        "currentTotalTaxSet": bag(tax, presented), "totalShippingPriceSet": bag("12.30"),
        "totalRefundedSet": bag(0),
        "shippingLine": {"id": gid("ShippingLine", number),
                         "title": RATES[place % len(RATES)], "code": "std",
                         "source": "shopify", "discountedPriceSet": bag("12.30"),
                         "taxLines": [{"title": "VAT", "priceSet": bag("2.30")}]},
        "transactions": [transaction(number, 0, created, gateway, total,
                                     "SUCCESS" if paid else "PENDING")],
        "fulfillments": [parcel(number, created)] if paid else [], "refunds": [],
        "customer": gid("Customer", 900 + person), "purchasingEntity": None,
        "email": ADDRESSES[person], "phone": PHONES[person] if place % 2 else None,
        "note": TEXTS[0], "clientIp": TEXTS[1], "shippingAddress": address(person),
        "customerJourneySummary": journey(place), "lineItems": lines, "returns": [],
    }  # fmt: skip


Back = tuple[dict[str, Any], int, str, str]


def refund(
    of: dict[str, Any], number: int, amount: str, when: dt.datetime, lines: list[Back],
    **more: Any,
) -> None:  # fmt: skip
    """Pay an order back: lines as (line, quantity, subtotal, tax)."""
    of["refunds"].append({
        "id": gid("Refund", number), "createdAt": at(when), "updatedAt": at(when),
        "note": TEXTS[0], "totalRefundedSet": bag(amount),
        "refundLineItems": [
            {"quantity": quantity, "subtotalSet": bag(subtotal), "totalTaxSet": bag(tax),
             "lineItem": item}
            for item, quantity, subtotal, tax in lines],
        "refundShippingLines": [], "orderAdjustments": [],
    } | more)  # fmt: skip
    back = Decimal(of["totalRefundedSet"]["shopMoney"]["amount"]) + Decimal(amount)
    of["totalRefundedSet"] = bag(back)
    of["updatedAt"] = max(of["updatedAt"], at(when) or "")


def person(place: int) -> dict[str, Any]:
    states = ("SUBSCRIBED", "NOT_SUBSCRIBED", "UNSUBSCRIBED")
    created = START - dt.timedelta(days=1) + dt.timedelta(days=9 * place)
    return {
        "id": gid("Customer", 900 + place), "firstName": NAMES[place].split()[0],
        "lastName": NAMES[place].split()[1], "displayName": NAMES[place],
        "createdAt": at(created), "updatedAt": at(created + dt.timedelta(days=20)),
        "numberOfOrders": str(ORDERS // len(NAMES)), "tags": ["vip"] if place == 1 else [],
        "defaultEmailAddress": {"emailAddress": ADDRESSES[place],
                                "marketingState": states[place % 3]},
        "defaultPhoneNumber": {"phoneNumber": PHONES[place]} if place % 2 else None,
        "defaultAddress": address(place),
    }  # fmt: skip


def checkout(place: int, customer: dict[str, Any]) -> dict[str, Any]:
    created = START + dt.timedelta(days=6 * place, hours=1)
    done = created + dt.timedelta(hours=30) if place % 3 == 0 else None
    return {
        "id": gid("AbandonedCheckout", 600 + place), "name": f"#C{place}", "note": "",
        "abandonedCheckoutUrl": f"https://acme.example/{TEXTS[3]}",
        "createdAt": at(created), "updatedAt": at(done or created), "completedAt": at(done),
        "customer": customer, "totalPriceSet": bag("99.99", "EUR"),
        "emailState": "sent" if place % 2 else "not_sent",
    }  # fmt: skip


class World:
    """Everything of the shop; tests change it as people and time would."""

    def __init__(self) -> None:
        self.customers = [person(place) for place in range(len(NAMES))]
        self.orders = [
            order(place, START + dt.timedelta(hours=64 * place, minutes=place))
            for place in range(ORDERS)
        ]
        for each in self.orders:
            each["customer"] = self._customer(each["customer"])
        self.checkouts = [
            checkout(place, self.customers[place % len(NAMES)]) for place in range(8)
        ]
        self._special()

    def _customer(self, wanted: str) -> dict[str, Any]:
        return next(one for one in self.customers if one["id"] == wanted)

    def order(self, name: str) -> dict[str, Any]:
        return next(one for one in self.orders if one["name"] == name)

    def _special(self) -> None:
        """Make some orders special, each in a way that shops know."""
        orders = self.orders
        orders[3] |= {"test": True}
        orders[5] |= {"cancelledAt": orders[5]["updatedAt"], "cancelReason": "CUSTOMER"}
        orders[6] |= {"sourceName": "shopify_draft_order", "customerJourneySummary": None,
                      "app": {"id": gid("App", 1), "name": "Draft Orders"},
                      "channelInformation": None}  # fmt: skip
        orders[7] |= {"sourceName": "pos", "customerJourneySummary": None,
                      "app": {"id": gid("App", 2), "name": "Point of Sale"},
                      "shippingLine": None, "requiresShipping": False,
                      "totalShippingPriceSet": bag(0)}  # fmt: skip
        orders[9] |= {"sourceName": "4711", "customerJourneySummary": None,
                      "channelInformation": {"id": gid("ChannelInformation", 2),
                                             "channelDefinition": {
                          "handle": "hall", "channelName": "Market Hall",
                          "isMarketplace": True}}}  # fmt: skip
        orders[11] |= {"purchasingEntity": {"__typename": "PurchasingCompany"}}
        orders[12] |= {"customer": None, "email": "", "phone": None}
        orders[13]["discountCodes"] = ["AUTUMN"]
        orders[13]["lineItems"][0]["discountAllocations"] = [
            {"allocatedAmountSet": bag("5.00")},
            {"allocatedAmountSet": bag("1.25")},
        ]
        orders[15]["lineItems"] = [line(4015, place) for place in range(23)]
        moment = START + dt.timedelta(hours=64 * 16, minutes=16)
        orders[16]["transactions"].insert(0, transaction(
            4016, 1, moment - dt.timedelta(minutes=4), "shopify_payments", "73.80",
            "FAILURE", errorCode="CARD_DECLINED"))  # fmt: skip
        self._paid_back()

    def _paid_back(self) -> None:
        orders = self.orders
        later = START + dt.timedelta(days=80)
        item = orders[20]["lineItems"][0]
        refund(orders[20], 8020, "70.00", later, [(item, 1, "61.50", "11.50")],
               refundShippingLines=[{"id": gid("RefundShippingLine", 1),
                                     "subtotalAmountSet": bag("12.30"),
                                     "taxAmountSet": bag("2.30")}],
               orderAdjustments=[{"id": gid("OrderAdjustment", 1), "reason": "RESTOCK",
                                  "amountSet": bag("-3.80"),
                                  "taxAmountSet": bag("-0.71")}])  # fmt: skip
        orders[20] |= {"displayFinancialStatus": "PARTIALLY_REFUNDED",
                       "returnStatus": "RETURNED"}  # fmt: skip
        orders[20]["returns"] = [{
            "id": gid("Return", 5020), "status": "CLOSED", "createdAt": at(later),
            "requestApprovedAt": at(later + dt.timedelta(hours=3)), "closedAt": None,
            "refunds": [orders[20]["refunds"][0]], "returnLineItems": [{
                "id": gid("ReturnLineItem", 6020), "quantity": 1, "customerNote": TEXTS[0],
                "returnReasonDefinition": {"id": gid("ReturnReasonDefinition", 1),
                                           "handle": "size-too-small", "name": "Za małe"},
                "fulfillmentLineItem": {"id": gid("FulfillmentLineItem", 1),
                                        "lineItem": item}}],
        }]  # fmt: skip
        refund(orders[21], 8021, "10.00", later, [])
        many = orders[15]["lineItems"]
        refund(orders[15], 8015, str(Decimal("61.50") * 23), later,
               [(each, 1, "61.50", "11.50") for each in many])  # fmt: skip
        # an edit before payment took one of two out: a refund of nothing
        edited = orders[25]
        item = edited["lineItems"][0]
        item["currentQuantity"] = 1
        edited |= {"edited": True, "currentTotalPriceSet": bag("73.80"),
                   "currentTotalTaxSet": bag("13.80")}  # fmt: skip
        refund(edited, 8025, "0.00", later, [(item, 1, "61.50", "11.50")])
