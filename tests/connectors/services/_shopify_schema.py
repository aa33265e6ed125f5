"""The part of Shopify's Admin API that the service speaks: types and searches."""

from __future__ import annotations

import base64
import functools
import json
import re
from typing import Any

from graphql import GraphQLError, GraphQLObjectType, build_schema

CONNECTED = ("Order", "LineItem", "Refund", "RefundLineItem", "RefundShippingLine",
             "OrderAdjustment", "Return", "ReturnLineItem", "Customer",
             "AbandonedCheckout")  # fmt: skip
PAGED = "first: Int, after: String"
SEARCHED = f"{PAGED}, query: String, reverse: Boolean"

TYPES = f"""
scalar DateTime scalar UnsignedInt64 scalar URL scalar Decimal
interface Node {{ id: ID! }}
type PageInfo {{ hasNextPage: Boolean! hasPreviousPage: Boolean! endCursor: String
  startCursor: String }}
type MoneyV2 {{ amount: Decimal! currencyCode: String! }}
type MoneyBag {{ shopMoney: MoneyV2! presentmentMoney: MoneyV2! }}
type Count {{ count: Int! }}
type AccessScope {{ handle: String! description: String! }}
type AppInstallation {{ id: ID! accessScopes: [AccessScope!]! }}
type Shop {{ id: ID! name: String! email: String! currencyCode: String!
  ianaTimezone: String! }}
type OrderApp {{ id: ID! name: String! }}
type ChannelDefinition {{ handle: String! channelName: String! isMarketplace: Boolean! }}
type ChannelInformation {{ id: ID! channelDefinition: ChannelDefinition }}
type MailingAddress {{ name: String address1: String city: String countryCodeV2: String }}
type UTMParameters {{ source: String medium: String campaign: String content: String
  term: String }}
type CustomerVisit {{ id: ID! source: String! sourceType: String landingPage: URL
  referrerUrl: URL utmParameters: UTMParameters }}
type CustomerJourneySummary {{ ready: Boolean! daysToConversion: Int momentsCount: Count
  customerOrderIndex: Int firstVisit: CustomerVisit lastVisit: CustomerVisit }}
type TaxLine {{ title: String! priceSet: MoneyBag! }}
type DiscountAllocation {{ allocatedAmountSet: MoneyBag! }}
type TaxonomyCategory {{ id: ID! name: String! fullName: String! }}
type Product {{ id: ID! title: String! productType: String! vendor: String!
  category: TaxonomyCategory }}
type InventoryItem {{ id: ID! unitCost: MoneyV2 }}
type ProductVariant {{ id: ID! sku: String inventoryItem: InventoryItem! }}
type LineItem implements Node {{ id: ID! sku: String title: String! quantity: Int!
  currentQuantity: Int! vendor: String product: Product variant: ProductVariant
  originalUnitPriceSet: MoneyBag! discountAllocations: [DiscountAllocation!]!
  taxLines(first: Int): [TaxLine!]! }}
type ShippingLine {{ id: ID title: String! code: String source: String
  discountedPriceSet: MoneyBag! taxLines: [TaxLine!]! }}
interface BasePaymentDetails {{ paymentMethodName: String }}
type CardPaymentDetails implements BasePaymentDetails {{ paymentMethodName: String
  company: String name: String number: String }}
type LocalPaymentMethodsPaymentDetails implements BasePaymentDetails {{
  paymentMethodName: String paymentDescriptor: String }}
union PaymentDetails = CardPaymentDetails | LocalPaymentMethodsPaymentDetails
type OrderTransaction {{ id: ID! kind: String! status: String! errorCode: String
  gateway: String test: Boolean! createdAt: DateTime! processedAt: DateTime
  amountSet: MoneyBag! paymentDetails: PaymentDetails accountNumber: String }}
type FulfillmentTrackingInfo {{ company: String number: String url: URL }}
type Fulfillment {{ id: ID! status: String! displayStatus: String createdAt: DateTime!
  updatedAt: DateTime! inTransitAt: DateTime estimatedDeliveryAt: DateTime
  deliveredAt: DateTime trackingInfo(first: Int): [FulfillmentTrackingInfo!]! }}
type RefundLineItem {{ quantity: Int! subtotalSet: MoneyBag! totalTaxSet: MoneyBag!
  lineItem: LineItem! }}
type RefundShippingLine {{ id: ID! subtotalAmountSet: MoneyBag! taxAmountSet: MoneyBag! }}
type OrderAdjustment {{ id: ID! amountSet: MoneyBag! taxAmountSet: MoneyBag!
  reason: String }}
type Refund implements Node {{ id: ID! createdAt: DateTime updatedAt: DateTime!
  note: String totalRefundedSet: MoneyBag!
  refundLineItems({PAGED}): RefundLineItemConnection!
  refundShippingLines({PAGED}): RefundShippingLineConnection!
  orderAdjustments({PAGED}): OrderAdjustmentConnection! }}
type ReturnReasonDefinition {{ id: ID! handle: String! name: String! }}
type FulfillmentLineItem {{ id: ID! lineItem: LineItem! }}
type ReturnLineItem implements Node {{ id: ID! quantity: Int! customerNote: String
  returnReasonDefinition: ReturnReasonDefinition
  fulfillmentLineItem: FulfillmentLineItem! }}
type Return implements Node {{ id: ID! status: String! createdAt: DateTime!
  requestApprovedAt: DateTime closedAt: DateTime refunds({PAGED}): RefundConnection!
  returnLineItems({PAGED}): ReturnLineItemConnection! }}
type CustomerEmailAddress {{ emailAddress: String! marketingState: String! }}
type CustomerPhoneNumber {{ phoneNumber: String! }}
type Customer implements Node {{ id: ID! firstName: String lastName: String
  displayName: String! createdAt: DateTime! updatedAt: DateTime!
  numberOfOrders: UnsignedInt64! tags: [String!]!
  defaultEmailAddress: CustomerEmailAddress defaultPhoneNumber: CustomerPhoneNumber
  defaultAddress: MailingAddress }}
type PurchasingCompany {{ company: Shop }}
union PurchasingEntity = Customer | PurchasingCompany
type Order implements Node {{ id: ID! name: String! createdAt: DateTime!
  processedAt: DateTime! updatedAt: DateTime! cancelledAt: DateTime cancelReason: String
  test: Boolean! edited: Boolean! displayFinancialStatus: String
  displayFulfillmentStatus: String! returnStatus: String! taxesIncluded: Boolean!
  requiresShipping: Boolean! currencyCode: String! sourceName: String app: OrderApp
  channelInformation: ChannelInformation paymentGatewayNames: [String!]!
  discountCodes: [String!]! totalPriceSet: MoneyBag! currentTotalPriceSet: MoneyBag!
  totalDiscountsSet: MoneyBag currentTotalDiscountsSet: MoneyBag! totalTaxSet: MoneyBag
  currentTotalTaxSet: MoneyBag! totalShippingPriceSet: MoneyBag!
  totalRefundedSet: MoneyBag! shippingLine: ShippingLine
  transactions(first: Int): [OrderTransaction!]! fulfillments(first: Int): [Fulfillment!]!
  refunds(first: Int): [Refund!]! customer: Customer purchasingEntity: PurchasingEntity
  email: String phone: String note: String clientIp: String
  shippingAddress: MailingAddress customerJourneySummary: CustomerJourneySummary
  lineItems({PAGED}): LineItemConnection! returns({PAGED}): ReturnConnection! }}
type AbandonedCheckout implements Node {{ id: ID! name: String! abandonedCheckoutUrl: URL!
  createdAt: DateTime! updatedAt: DateTime! completedAt: DateTime customer: Customer
  totalPriceSet: MoneyBag! note: String! }}
enum BulkOperationStatus {{ CANCELED CANCELING COMPLETED CREATED EXPIRED FAILED RUNNING }}
type BulkOperation implements Node {{ id: ID! status: BulkOperationStatus!
  errorCode: String objectCount: UnsignedInt64! rootObjectCount: UnsignedInt64!
  url: URL partialDataUrl: URL query: String! }}
type BulkOperationUserError {{ field: [String!] message: String! code: String }}
type BulkOperationRunQueryPayload {{ bulkOperation: BulkOperation
  userErrors: [BulkOperationUserError!]! }}
enum OrderSortKeys {{ CREATED_AT ID PROCESSED_AT UPDATED_AT }}
enum CustomerSortKeys {{ CREATED_AT ID UPDATED_AT }}
enum AbandonedCheckoutSortKeys {{ CREATED_AT ID }}
type QueryRoot {{ shop: Shop! currentAppInstallation: AppInstallation!
  node(id: ID!): Node nodes(ids: [ID!]!): [Node]!
  orders({SEARCHED}, sortKey: OrderSortKeys = PROCESSED_AT): OrderConnection!
  customers({SEARCHED}, sortKey: CustomerSortKeys = ID): CustomerConnection!
  abandonedCheckouts({SEARCHED}, sortKey: AbandonedCheckoutSortKeys = ID):
    AbandonedCheckoutConnection! }}
type Mutation {{ bulkOperationRunQuery(query: String!, groupObjects: Boolean! = false):
  BulkOperationRunQueryPayload }}
schema {{ query: QueryRoot mutation: Mutation }}
"""
CONNECTIONS = "\n".join(
    f"type {name}Edge {{ cursor: String! node: {name}! }}\n"
    f"type {name}Connection {{ edges: [{name}Edge!]! nodes: [{name}!]! "
    "pageInfo: PageInfo! }"
    for name in CONNECTED
)
SDL = TYPES + CONNECTIONS

FIELDS = {
    "created_at": "createdAt", "updated_at": "updatedAt", "processed_at": "processedAt",
    "customer_date": "createdAt", "email_state": "emailState",
}  # fmt: skip
SORTS = {"CREATED_AT": "createdAt", "UPDATED_AT": "updatedAt",
         "PROCESSED_AT": "processedAt", "ID": "id"}  # fmt: skip
TERM = re.compile(r"(\w+):(>=|<=|>|<)?(?:'([^']*)'|(\S+))")


def searched(things: list[dict[str, Any]], query: str | None) -> list[dict[str, Any]]:
    """Return what a search finds; a name it does not know finds everything."""
    for name, sign, quoted, bare in TERM.findall(query or ""):
        key, wanted = FIELDS.get(name), quoted or bare
        if key is None:
            continue
        things = [thing for thing in things if _fits(str(thing.get(key)), sign, wanted)]
    return things


def _fits(value: str, sign: str, wanted: str) -> bool:
    signs = {">=": value >= wanted, "<=": value <= wanted, ">": value > wanted,
             "<": value < wanted, "": value == wanted}  # fmt: skip
    return signs[sign]


def connection(
    things: list[dict[str, Any]], sort: str | None = None, first: int | None = None,
    after: str | None = None, reverse: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Return a page; a cursor is the place in the order, not a number of things."""
    keyed = [(_key(thing, sort, place), thing) for place, thing in enumerate(things)]
    keyed.sort(key=lambda pair: pair[0], reverse=reverse)
    if after:
        place = tuple(json.loads(base64.b64decode(after)))
        keyed = [
            pair for pair in keyed if (pair[0] < place if reverse else pair[0] > place)
        ]
    page = keyed if first is None else keyed[:first]
    edges: list[dict[str, Any]] = []
    cursors = [base64.b64encode(json.dumps(key).encode()).decode() for key, _ in page]
    for cursor, (_, thing) in zip(cursors, page, strict=True):
        edges.append({"cursor": cursor, "node": thing})
    return {
        "nodes": [thing for _, thing in page],
        "edges": edges,
        "pageInfo": {
            "hasNextPage": len(keyed) > len(page), "hasPreviousPage": bool(after),
            "endCursor": cursors[-1] if page else None,
            "startCursor": cursors[0] if page else None,
        },
    }  # fmt: skip


def _key(thing: dict[str, Any], sort: str | None, place: int) -> tuple[str, int]:
    if sort is None:
        return "", place
    number = int(thing["id"].rpartition("/")[2])
    return ("" if sort == "ID" else str(thing[SORTS[sort]])), number


def denied(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "ACCESS_DENIED"})


def resolver(parent: Any, info: Any, **given: Any) -> Any:
    """Return what a thing holds; of a list that is a connection, a page."""
    context = info.context
    context.allow(info.parent_type.name, info.field_name)
    value = parent.get(info.field_name)
    kind = info.return_type
    while hasattr(kind, "of_type"):
        kind = kind.of_type
    if kind.name.endswith("Connection") and isinstance(value, list):
        return connection(value, None, None if context.bulk else given.get("first"),
                          given.get("after"))  # fmt: skip
    return value


def kind_of(thing: dict[str, Any], *_: Any) -> str:
    return str(thing.get("__typename") or thing["id"].split("/")[3])


@functools.cache
def schema() -> Any:
    """Return the schema with its roots, which the service answers."""
    built = build_schema(SDL)
    for kind in built.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for name, field in kind.fields.items():
                root = kind.name in ("QueryRoot", "Mutation")
                field.resolve = root_of(name) if root else resolver
        elif hasattr(kind, "resolve_type"):
            kind.resolve_type = kind_of
    return built


def root_of(name: str) -> Any:
    def resolve(_: Any, info: Any, **given: Any) -> Any:
        return info.context.root(name, given)

    return resolve
