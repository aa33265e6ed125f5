"""The GraphQL documents sent to Shopify: each holds only what the token may read.

A field without its right is an error in the whole answer, so fields are left out, not
asked and lost. A bulk operation takes no variables: its document carries its filter.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

PAGE = "pageInfo { hasNextPage endCursor }"
MONEY = "{ shopMoney { amount } }"
VISIT = "{ source sourceType utmParameters { source medium campaign } }"


@dataclass(frozen=True)
class Rights:
    """What the token may read."""

    orders: bool = True
    all_orders: bool = True
    """Also orders older than 60 days; Shopify leaves them out without a word."""
    customers: bool = True
    email: bool = True
    phone: bool = True
    address: bool = True
    journey: bool = True
    products: bool = True
    costs: bool = True
    returns: bool = True
    refused: tuple[str, ...] = ()
    """Protected fields that Shopify has not approved for this app."""


SHOP = """query Shop {
  shop { currencyCode ianaTimezone }
  currentAppInstallation { accessScopes { handle } }
}"""


def protected(customers: bool) -> str:
    """Return the document that shows which protected fields are refused."""
    customer = "customer { id defaultEmailAddress { emailAddress } }" if customers else ""
    return f"""query Protected {{
  orders(first: 1, sortKey: CREATED_AT, reverse: true) {{ nodes {{
    id email phone shippingAddress {{ countryCodeV2 }} {customer}
    customerJourneySummary {{ ready lastVisit {{ source }} }}
  }} }}
}}"""


# ---------------------------------------------------------------- orders


def order_fields(rights: Rights) -> str:
    return "\n    ".join(_order_fields(rights))


def _order_fields(rights: Rights) -> Iterator[str]:
    yield "id name createdAt processedAt updatedAt cancelledAt cancelReason test edited"
    yield "displayFinancialStatus displayFulfillmentStatus returnStatus"
    yield "taxesIncluded requiresShipping currencyCode sourceName app { name }"
    yield "channelInformation { channelDefinition { handle channelName isMarketplace } }"
    yield "paymentGatewayNames discountCodes"
    for total in ("totalPriceSet", "currentTotalPriceSet", "totalDiscountsSet",
                  "currentTotalDiscountsSet", "totalTaxSet", "currentTotalTaxSet",
                  "totalShippingPriceSet", "totalRefundedSet"):  # fmt: skip
        yield f"{total} {MONEY}"
    yield f"""shippingLine {{ title code source discountedPriceSet {MONEY}
      taxLines {{ priceSet {MONEY} }} }}"""
    yield f"""transactions {{ id kind status errorCode gateway test createdAt processedAt
      amountSet {MONEY} paymentDetails {{
        ... on BasePaymentDetails {{ paymentMethodName }} }} }}"""
    yield """fulfillments { id status displayStatus createdAt updatedAt inTransitAt
      estimatedDeliveryAt deliveredAt trackingInfo { company } }"""
    yield f"refunds {{ id createdAt updatedAt totalRefundedSet {MONEY} }}"
    if rights.customers:
        yield "customer { id } purchasingEntity { __typename }"
    if rights.email:
        yield "email"
    if rights.phone:
        yield "phone"
    if rights.address:
        yield "shippingAddress { countryCodeV2 }"
    if rights.journey:
        yield f"""customerJourneySummary {{ ready daysToConversion momentsCount {{ count }}
      firstVisit {VISIT} lastVisit {VISIT} }}"""


def line_fields(rights: Rights) -> str:
    fields = f"""id sku title quantity currentQuantity vendor
        originalUnitPriceSet {MONEY}
        discountAllocations {{ allocatedAmountSet {MONEY} }}
        taxLines {{ priceSet {MONEY} }}"""
    if rights.products:
        fields += "\n        product { id productType category { name } }"
    if rights.products and rights.costs:
        fields += "\n        variant { inventoryItem { unitCost { amount } } }"
    return fields


def _whole_order(rights: Rights) -> str:
    return f"""{order_fields(rights)}
    lineItems(first: $lines) {{
      nodes {{ {line_fields(rights)} }} {PAGE} }}"""


def orders(rights: Rights) -> str:
    """Return a page of orders, each with its first lines."""
    return f"""query Orders(
  $query: String!, $sort: OrderSortKeys!, $after: String, $first: Int!, $lines: Int!
) {{
  orders(first: $first, after: $after, query: $query, sortKey: $sort) {{
    nodes {{ {_whole_order(rights)} }}
    {PAGE}
  }}
}}"""


def named_orders(rights: Rights) -> str:
    """Return orders by their ids; null for those that are gone."""
    return f"""query NamedOrders($ids: [ID!]!, $lines: Int!) {{
  nodes(ids: $ids) {{ ... on Order {{ {_whole_order(rights)} }} }}
}}"""


def more_lines(rights: Rights) -> str:
    return f"""query MoreLines($id: ID!, $after: String, $first: Int!) {{
  node(id: $id) {{ ... on Order {{ lineItems(first: $first, after: $after) {{
    nodes {{ {line_fields(rights)} }} {PAGE} }} }} }}
}}"""


def bulk_orders(rights: Rights, query: str) -> str:
    """Return what a bulk operation runs: two connections, one level of nesting."""
    return f"""query BulkOrders {{
  orders(query: {json.dumps(query)}, sortKey: CREATED_AT) {{ edges {{ node {{
    {order_fields(rights)}
    lineItems {{ edges {{ node {{ {line_fields(rights)} }} }} }}
  }} }} }}
}}"""


ORDER_IDS = f"""query OrderIds($query: String!, $after: String, $first: Int!) {{
  orders(first: $first, after: $after, query: $query, sortKey: PROCESSED_AT) {{
    nodes {{ id }} {PAGE} }}
}}"""


# ------------------------------------- what a bulk operation cannot nest

REFUND_LINES = f"""nodes {{ quantity subtotalSet {MONEY} totalTaxSet {MONEY}
        lineItem {{ id }} }} {PAGE}"""

REFUNDS = f"""query Refunds($ids: [ID!]!, $lines: Int!) {{
  nodes(ids: $ids) {{ ... on Refund {{ id
    refundLineItems(first: $lines) {{ {REFUND_LINES} }}
    refundShippingLines(first: 5) {{ nodes {{
      subtotalAmountSet {MONEY} taxAmountSet {MONEY} }} }}
    orderAdjustments(first: 5) {{ nodes {{ amountSet {MONEY} taxAmountSet {MONEY} }} }}
  }} }}
}}"""

MORE_REFUND_LINES = f"""query MoreRefundLines($id: ID!, $after: String, $first: Int!) {{
  node(id: $id) {{ ... on Refund {{
    refundLineItems(first: $first, after: $after) {{ {REFUND_LINES} }} }} }}
}}"""

RETURN_LINES = f"""nodes {{ ... on ReturnLineItem {{ id quantity
          returnReasonDefinition {{ handle }}
          fulfillmentLineItem {{ lineItem {{ id }} }} }} }} {PAGE}"""

RETURN = f"""nodes {{ id status createdAt requestApprovedAt
      refunds(first: 1) {{ nodes {{ createdAt }} }}
      returnLineItems(first: $lines) {{ {RETURN_LINES} }} }} {PAGE}"""

RETURNS = f"""query Returns($ids: [ID!]!, $lines: Int!) {{
  nodes(ids: $ids) {{ ... on Order {{ id returns(first: 10) {{ {RETURN} }} }} }}
}}"""

MORE_RETURNS = f"""query MoreReturns(
  $id: ID!, $after: String, $first: Int!, $lines: Int!
) {{
  node(id: $id) {{ ... on Order {{
    returns(first: $first, after: $after) {{ {RETURN} }} }} }}
}}"""

MORE_RETURN_LINES = f"""query MoreReturnLines($id: ID!, $after: String, $first: Int!) {{
  node(id: $id) {{ ... on Return {{
    returnLineItems(first: $first, after: $after) {{ {RETURN_LINES} }} }} }}
}}"""


# ---------------------------------------------------- customers, checkouts


def customers(rights: Rights) -> str:
    fields = "id createdAt updatedAt numberOfOrders tags"
    if rights.email:
        fields += " defaultEmailAddress { emailAddress marketingState }"
    if rights.phone:
        fields += " defaultPhoneNumber { phoneNumber }"
    if rights.address:
        fields += " defaultAddress { countryCodeV2 }"
    return f"""query Customers(
  $query: String!, $sort: CustomerSortKeys!, $after: String, $first: Int!
) {{
  customers(first: $first, after: $after, query: $query, sortKey: $sort) {{
    nodes {{ {fields} }} {PAGE} }}
}}"""


CUSTOMER_IDS = f"""query CustomerIds($query: String, $after: String, $first: Int!) {{
  customers(first: $first, after: $after, query: $query, sortKey: ID) {{
    nodes {{ id }} {PAGE} }}
}}"""


def checkouts(rights: Rights) -> str:
    customer = "customer { id"
    if rights.email:
        customer += " defaultEmailAddress { emailAddress }"
    if rights.phone:
        customer += " defaultPhoneNumber { phoneNumber }"
    fields = f"id createdAt updatedAt completedAt totalPriceSet {MONEY}"
    if rights.customers:
        fields += f" {customer} }}"
    return f"""query Checkouts($query: String!, $after: String, $first: Int!) {{
  abandonedCheckouts(first: $first, after: $after, query: $query, sortKey: CREATED_AT) {{
    nodes {{ {fields} }} {PAGE} }}
}}"""


ANY_CHECKOUT = "query AnyCheckout { abandonedCheckouts(first: 1) { nodes { id } } }"

REMINDED = f"""query Reminded($query: String!, $after: String, $first: Int!) {{
  abandonedCheckouts(first: $first, after: $after, query: $query, sortKey: CREATED_AT) {{
    nodes {{ id }} {PAGE} }}
}}"""


# --------------------------------------------------------- bulk operations

START = """mutation Start($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: true) {
    bulkOperation { id status }
    userErrors { field message code }
  }
}"""

OPERATION = """query Operation($id: ID!) {
  node(id: $id) { ... on BulkOperation {
    id status errorCode objectCount rootObjectCount url partialDataUrl } }
}"""


def all_documents(rights: Rights) -> dict[str, str]:
    """Return every document the connector can send with these rights, by its name."""
    return {
        "Shop": SHOP, "Protected": protected(rights.customers), "Orders": orders(rights),
        "NamedOrders": named_orders(rights), "MoreLines": more_lines(rights),
        "BulkOrders": bulk_orders(rights, "created_at:>='2026-01-01T00:00:00Z'"),
        "OrderIds": ORDER_IDS, "Refunds": REFUNDS, "MoreRefundLines": MORE_REFUND_LINES,
        "Returns": RETURNS, "MoreReturns": MORE_RETURNS,
        "MoreReturnLines": MORE_RETURN_LINES, "Customers": customers(rights),
        "CustomerIds": CUSTOMER_IDS, "Checkouts": checkouts(rights),
        "AnyCheckout": ANY_CHECKOUT, "Reminded": REMINDED,
        "Start": START, "Operation": OPERATION,
    }  # fmt: skip
