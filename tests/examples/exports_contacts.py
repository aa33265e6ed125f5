"""Rows of a telephone exchange, a chat and a mail box, as they write them."""

from __future__ import annotations

import csv
import io

from tests.examples.exports import Export
from tests.examples.exports_voice import lines

CDR = (
    "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,"
    "disposition,amaflags,accountcode,uniqueid,userfield,did,recordingfile,cnum,cnam,"
    "outbound_cnum,outbound_cnam,dst_cnam,linkedid,peeraccount,sequence"
)


def leg(at: str, src: str, to: str, app: str, seconds: tuple[int, int], end: str,
        call: str, did: str, number: int) -> str:  # fmt: skip
    """Return one row; `to` is the channel reached, empty where none was."""
    return (
        f'{at},"""Caller"" <{src}>",{src},200,from-trunk,PJSIP/trunk-1,{to},{app},x,'
        f"{seconds[0]},{seconds[1]},{end},3,,{call}.{number},,{did},,{src},Caller,,,,"
        f"{call},,{number}"
    )


TAKEN = leg("2026-05-11 10:00:40", "600100200", "PJSIP/201-2", "Queue", (120, 90),
            "ANSWERED", "11", "123456789", 2)  # fmt: skip
PHONE = Export(
    "phone_log",
    {
        "exports/phone/2026-05.csv": "\n".join([
            CDR,
            # The queue picks up at once; a telephone answers 30 s into the second leg.
            leg("2026-05-11 10:00:00", "600100200", "", "Queue", (40, 40), "ANSWERED",
                "11", "123456789", 1),
            TAKEN, TAKEN,
            # Nobody took it, the voice mail did.
            leg("2026-05-11 11:00:00", "anonymous", "", "VoiceMail", (55, 50), "ANSWERED",
                "12", "123456789", 1),
            # Out of the house, and within it.
            leg("2026-05-11 12:00:00", "201", "PJSIP/trunk-9", "Dial", (60, 50),
                "ANSWERED", "13", "", 1),
            # Rang and was given up, in the hour that comes twice.
            leg("2026-10-25 02:30:00", "+48600100201", "", "Queue", (75, 0), "NO ANSWER",
                "14", "123456789", 1),
        ]) + "\n",
    },
    {
        "select conversation_id, kind, channel, started_at::varchar, ended_at::varchar, "
        "wait_seconds, talk_seconds, answered, abandoned, phone_hash is not null "
        "from conversation order by 1": [
            ("11", "call", "phone", "2026-05-11 08:00:00+00", "2026-05-11 08:02:40+00",
             70.0, 90.0, True, False, True),
            ("12", "call", "phone", "2026-05-11 09:00:00+00", "2026-05-11 09:00:55+00",
             55.0, None, False, True, False),
            ("14", "call", "phone", "2026-10-25 01:30:00+00", "2026-10-25 01:31:15+00",
             75.0, None, False, True, True),
        ],
    },
)  # fmt: skip


def chat(number: str, email: str | None, *said: tuple[str, str]) -> dict[str, object]:
    return {
        "event": "chat:transcript_created", "time": "2026-05-12T13:00:00.000Z",
        "property": {"id": "p", "name": "Shop"},
        "chat": {
            "id": number,
            "visitor": {"name": "A.", "email": email, "city": "Kraków", "country": "pl"},
            "messages": [
                {"sender": {"t": sender, "n": "somebody"}, "type": "msg",
                 "msg": "words\nof a person", "time": f"2026-05-12T12:{at}.000Z"}
                for sender, at in said
            ],
        },
    }  # fmt: skip


TALK = chat("c1", "Buyer@mail.example", ("s", "00:00"), ("v", "00:10"), ("v", "00:20"),
            ("a", "01:10"), ("a", "01:15"), ("v", "02:00"), ("a", "02:30"))  # fmt: skip
CHAT = Export(
    "chat_log",
    {
        "exports/chat/2026-05.ndjson": lines([
            {"event": "chat:start", "time": "2026-05-12T12:00:00.000Z"},
            TALK, TALK,
            chat("c2", None, ("v", "10:00"), ("s", "10:01")),
            chat("c3", None, ("a", "20:00")),
        ]),
    },
    {
        "select ticket_id, channel, status, created_at::varchar, first_reply_at::varchar, "
        "resolved_at::varchar, replies, initiated_by, email_hash is not null, country "
        "from ticket order by 1": [
            ("c1", "chat", "closed", "2026-05-12 12:00:10+00", "2026-05-12 12:01:10+00",
             "2026-05-12 12:02:30+00", 2, "customer", True, "PL"),
            ("c2", "chat", "missed", "2026-05-12 12:10:00+00", None, None, 0, "customer",
             False, "PL"),
            ("c3", "chat", "closed", "2026-05-12 12:20:00+00", None,
             "2026-05-12 12:20:00+00", 1, "agent", False, "PL"),
        ],
    },
)  # fmt: skip

COLUMNS = ("message_id", "date", "from", "to", "reply_to", "subject", "in_reply_to",
           "references", "auto_submitted", "precedence")  # fmt: skip
DESK = "Shop <sklep@shop.example>"


def mail(
    number: str, at: str, sender: str, to: str, subject: str, **more: str
) -> list[str]:
    row = {
        "message_id": f"<{number}@mail.example>" if number else "",
        "date": f"2026-05-{at}:00+02:00", "from": sender, "to": to, "subject": subject,
    } | {key.rstrip("_"): value for key, value in more.items()}  # fmt: skip
    return [row.get(column, "") for column in COLUMNS]


def box(*rows: list[str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue()


FIRST = mail("m1", "11T09:00", "Ala <ala@mail.example>", DESK, "Zamówienie nr 10023")
MAILBOX = Export(
    "mailbox",
    {
        "exports/mail/messages.csv": box(
            FIRST, FIRST,
            # The shop's own receipt is no reply; nor is the customer's out of office.
            mail("m2", "11T09:01", DESK, "ala@mail.example", "Re: Zamówienie nr 10023",
                 references="<m1@mail.example>", auto_submitted="auto-replied"),
            mail("m3", "11T10:30", DESK, '"Ala, A." <ala@mail.example>, kopia@x.example',
                 "Re: Zamówienie nr 10023", references="<m1@mail.example>",
                 in_reply_to="<m1@mail.example>"),
            mail("m4", "11T10:31", "ala@mail.example", DESK, "Automatic reply: Re: Zam.",
                 references="<m1@mail.example> <m3@mail.example>"),
            mail("m5", "12T08:00", "ala@mail.example", DESK, "Odp: Zamówienie nr 10023",
                 in_reply_to="<m3@mail.example>"),
            # A program that names nothing: the subject and the customer tell.
            mail("n1", "13T09:00", "jan@mail.example", DESK, "Rozmiar kurtki"),
            mail("", "13T12:00", DESK, "jan@mail.example", "RE: Rozmiar kurtki"),
            mail("n2", "13T13:00", "eva@mail.example", DESK, "Rozmiar kurtki"),
            # Begun by staff, from the group's other domain.
            mail("s1", "14T09:00", "bok@shop-group.example", "ola@mail.example", "Braki"),
            mail("s2", "14T11:00", "ola@mail.example", DESK, "Re: Braki",
                 references="<s1@mail.example>"),
            # A form of the site; an answer to a receipt that only the customer has.
            mail("f1", "15T09:00", DESK, DESK, "Formularz", reply_to="kim@mail.example"),
            mail("r1", "16T09:00", "leo@mail.example", DESK, "Re: Your order #10024",
                 references="<gone@shop.example>"),
            # Nobody's tickets.
            mail("x1", "16T10:00", "news@brand.example", DESK, "Sale", precedence="bulk"),
            mail("x2", "16T10:00", "MAILER-DAEMON@mail.example", DESK, "Undelivered"),
            mail("x3", "16T10:00", DESK, "szef@shop.example", "Urlop"),
            # Two that name each other end, in one ticket each at most.
            mail("c1", "17T09:00", "max@mail.example", DESK, "A",
                 in_reply_to="<c2@mail.example>"),
            mail("c2", "17T10:00", "max@mail.example", DESK, "A",
                 in_reply_to="<c1@mail.example>"),
        ),
    },
    {
        "select created_at::varchar, first_reply_at::varchar, replies, status, "
        "initiated_by, order_ref, channel from ticket "
        "where created_at < '2026-05-17' order by 1": [
            ("2026-05-11 07:00:00+00", "2026-05-11 08:30:00+00", 1, "open", "customer",
             "10023", "email"),
            ("2026-05-13 07:00:00+00", "2026-05-13 10:00:00+00", 1, "answered",
             "customer", None, "email"),
            ("2026-05-13 11:00:00+00", None, 0, "open", "customer", None, "email"),
            ("2026-05-14 07:00:00+00", None, 0, "open", "agent", None, "email"),
            ("2026-05-15 07:00:00+00", None, 0, "open", "customer", None, "email"),
            ("2026-05-16 07:00:00+00", None, 0, "open", "customer", "10024", "email"),
        ],
        "select count(*) between 1 and 2 from ticket where created_at > '2026-05-17'": [
            (True,)
        ],
        # Seven people, and every message of theirs hangs on a ticket.
        "select count(distinct email_hash) from ticket": [(7,)],
        "select author, count(*) from ticket_event semi join ticket using (ticket_id) "
        "group by 1 order by 1": [("agent", 3), ("customer", 9)],
        "select count(*) from ticket_event anti join ticket using (ticket_id)": [(0,)],
    },
)  # fmt: skip

CONTACTS = (PHONE, CHAT, MAILBOX)
