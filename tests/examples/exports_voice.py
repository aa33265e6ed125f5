"""Rows of reviews, surveys, parcels, points and contacts, as their vendors write them."""

from __future__ import annotations

import json

from tests.examples.exports import BOM, Export

CENEO = Export(
    "ceneo",
    {
        "exports/ceneo/2026-05.csv": (
            "Id opinii;Data wystawienia;Numer zamówienia;Ocena;Status;Treść opinii;"
            "Odpowiedź sklepu;Data odpowiedzi\r\n"
            '501;06.05.2026 10:15;1201;4,5;Opublikowana;"Świetny sklep;\r\nszybko";'
            "Dziękujemy;07.05.2026 09:00\r\n"
            "502;07.05.2026 00:30;-;1/5;Ukryta;;;\r\n"
            "502;07.05.2026 00:30;-;1/5;Ukryta;;;\r\n"
        ).encode("cp1250"),
    },
    {
        "select feedback_id, kind, score, scale_min, scale_max, order_id, "
        "answered_at::varchar, replied_at::varchar, comment_chars, published "
        "from feedback order by 1": [
            ("501", "review", 4.5, 1.0, 5.0, "1201", "2026-05-06 08:15:00+00",
             "2026-05-07 07:00:00+00", 22, True),
            ("502", "review", 1.0, 1.0, 5.0, None, "2026-05-06 22:30:00+00", None, None,
             False),
        ],
    },
)  # fmt: skip

TRUSTPILOT_HEAD = (
    "Domain Url,Webshop Name,Business Unit Id,Review Id,Review Created (UTC),"
    "Review Consumer User Id,Review Username,Review User Email,Review Title,"
    "Review Content,Review Stars,Source Of Review,Reference Id,Company Response,"
    "Company Reply Date (UTC),Review Language\n"
)
TRUSTPILOT = Export(
    "trustpilot",
    {
        "exports/trustpilot/2026-05.csv": BOM + TRUSTPILOT_HEAD
        + "www.shop.example,Shop,bu1,r1,2026-05-03 09:10:11,u1,A. B.,buyer@mail.example,"
        '"Good, quick","Two lines\nof ""praise""",5,Invitation,1201,Thanks,'
        "2026-05-04 10:00:00,en\n"
        "www.shop.example,Shop,bu1,r2,2026-05-31 23:30:00,u2,C.,,Bad,Late,1,Organic,,,,"
        "pl\n",
    },
    {
        "select feedback_id, score, order_id, answered_at::varchar, replied_at::varchar, "
        "comment_chars, email_hash is not null from feedback order by 1": [
            ("r1", 5.0, "1201", "2026-05-03 09:10:11+00", "2026-05-04 10:00:00+00", 21,
             True),
            ("r2", 1.0, None, "2026-05-31 23:30:00+00", None, 4, False),
        ],
    },
    # Edited since: the later export has the same id.
    {
        "exports/trustpilot/2026-06.csv": TRUSTPILOT_HEAD
        + "www.shop.example,Shop,bu1,r2,2026-05-31 23:30:00,u2,C.,,Better,Solved,4,"
        "Organic,,,,pl\n"
    },
    {"select feedback_id, score from feedback order by 1": [("r1", 5.0), ("r2", 4.0)]},
)  # fmt: skip

JUDGEME_HEAD = (
    "title,body,rating,review_date,source,curated,reviewer_name,reviewer_email,"
    "product_id,product_handle,reply,reply_date,picture_urls,ip_address,location,"
    "metaobject_handle\n"
)
JUDGEME = Export(
    "judgeme",
    {
        "exports/judgeme/reviews.csv": JUDGEME_HEAD
        + 'Warm,"Very warm,\nfits",5,2026-05-02 10:12:00 UTC,web,ok,A. B.,'
        "Buyer@mail.example,7012345678,jacket,Thanks!,2026-05-03 08:00:00 UTC,"
        "https://pictures.example/a.jpg,192.0.2.7,Kraków,\n"
        "Spam,Buy pills,5,2026-05-02 11:00:00 UTC,web,spam,X,x@spam.example,7012345678,"
        "jacket,,,,192.0.2.8,,\n"
        "Shop,Fine,4,2026-05-04 12:00:00 UTC,email,not-yet,C. D.,other@mail.example,,,,,"
        ",,,\n",
    },
    {
        "select score, product_id, answered_at::varchar, replied_at::varchar, "
        "comment_chars, published, email_hash is not null from feedback order by 3": [
            (5.0, "7012345678", "2026-05-02 10:12:00+00", "2026-05-03 08:00:00+00", 15,
             True, True),
            (4.0, None, "2026-05-04 12:00:00+00", None, 4, False, True),
        ],
        "select count(*) from feedback where contains(feedback_id, '@')": [(0,)],
    },
)  # fmt: skip


def lines(rows: list[dict[str, object]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def parcel(number: str, service: str, *steps: tuple[str, str]) -> dict[str, object]:
    return {
        "tracking_number": number, "service": service, "type": service,
        "created_at": "2026-05-04T09:00:00.000+02:00",
        "updated_at": steps[-1][1],
        "custom_attributes": {"size": "A", "target_machine_id": "KRA010"},
        "tracking_details": [
            {"status": status, "origin_status": "X", "agency": None, "datetime": at}
            for status, at in reversed(steps)
        ],
        "expected_flow": [],
    }  # fmt: skip


LOCKER, COURIER = "inpost_locker_standard", "inpost_courier_standard"
INPOST = Export(
    "inpost",
    {
        "exports/parcels.csv": "tracking_number,order_id\n601,1201\n602,1202\n"
        "602,1202\n603,1203\n",
        "exports/inpost/2026-05.ndjson": lines([
            parcel("601", LOCKER, ("created", "2026-05-04T09:00:00+02:00"),
                   ("confirmed", "2026-05-04T09:01:00+02:00"),
                   ("dispatched_by_sender", "2026-05-04T18:00:00+02:00"),
                   ("out_for_delivery", "2026-05-05T07:00:00+02:00"),
                   ("ready_to_pickup", "2026-05-05T11:00:00+02:00"),
                   ("delivered", "2026-05-07T20:00:00+02:00")),
            parcel("602", LOCKER, ("created", "2026-05-04T09:00:00+02:00"),
                   ("collected_from_sender", "2026-05-04T16:00:00+02:00"),
                   ("ready_to_pickup", "2026-05-05T11:00:00+02:00"),
                   ("pickup_time_expired", "2026-05-07T11:00:00+02:00"),
                   ("returned_to_sender", "2026-05-10T09:00:00+02:00")),
            parcel("603", COURIER, ("created", "2026-05-04T09:00:00+02:00"),
                   ("taken_by_courier", "2026-05-04T17:00:00+02:00"),
                   ("delivered", "2026-05-06T12:00:00+02:00")),
            parcel("604", LOCKER, ("created", "2026-05-04T09:00:00+02:00"),
                   ("canceled", "2026-05-04T10:00:00+02:00")),
        ]),
    },
    {
        "select fulfillment_id, order_id, status, shipped_at::varchar, "
        "ready_for_pickup_at::varchar, delivered_at::varchar, "
        "collected_at::varchar, returned_to_sender_at::varchar "
        "from fulfillment order by 1": [
            ("601", "1201", "delivered", "2026-05-04 16:00:00+00",
             "2026-05-05 09:00:00+00", "2026-05-05 09:00:00+00", "2026-05-07 18:00:00+00",
             None),
            ("602", "1202", "returned_to_sender", "2026-05-04 14:00:00+00",
             "2026-05-05 09:00:00+00", None, None, "2026-05-10 07:00:00+00"),
            ("603", "1203", "delivered", "2026-05-04 15:00:00+00", None,
             "2026-05-06 10:00:00+00", None, None),
            ("604", None, "cancelled", None, None, None, None, None),
        ],
    },
)  # fmt: skip

TYPEFORM = Export(
    "typeform",
    {
        "exports/typeform/after-delivery.csv": "#,How likely are you to recommend us to a "
        "friend?,What is the reason for your score?,How satisfied are you with your order?,"
        "How easy was it to get what you wanted?,email,order_id,Response Type,"
        "Start Date (UTC),Stage Date (UTC),Submit Date (UTC),Network ID,Tags,Ending\n"
        'a1,9,"Fast, and\nkind",5,7,buyer@mail.example,1201,completed,2026-05-08 10:00:00,,'
        "2026-05-08 10:02:30,d356,,\n"
        "a2,0,,,2,,,completed,2026-05-09 10:00:00,,2026-05-09 10:01:00,d357,,\n"
        "a3,10,,4,,x@mail.example,1202,partial,2026-05-09 11:00:00,2026-05-09 11:00:30,,"
        "d358,,\n",
    },
    {
        "select feedback_id, kind, score, scale_min, scale_max, order_id, "
        "answered_at::varchar, comment_chars, email_hash is not null from feedback "
        "order by 1": [
            ("a1:ces", "ces", 7.0, 1.0, 7.0, "1201", "2026-05-08 10:02:30+00", None, True),
            ("a1:csat", "csat", 5.0, 1.0, 5.0, "1201", "2026-05-08 10:02:30+00", None,
             True),
            ("a1:nps", "nps", 9.0, 0.0, 10.0, "1201", "2026-05-08 10:02:30+00", 14, True),
            ("a2:ces", "ces", 2.0, 1.0, 7.0, None, "2026-05-09 10:01:00+00", None, False),
            ("a2:nps", "nps", 0.0, 0.0, 10.0, None, "2026-05-09 10:01:00+00", None, False),
        ],
    },
)  # fmt: skip


def response(
    number: int, kind: str, score: int | None, **more: object
) -> dict[str, object]:
    return {
        "id": str(number), "survey_type": kind, "score": score, "comment": None,
        "person": {"id": "10", "name": "A. B.", "email": "buyer@mail.example",
                   "phone_number": None, "created_at": 1778000000},
        "permalink": "https://app.survey.example/r/1", "created_at": 1778313600,
        "updated_at": None, "person_properties": {"order_id": "1201", "country": "PL"},
        "notes": [], "tags": [], "additional_answers": [],
    } | more  # fmt: skip


DELIGHTED = Export(
    "delighted",
    {
        "exports/delighted/page-0001.json": json.dumps([
            response(1, "nps", 0, comment="Too\nlate"),
            response(2, "ces7", 6, person_properties={"order_id": "1202"}),
            response(3, "csat", 4, updated_at=1778320000),
            response(4, "enps", 3),
            response(5, "nps", None),
            response(6, "thumbs", 1),
        ]),
    },
    {
        "select feedback_id, kind, score, scale_min, scale_max, order_id, "
        "answered_at::varchar, comment_chars from feedback order by 1": [
            ("1", "nps", 0.0, 0.0, 10.0, "1201", "2026-05-09 08:00:00+00", 8),
            ("2", "ces", 6.0, 1.0, 7.0, "1202", "2026-05-09 08:00:00+00", None),
            ("3", "csat", 4.0, 1.0, 5.0, "1201", "2026-05-09 08:00:00+00", None),
            ("6", "csat", 1.0, 0.0, 1.0, "1201", "2026-05-09 08:00:00+00", None),
        ],
    },
)  # fmt: skip


def points(number: int, change: int, description: str) -> dict[str, object]:
    return {
        "id": number, "customer_id": 304, "points_change": change,
        "description": description, "internal_note": None,
        "created_at": f"2026-05-0{number}T20:15:27.893Z",
        "updated_at": f"2026-05-0{number}T20:15:27.893Z",
    }  # fmt: skip


def member(number: int, email: str, state: str) -> dict[str, object]:
    return {
        "id": number, "email": email, "state": state, "points_balance": 10,
        "created_at": "2026-04-01T08:00:00.000Z", "updated_at": "2026-05-01T08:00:00.000Z",
    }  # fmt: skip


SMILE = Export(
    "smile",
    {
        "exports/smile/points_transactions-05.ndjson": lines([
            points(1, 120, "Placed an order"), points(2, -100, "Redeemed for 5 PLN off"),
            points(3, -20, "Points expired"), points(4, -60, "Order refunded"),
            points(5, 0, "Nothing"), points(1, 120, "Placed an order"),
        ]),
        "exports/smile/customers.ndjson": lines([
            member(304, "buyer@mail.example", "member"),
            member(305, "friend@mail.example", "candidate"),
        ]),
        "exports/smile/referrals.ndjson": lines([
            {"id": 1, "sender_customer": {"id": 304, "email": "buyer@mail.example"},
             "receiver_customer": {"id": 305, "email": "friend@mail.example"},
             "receiver_customer_email": "friend@mail.example",
             "created_at": "2026-05-04T20:15:27.893Z",
             "updated_at": "2026-05-06T12:15:22.040Z"},
            {"id": 2, "sender_customer": {"id": 304, "email": "buyer@mail.example"},
             "receiver_customer": None, "receiver_customer_email": "late@mail.example",
             "created_at": "2026-05-05T20:15:27.893Z",
             "updated_at": "2026-05-05T20:15:27.893Z"},
        ]),
    },
    {
        "select event_id, kind, points, happened_at::date::varchar, "
        "referred_email_hash is not null from loyalty_event order by 1": [
            ("member:304", "enrolled", None, "2026-04-01", False),
            ("points:1", "earned", 120.0, "2026-05-01", False),
            ("points:2", "redeemed", -100.0, "2026-05-02", False),
            ("points:3", "expired", -20.0, "2026-05-03", False),
            ("points:4", "adjusted", -60.0, "2026-05-04", False),
            ("referral:1", "referral", None, "2026-05-06", True),
            ("referral:2", "invited", None, "2026-05-05", False),
        ],
        "select count(distinct email_hash) from loyalty_event": [(1,)],
    },
)  # fmt: skip

VOICE = (CENEO, TRUSTPILOT, JUDGEME, INPOST, TYPEFORM, DELIGHTED, SMILE)
