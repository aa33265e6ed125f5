"""A few rows of every vendor, as its export writes them, and what must land of them.

People, numbers and addresses are made up; `.example` belongs to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field

BOM = "\ufeff"


@dataclass(frozen=True)
class Export:
    vendor: str
    files: dict[str, str | bytes]
    """Path -> content."""
    expect: dict[str, list[tuple[object, ...]]]
    """SQL over the landing -> its rows."""
    later: dict[str, str | bytes] = field(default_factory=dict)
    """Files of the next export."""
    then: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)


BASELINKER_HEAD = (
    "Numer zamówienia;Numer w sklepie;Źródło;Status;Data złożenia;Data zmiany statusu;"
    "E-mail;Telefon;Waluta;Sposób płatności;Pobranie;Wpłacono;Sposób dostawy;"
    "Koszt dostawy;Kraj dostawy;ID pozycji;ID produktu;SKU;Nazwa produktu;Ilość;"
    "Cena brutto;Stawka VAT\n"
)
WOOL = (
    "9001;1201;Sklep (shop.example);Wysłane;03.05.2026 14:22:10;04.05.2026 08:00:00;"
    "buyer@mail.example;600 100 200;PLN;BLIK;0;1 269,99;Paczkomaty InPost;9,99;PL;"
)
BASELINKER = Export(
    "baselinker",
    {
        "exports/baselinker/2026-05.csv": BOM + BASELINKER_HEAD
        + WOOL + '1;77;KURT-M;"Kurtka ""Wiatr""\nmęska";2;600,00;23%\n'
        + WOOL + "2;78;BOOK;Mapa;1;60,00;5\n"
        + WOOL + "2;78;BOOK;Mapa;1;60,00;5\n"
        + "9002;;Allegro (konto);Nowe zamówienia;03.05.2026 15:00:00;03.05.2026 15:00:00;"
        "k2j4h+a1b2c3@allegromail.pl;;PLN;Płatność przy odbiorze;1;0,00;Kurier DPD;"
        "14,90;PL;3;77;KURT-M;Kurtka;1;600,00;zw.\n",
    },
    {
        "select order_id, order_name, status, sales_channel, payment_method, "
        "delivery_method, gross_total::varchar, shipping_total::varchar, "
        "tax_total::varchar, placed_at::varchar, financial_status from sales_order "
        "order by 1": [
            ("9001", "1201", "Wysłane", "own_shop", "blik", "locker", "1269.9900",
             "9.9900", "227.2474", "2026-05-03 12:22:10+00", "paid"),
            ("9002", None, "Nowe zamówienia", "marketplace", "cash_on_delivery",
             "courier", "614.9000", "14.9000", "0.0000", "2026-05-03 13:00:00+00",
             "unpaid"),
        ],
        "select order_id, line_id, sku, quantity, unit_price::varchar, tax::varchar "
        "from order_line order by 1, 2": [
            ("9001", "1", "KURT-M", 2, "600.0000", "224.3902"),
            ("9001", "2", "BOOK", 1, "60.0000", "2.8571"),
            ("9002", "3", "KURT-M", 1, "600.0000", "0.0000"),
        ],
        "select title from order_line where line_id = '1'": [('Kurtka "Wiatr"\nmęska',)],
        "select count(email_hash), count(phone_hash) from sales_order": [(2, 1)],
    },
    # The next order of the same Allegro buyer comes with another code.
    {
        "exports/baselinker/2026-06.csv": BASELINKER_HEAD
        + "9003;;Allegro (konto);Dostarczone;01.06.2026 10:00:00;02.06.2026 10:00:00;"
        "k2j4h+zz99@allegromail.pl;;PLN;PayU;0;600,00;Kurier;0,00;PL;4;77;KURT-M;Kurtka;"
        "1;600,00;23%\n"
        "9002;;Allegro (konto);Dostarczone;03.05.2026 15:00:00;05.05.2026 09:00:00;"
        "k2j4h+a1b2c3@allegromail.pl;;PLN;Płatność przy odbiorze;1;614,90;Kurier DPD;"
        "14,90;PL;3;77;KURT-M;Kurtka;1;600,00;zw.\n",
    },
    {
        "select order_id, status from sales_order order by 1": [
            ("9001", "Wysłane"), ("9002", "Dostarczone"), ("9003", "Dostarczone"),
        ],
        "select count(distinct email_hash) from sales_order "
        "where sales_channel = 'marketplace'": [(1,)],
        "select count(*) from order_line": [(4,)],
    },
)  # fmt: skip

GETRESPONSE = Export(
    "getresponse",
    {
        "exports/getresponse/messages-05.csv": BOM
        + "Message name,List,Sent on,Sent,Bounced,Unique opens,Unique clicks,"
        "Unsubscribed\n"
        "may_sale,all,2026-05-04 09:00:00,1000,20,300,80,4\n"
        "may_sale,vip,2026-05-04 18:30:00,100,,50,20,0\n"
        "may_sale,vip,2026-05-04 18:30:00,100,,50,20,0\n"
        "draft,all,,0,0,0,0,0\n"
        "Total,,,1200,20,400,100,4\n",
        "exports/getresponse/activity-05.csv": "Email,Message name,Message type,Activity,"
        "Date\n"
        "Reader@mail.example,may_sale,Newsletter,Sent,2026-05-04 09:00:00\n"
        "reader@mail.example,may_sale,Newsletter,Opened,2026-05-04 09:30:00\n"
        "reader@mail.example,may_sale,Newsletter,Opened,2026-05-04 09:30:00\n"
        "reader@mail.example,may_sale,Newsletter,Clicked,2026-05-04 09:31:00\n"
        "reader@mail.example,Welcome,Autoresponder,Sent,2026-05-01 12:00:00\n"
        "other@mail.example,may_sale,Newsletter,Survey,2026-05-04 09:31:00\n",
    },
    {
        "select platform, campaign_id, channel, date::varchar, sent, delivered, opens, "
        "clicks, unsubscribes from campaign_daily": [
            ("getresponse", "may_sale", "Email", "2026-05-04", 1100, 1080, 350, 100, 4)
        ],
        "select campaign_name, flow, event, happened_at::varchar from message "
        "order by happened_at": [
            ("Welcome", "Autoresponder", "sent", "2026-05-01 10:00:00+00"),
            ("may_sale", None, "sent", "2026-05-04 07:00:00+00"),
            ("may_sale", None, "opened", "2026-05-04 07:30:00+00"),
            ("may_sale", None, "clicked", "2026-05-04 07:31:00+00"),
        ],
        # Keys hold no address, and one reader's events of a message share their key.
        "select count(distinct message_id), count(*) filter (contains(message_id, '@')), "
        "count(distinct email_hash) from message": [(2, 0, 1)],
    },
)  # fmt: skip

FRESHMAIL = Export(
    "freshmail",
    {
        "exports/freshmail/kampanie.csv": (
            "Nazwa kampanii;Temat;Data wysyłki;Wysłane;Dostarczone;Unikalne otwarcia;"
            "Unikalne kliknięcia;Rezygnacje\r\n"
            "Wiosna łąka;Żółte już są;05.05.2026 10:00;12 500;12 100;3 200;410;-\r\n"
            "Razem;;;12 500;12 100;3 200;410;0\r\n"
        ).encode("cp1250"),
        "exports/freshmail/odbiorcy-wiosna.csv": (
            "Nazwa kampanii;E-mail;Data wysyłki;Data otwarcia;Data kliknięcia;"
            "Data rezygnacji\r\n"
            "Wiosna łąka;reader@mail.example;05.05.2026 10:00;05.05.2026 11:00;-;\r\n"
            "Wiosna łąka;other@mail.example;05.05.2026 10:00;brak;;06.05.2026 08:00\r\n"
        ).encode("cp1250"),
    },
    {
        "select campaign_name, date::varchar, sent, delivered, opens, clicks, unsubscribes "
        "from campaign_daily": [
            ("Wiosna łąka", "2026-05-05", 12500, 12100, 3200, 410, None)
        ],
        "select event, count(*), min(happened_at)::varchar from message group by 1 "
        "order by 1": [
            ("opened", 1, "2026-05-05 09:00:00+00"),
            ("sent", 2, "2026-05-05 08:00:00+00"),
            ("unsubscribed", 1, "2026-05-06 06:00:00+00"),
        ],
    },
)  # fmt: skip

SMSAPI_HEAD = "ID;Data wysłania;Numer;Nadawca;Treść;Status;Data statusu;Punkty\n"
SMSAPI = Export(
    "smsapi",
    {
        "exports/smsapi/2026-05.csv": SMSAPI_HEAD
        + '5F01;2026-05-06 23:30:00;48600100200;SHOP;"Rabat;\n-20%";Dostarczona;'
        "2026-05-06 23:31:05;1.00\n"
        "5F02;2026-05-06 23:30:01;48600100201;SHOP;Rabat;Niedostarczona;"
        "2026-05-07 01:00:00;1.00\n"
        "5F02;2026-05-06 23:30:01;48600100201;SHOP;Rabat;Niedostarczona;"
        "2026-05-07 01:00:00;1.00\n"
        "5F03;2026-05-07 08:00:00;+48600100200;PARCEL;Paczka;DELIVERED;;2.00\n",
    },
    {
        "select message_id, campaign_name, event, happened_at::varchar from message "
        "order by 1, 3": [
            ("5F01", "SHOP", "delivered", "2026-05-06 21:31:05+00"),
            ("5F01", "SHOP", "sent", "2026-05-06 21:30:00+00"),
            ("5F02", "SHOP", "sent", "2026-05-06 21:30:01+00"),
            ("5F03", "PARCEL", "delivered", "2026-05-07 06:00:00+00"),
            ("5F03", "PARCEL", "sent", "2026-05-07 06:00:00+00"),
        ],
        "select count(distinct phone_hash) from message": [(2,)],
        "select campaign_id, date::varchar, sent, delivered, cost::varchar, currency "
        "from campaign_daily order by 1": [
            ("PARCEL", "2026-05-07", 1, 1, "0.330000", "PLN"),
            ("SHOP", "2026-05-06", 2, 1, "0.330000", "PLN"),
        ],
    },
)  # fmt: skip

META_HEAD = (
    '"Campaign name","Campaign ID",Day,"Attribution setting","Amount spent (PLN)",'
    'Impressions,"Link clicks",Purchases,"Purchases conversion value",'
    '"Reporting starts","Reporting ends"\n'
)
META = Export(
    "meta_ads",
    {
        "exports/meta/2026-05-10.csv": BOM + META_HEAD
        + ',,,"Multiple attribution settings","1,600.50",40000,500,12,3000.00,'
        "2026-05-09,2026-05-10\n"
        'spring,"120201",2026-05-09,"7-day click or 1-day view","1,234.50",30000,400,10,'
        "2500.00,2026-05-09,2026-05-09\n"
        'spring,"120201",2026-05-10,"7-day click or 1-day view",300,9000,90,2,500,'
        "2026-05-10,2026-05-10\n"
        'gone,"120202",2026-05-10,"7-day click",66,1000,10,,,2026-05-10,2026-05-10\n',
    },
    {
        "select campaign_name, date::varchar, cost::varchar, clicks, platform_conversions, "
        "platform_revenue::varchar, attribution, currency, time_zone from campaign_daily "
        "order by 2, 1": [
            ("spring", "2026-05-09", "1234.500000", 400, 10.0, "2500.0000",
             "7-day click or 1-day view", "PLN", "Europe/Warsaw"),
            ("gone", "2026-05-10", "66.000000", 10, None, None, "7-day click", "PLN",
             "Europe/Warsaw"),
            ("spring", "2026-05-10", "300.000000", 90, 2.0, "500.0000",
             "7-day click or 1-day view", "PLN", "Europe/Warsaw"),
        ],
    },
    # The next export restates the tenth; the campaign has another name and window.
    {
        "exports/meta/2026-05-11.csv": META_HEAD
        + 'spring 2,"120201",2026-05-10,"1-day click",310.25,9100,91,5,1200,'
        "2026-05-10,2026-05-10\n"
    },
    {
        "select campaign_name, date::varchar, cost::varchar, platform_conversions, "
        "attribution from campaign_daily where campaign_id = '120201' order by 2, 1": [
            ("spring", "2026-05-09", "1234.500000", 10.0, "7-day click or 1-day view"),
            ("spring 2", "2026-05-10", "310.250000", 5.0, "1-day click"),
        ],
    },
)  # fmt: skip

GOOGLE_HEAD = (
    "Campaign performance\n"
    '"May 9, 2026 - May 10, 2026"\n'
    "Campaign,Campaign ID,Campaign type,Day,Currency code,Cost,Impr.,Clicks,"
    "Search impr. share,Conversions,Conv. value\n"
)
GOOGLE = Export(
    "google_ads",
    {
        "exports/google_ads/report-2026-05-10.csv": GOOGLE_HEAD
        + 'brand,111,Search,2026-05-09,PLN,"1,250.40","5,420",245,< 10%,12.50,4100.00\n'
        'brand,111,Search,2026-05-10,PLN,80.00,300,20, --,1.00,"1,000.00"\n'
        "pmax,112,Performance Max,2026-05-10,PLN,40.10,1000,9,< 10%,0.00,0.00\n"
        'Total: Campaigns, --, --, --,PLN,"1,370.50","6,720",274,< 10%,13.50,5100.00\n'
        'Total: Account, --, --, --,PLN,"1,370.50","6,720",274,< 10%,13.50,5100.00\n',
    },
    {
        "select campaign_id, channel, date::varchar, cost::varchar, impressions, clicks, "
        "platform_conversions, platform_revenue::varchar from campaign_daily "
        "order by 1, 3": [
            ("111", "Paid Search", "2026-05-09", "1250.400000", 5420, 245, 12.5,
             "4100.0000"),
            ("111", "Paid Search", "2026-05-10", "80.000000", 300, 20, 1.0, "1000.0000"),
            ("112", "Cross-network", "2026-05-10", "40.100000", 1000, 9, 0.0, "0.0000"),
        ],
        "select distinct attribution, time_zone, currency from campaign_daily": [
            ("data-driven, by day of the click", "Europe/Warsaw", "PLN")
        ],
    },
    # The same file again: what it has no more is gone.
    {
        "exports/google_ads/report-2026-05-10.csv": GOOGLE_HEAD
        + 'brand,111,Search,2026-05-09,PLN,"1,250.40","5,420",245,< 10%,12.50,4100.00\n'
        "brand,111,Search,2026-05-10,PLN,79.10,299,19,< 10%,3.00,1500.00\n"
    },
    {
        "select campaign_id, date::varchar, cost::varchar, platform_conversions "
        "from campaign_daily order by 2, 1": [
            ("111", "2026-05-09", "1250.400000", 12.5),
            ("111", "2026-05-10", "79.100000", 3.0),
        ],
    },
)  # fmt: skip

SEARCH_CONSOLE = Export(
    "search_console",
    {
        "exports/search_console/2026-05-10.csv": "Date,Clicks,Impressions,CTR,Position\n"
        "2026-05-10,12,900,1.33%,14.2\n2026-05-09,25,1200,2.08%,9\n"
        "2026-05-08,30,1100,2.73%,8\n2026-05-07,35,1100,3.18%,8\n",
    },
    {
        "select date::varchar, clicks, impressions, is_final, channel, cost, time_zone "
        "from campaign_daily order by 1": [
            ("2026-05-07", 35, 1100, True, "Organic Search", None, "America/Los_Angeles"),
            ("2026-05-08", 30, 1100, False, "Organic Search", None, "America/Los_Angeles"),
            ("2026-05-09", 25, 1200, False, "Organic Search", None, "America/Los_Angeles"),
            ("2026-05-10", 12, 900, False, "Organic Search", None, "America/Los_Angeles"),
        ],
    },
    # A Polish panel, four days later: what was preliminary has become more.
    {
        "exports/search_console/2026-05-14.csv": BOM
        + "Data,Kliknięcia,Wyświetlenia,CTR,Pozycja\n2026-05-14,1,20,5%,11,5\n".replace(
            "11,5", "11"
        )
        + "2026-05-10,14,950,1.47%,14\n",
    },
    {
        "select date::varchar, clicks, is_final from campaign_daily order by 1": [
            ("2026-05-07", 35, True), ("2026-05-08", 30, False),
            ("2026-05-09", 25, False), ("2026-05-10", 14, True),
            ("2026-05-14", 1, False),
        ],
    },
)  # fmt: skip

ADS = (META, GOOGLE, SEARCH_CONSOLE)
MAILINGS = (GETRESPONSE, FRESHMAIL, SMSAPI)
SHOP = (BASELINKER,)
