"""The files connector end to end: what is on disk, what has landed, what is said."""

from __future__ import annotations

import gzip
import json
import os
import time

import polars as pl
import pytest

from connectors import files
from journey import landing

ORDER = 'order_id = "id", currency = "\'PLN\'"'
MONEY = f'{ORDER}, gross_total = "total"'
PLACED = f'{ORDER}, placed_at = "at"'


def only(shop, sql):
    return shop.rows(sql)


def test_tables_are_the_canonical_ones():
    assert set(files.TABLES) == set(landing.TABLES)


# ------------------------------------------------------------------ formats


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_csv_lands_whatever_separates_its_columns(shop, delimiter):
    rows = [["id", "total", "note"], ["1", "5.50", "a"], ["2", "7", "b"]]
    shop.write("orders.csv", "\n".join(delimiter.join(row) for row in rows))
    shop.orders(MONEY)
    assert shop.fine().rows == 2
    assert only(shop, "select sum(gross_total)::varchar from sales_order") == [("12.5000",)]


def test_gzip_tsv_ndjson_parquet_and_excel_land_the_same(shop):
    frame = pl.DataFrame({"id": ["1", "2"], "total": [5.5, 7.25]})
    csv = frame.write_csv()
    shop.write("a.csv.gz", gzip.compress(csv.encode(), mtime=0))
    shop.write("b.tsv", csv.replace(",", "\t"))
    shop.write("c.ndjson", frame.write_ndjson())
    frame.write_parquet(shop.home.root / "d.parquet")
    frame.write_excel(shop.home.root / "e.xlsx")
    shop.write("f.json", json.dumps(frame.to_dicts()))
    for name in ("a.csv.gz", "b.tsv", "c.ndjson", "d.parquet", "e.xlsx", "f.json"):
        shop.orders(MONEY, path=name)
        shop.fine()
        landed = only(
            shop,
            "select order_id, gross_total::varchar from sales_order "
            f"where _file = '{name}' order by 1",
        )
        assert landed == [("1", "5.5000"), ("2", "7.2500")], name


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250", "iso-8859-2"]
)
def test_polish_letters_survive_every_encoding(shop, encoding):
    shop.write("orders.csv", "id;nazwa\n1;Zażółć gęślą jaźń\n".encode(encoding))
    shop.orders(f'{ORDER}, status = "nazwa"', f'encoding = "{encoding}"')
    shop.fine()
    assert only(shop, "select status from sales_order") == [("Zażółć gęślą jaźń",)]


def test_latin_1_survives(shop):
    shop.write("orders.csv", "id,name\n1,Müller café\n".encode("latin-1"))
    shop.orders(f'{ORDER}, status = "name"', 'encoding = "latin-1"')
    shop.fine()
    assert only(shop, "select status from sales_order") == [("Müller café",)]


def test_folders_of_a_partition_are_columns(shop):
    for day in ("2026-01-01", "2026-01-02"):
        shop.write(f"by/day={day}/x.csv", f"id\n{day[-1]}\n")
    shop.orders(f'{ORDER}, placed_at = "day", order_name = "filename"', path="by/**/*.csv")
    shop.fine()
    assert only(
        shop, "select order_id, placed_at::varchar, order_name from sales_order order by 1"
    ) == [
        ("1", "2026-01-01 00:00:00+00", "by/day=2026-01-01/x.csv"),
        ("2", "2026-01-02 00:00:00+00", "by/day=2026-01-02/x.csv"),
    ]


def test_nested_ndjson_lands_through_a_select(shop):
    shop.write(
        "o.ndjson",
        '{"id": 1, "customer": {"mail": "ala@shop.pl"}, "lines": [{"sku": "a"}]}\n'
        '{"id": 2, "customer": {"mail": null}, "lines": [{"sku": "b"}, {"sku": "c"}]}\n',
    )
    shop.write(
        "lines.sql",
        "select id as order_id, id || '-' || number as line_id, line.sku as sku\n"
        "from (select id, unnest(lines) as line,\n"
        "      generate_subscripts(lines, 1) as number from input)\n",
    )
    shop.settings("""
        [[sources]]
        name = "shop"
        kind = "files"
        [[sources.tables]]
        table = "order_line"
        path = "o.ndjson"
        select = "lines.sql"
        """)
    assert shop.fine().rows == 3
    assert only(shop, "select line_id, sku from order_line order by 1") == [
        ("1-1", "a"), ("2-1", "b"), ("2-2", "c"),
    ]  # fmt: skip


def test_texts_in_ndjson_that_look_like_times_keep_their_zone(shop):
    shop.write("o.ndjson", '{"id": 1, "at": "2026-07-01T10:00:00Z"}\n'
                           '{"id": 2, "at": "2026-07-01 10:00:00"}\n')  # fmt: skip
    shop.orders(PLACED, 'time_zone = "Europe/Warsaw"', path="o.ndjson")
    shop.fine()
    assert only(shop, "select placed_at::varchar from sales_order order by order_id") == [
        ("2026-07-01 10:00:00+00",), ("2026-07-01 08:00:00+00",),
    ]  # fmt: skip


def test_excel_keeps_numbers_dates_and_the_sheet(shop):
    frame = pl.DataFrame({"id": [10012.0], "at": ["2026-07-01 10:00:00"]}).with_columns(
        pl.col("at").str.to_datetime()
    )
    frame.write_excel(shop.home.root / "o.xlsx", worksheet="Zamówienia")
    more = 'sheet = "Zamówienia"\ntime_zone = "Europe/Warsaw"'
    shop.orders(PLACED, more, path="o.xlsx")
    shop.fine()
    assert only(shop, "select order_id, placed_at::varchar from sales_order") == [
        ("10012", "2026-07-01 08:00:00+00")
    ]
    shop.orders(PLACED, 'sheet = "Zamowienia"', path="o.xlsx")
    (problem,) = shop.problems()
    assert 'did you mean "Zamówienia"?' in problem.expected


@pytest.mark.parametrize(
    ("value", "expected", "fix"),
    [
        ("1 249,00", "a number with a decimal point", 'decimal = "," and thousands = " "'),
        ("brak", "a number with a decimal point", 'empty_words = ["brak"]'),
        ("12,00 zł", "a number with a decimal point", "correct the file"),
    ],
)
def test_what_a_select_cannot_read_is_told_once_with_what_to_set(
    shop, value, expected, fix
):
    shop.write("orders.csv", f"id;total\n1;5\n2;{value}\n3;{value}\n")
    shop.write("o.sql", "select id as order_id, sum(number(total)) as gross_total,\n"
                        "'PLN' as currency from input group by id\n")  # fmt: skip
    shop.settings("""
        [[sources]]
        name = "shop"
        kind = "files"
        [[sources.tables]]
        table = "sales_order"
        path = "orders.csv"
        select = "o.sql"
        """)
    (problem,) = shop.problems()
    assert (problem.where, problem.line) == ("orders.csv", 3)
    told = f'o.sql broke on "{value}"; 2 rows like it, also on line 4'
    assert problem.found == told
    assert expected in problem.expected and fix in problem.fix


def test_lookups_can_be_joined(shop):
    shop.write("orders.csv", "id,who\n1,a\n2,b\n")
    shop.write("people.csv", "key,person\na,p1\nb,p1\n")
    shop.write("o.sql", "select id as order_id, person as customer_id, 'BRL' as currency\n"
                        "from input join people on key = who\n")  # fmt: skip
    shop.settings("""
        [[sources]]
        name = "shop"
        kind = "files"
        [[sources.tables]]
        table = "sales_order"
        path = "orders.csv"
        select = "o.sql"
        lookups = { people = "people.csv" }
        """)
    shop.fine()
    assert only(shop, "select distinct customer_id from sales_order") == [("p1",)]
    shop.write("people.csv", "key,person\na,p1\nb,p2\n")
    assert shop.fine().rows == 2
    assert len(only(shop, "select distinct customer_id from sales_order")) == 2


# ------------------------------------------------------------------ values


def test_numbers_with_a_comma_and_thousands(shop):
    shop.write("orders.csv", 'id;total\n1;"1 234,50"\n2;1\u00a0234\u00a0567,5\n3;-3,5\n')
    shop.orders(MONEY, 'decimal = ","\nthousands = " "')
    shop.fine()
    assert only(shop, "select gross_total::varchar from sales_order order by order_id") == [
        ("1234.5000",), ("1234567.5000",), ("-3.5000",),
    ]  # fmt: skip


def test_a_large_decimal_is_exact_and_a_larger_one_an_error(shop):
    shop.write("orders.csv", "id,total\n1,12345678901234.5678\n")
    shop.orders(MONEY)
    shop.fine()
    assert only(shop, "select gross_total::varchar from sales_order") == [
        ("12345678901234.5678",)
    ]
    shop.write("orders.csv", "id,total\n1,5\n2,123456789012345678.5\n")
    (problem,) = shop.problems()
    assert problem.line == 3
    assert "14 digits" in problem.expected


def test_dates_by_format_in_turn_and_iso_after_them(shop):
    shop.write(
        "orders.csv", "id,at\n1,31.12.2026 23:30\n2,12/31/2026\n3,2026-12-31T23:30Z\n"
    )
    shop.orders(PLACED, 'time_zone = "Europe/Warsaw"\n'
                        'date_formats = ["%d.%m.%Y %H:%M", "%m/%d/%Y"]')  # fmt: skip
    shop.fine()
    assert only(shop, "select placed_at::varchar from sales_order order by order_id") == [
        ("2026-12-31 22:30:00+00",), ("2026-12-30 23:00:00+00",),
        ("2026-12-31 23:30:00+00",),
    ]  # fmt: skip


def test_clock_changes_are_counted(shop):
    shop.write(
        "orders.csv", "id,at\n1,2026-03-29 02:30\n2,2026-10-25 02:30\n3,2026-10-25 03:30\n"
    )
    shop.orders(PLACED, 'time_zone = "Europe/Warsaw"')
    shop.fine()
    assert only(shop, "select placed_at::varchar from sales_order order by order_id") == [
        ("2026-03-29 01:30:00+00",), ("2026-10-25 01:30:00+00",),
        ("2026-10-25 02:30:00+00",),
    ]  # fmt: skip
    assert only(shop, "select flag, value from data_quality order by flag") == [
        ("time_that_never_was", 1.0), ("time_that_was_twice", 1.0),
    ]  # fmt: skip


def test_the_currency_of_the_table_is_the_default(shop):
    shop.write("orders.csv", "id\n1\n")
    shop.orders('order_id = "id"', 'currency = "EUR"')
    shop.fine()
    assert only(shop, "select currency from sales_order") == [("EUR",)]


def test_a_refund_without_a_currency_has_none_so_that_of_its_order_counts(shop):
    shop.write("refunds.csv", "id,number,amount\na,1,5\n")
    shop.settings("""
        [[sources]]
        name = "shop"
        kind = "files"
        currency = "PLN"
        [[sources.tables]]
        table = "refund"
        path = "refunds.csv"
        columns = { refund_id = "id", order_id = "number", amount = "amount" }
        """)
    shop.fine()
    assert only(shop, "select currency from refund") == [(None,)]


def test_expressions_may_use_filename_row_number_and_the_readers(shop):
    shop.write("orders.csv", 'id,Unit Price,n\n1,"2,5",4\n')
    shop.orders(
        f"{ORDER}, order_name = \"filename || ':' || row_number\", "
        'gross_total = \'number("Unit Price") * number(n)\', brand = "Unit Price"',
        'decimal = ","',
    )
    shop.fine()
    assert only(
        shop, "select order_name, gross_total::varchar, brand from sales_order"
    ) == [("orders.csv:1", "10.0000", "2,5")]


# ------------------------------------------------------------------ errors

CUT_OFF = gzip.compress(b"id,total\n" + b"1,5\n" * 9000, mtime=0)[:-20]


def one(shop):
    problems = shop.problems()
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


def test_a_bad_value_names_file_line_column_value_and_expectation(shop):
    shop.write("orders.csv", 'id,note,total\n1,"two\nlines",5\n\n2,x,"12,50"\n')
    shop.orders(MONEY)
    problem = one(shop)
    assert (problem.where, problem.line) == ("orders.csv", 5)
    assert "gross_total" in problem.found and '"12,50"' in problem.found
    assert "decimal" in problem.expected
    assert only(shop, "select count(*) from sales_order") == [(0,)]


def test_all_bad_values_are_told_at_once(shop):
    shop.write("orders.csv", "id,total\n1,a\n,5\n3,b\n")
    shop.orders(MONEY)
    assert [(p.line, p.found) for p in shop.problems()] == [
        (2, 'gross_total (mapped from total) is "a"; 2 rows like it, also "b" on line 4'),
        (3, "order_id (mapped from id) is nothing"),
    ]  # fmt: skip


def test_many_bad_values_are_counted(shop):
    shop.write("orders.csv", "id,total\n" + "".join(f"{n},x\n" for n in range(50)))
    shop.orders(MONEY)
    assert one(shop).found == (
        'gross_total (mapped from total) is "x"; '
        "50 rows like it, also on line 3 and on line 4"
    )


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ("31.12.2026", 'date_formats = ["%d.%m.%Y"]'),
        ("31.12.2026 17:05", 'date_formats = ["%d.%m.%Y %H:%M"]'),
        ("12/31/2026", 'date_formats = ["%d/%m/%Y"] or ["%m/%d/%Y"]'),
        ("1st of May", "date_formats = [...]"),
    ],
)
def test_a_wrong_date_format_is_told_once_with_what_to_set(shop, value, advice):
    shop.write("orders.csv", "id,placed\n" + "".join(f"{n},{value}\n" for n in range(99)))
    shop.orders('order_id = "id", currency = "\'PLN\'", placed_at = "placed"')
    problem = one(shop)
    assert "99 rows like it" in problem.found and advice in problem.fix


def test_keys_given_twice_are_told_once_with_what_to_do(shop):
    shop.write("orders.csv", "id,total\n" + "".join(f"{n % 9},{n}\n" for n in range(90)))
    shop.orders(MONEY)
    problem = one(shop)
    assert "81 rows like it" in problem.found and "a finer key" in problem.fix


def test_skipped_rows_are_counted_and_shown(shop):
    shop.write("orders.csv", "id,total\n1,a\n2,5\n3\n4,5,6\n5,7\n")
    shop.orders(MONEY, 'on_bad_rows = "skip"')
    (table,) = shop.fine().tables
    assert (table.read, table.landed, table.skipped) == (5, 2, 3)
    ((flag, value, detail),) = only(shop, "select flag, value, detail from data_quality")
    assert (flag, value) == ("rows_skipped", 3.0)
    assert [row["line"] for row in json.loads(detail)["first"]] == [4, 5, 2]
    ((read, landed, skipped),) = only(
        shop, "select rows_read, rows_landed, rows_skipped from sync_run"
    )
    assert read == landed + skipped


def test_a_missing_column_is_named_with_what_is_near_and_what_is_there(shop):
    shop.write("orders.csv", "ident,Total\n1,5\n")
    shop.orders('order_id = "idnt", currency = "\'PLN\'"')
    problem = one(shop)
    assert 'no column "idnt" in orders.csv' in problem.found
    assert 'did you mean "ident"?' in problem.expected
    assert "Total" in problem.expected


def test_an_unknown_canonical_column_and_a_lacking_key_are_both_told(shop):
    shop.write("orders.csv", "id\n1\n")
    shop.orders('gros_total = "id"')
    found = [problem.found for problem in shop.problems()]
    assert found == [
        'sales_order has no column "gros_total"',
        "sales_order.order_id is not given",
        "sales_order.currency is not given",
    ]


def test_hashes_cannot_be_given(shop):
    shop.write("orders.csv", "id\n1\n")
    shop.orders(f'{ORDER}, email_hash = "id"')
    assert "email in the clear" in one(shop).expected


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("orders.csv", b"", "empty"),
        ("orders.csv", b"\n\n", "no header"),
        ("orders.csv", b"id,total\n1,5\n2\n", "1 fields"),
        ("orders.csv", b'id,total\n1,"5\n2,6\n', "quotes that do not close"),
        ("orders.csv", bytes(range(256)) * 8, "no text"),
        ("orders.csv", "id,ż\n1,5\n".encode("cp1250"), "not utf-8"),
        ("orders.csv", "id,total\n1,5\n".encode("utf-16"), "not utf-8"),
        ("orders.csv.gz", CUT_OFF, "gzip"),
        ("orders.csv.gz", b"\x1f\x8bnonsense", "gzip"),
        ("orders.parquet", b"id,total\n1,5\n", "arquet"),
        ("orders.xlsx", b"id,total\n1,5\n", "xcel"),
        ("orders.ndjson", b'{"id": 1, "total": 5}\n{"id": \n', "no JSON"),
    ],
)
def test_a_broken_file_is_a_clear_problem(shop, name, content, said):
    shop.write(name, content)
    shop.orders(MONEY, path=name)
    problem = one(shop)
    assert problem.where == name
    assert said in problem.found + problem.expected
    assert problem.fix
    assert only(shop, "select count(*) from sales_order") == [(0,)]


def test_a_quote_that_swallows_the_rest_is_never_skipped(shop):
    shop.write(
        "orders.csv", 'id,total\n1,5\n2,"6\n' + "".join(f"{n},7\n" for n in range(99))
    )
    shop.orders(MONEY, 'on_bad_rows = "skip"')
    problem = one(shop)
    assert (problem.where, problem.line) == ("orders.csv", 3)
    assert "everything from here to the end" in problem.found
    assert "on_bad_rows" in problem.fix
    assert only(shop, "select count(*) from sales_order") == [(0,)]


def test_a_broken_line_of_json_can_be_skipped(shop):
    shop.write("o.ndjson", '{"id": 1, "total": 5}\n{"id": \n\n{"id": 3, "total": "x"}\n')
    shop.orders(MONEY, 'on_bad_rows = "skip"', path="o.ndjson")
    (table,) = shop.fine().tables
    assert (table.read, table.landed, table.skipped) == (3, 1, 2)
    ((detail,),) = only(shop, "select detail from data_quality")
    assert [row["line"] for row in json.loads(detail)["first"]] == [2, 4]


def test_a_header_alone_lands_nothing_and_says_so(shop):
    shop.write("orders.csv", "id,total\n")
    shop.orders(MONEY)
    shop.fine()
    assert only(shop, "select flag, file from data_quality") == [
        ("file_without_rows", "orders.csv")
    ]


def test_a_key_given_twice_names_both_lines(shop):
    shop.write("orders.csv", "id,total\n1,5\n2,6\n1,7\n1,5\n")
    shop.orders(MONEY)
    problem = one(shop)
    assert problem.line == 4
    assert '"1" again' in problem.found and "line 2" in problem.found


def test_a_newer_version_of_a_row_wins_without_an_error(shop):
    shop.write("orders.csv", "id,total,u\n1,5,2026-01-02\n1,7,2026-01-03\n1,6,2026-01-01\n")
    shop.orders(f'{MONEY}, updated_at = "u"')
    (table,) = shop.fine().tables
    assert (table.read, table.landed, table.superseded) == (3, 1, 2)
    assert only(shop, "select gross_total::integer from sales_order") == [(7,)]


@pytest.mark.parametrize(
    "expression",
    [
        "(select content from read_text('/etc/hostname'))",
        "(select count(*) from '/etc/passwd')",
        "(select count(*) from read_csv('other.csv'))",
        "1) from input; drop table input; --",
        "1), (2",
        "1 from input union select 2",
    ],
)
def test_expressions_reach_nothing_but_their_row(shop, expression):
    shop.write("orders.csv", "id\n1\n")
    shop.write("other.csv", "secret\nsesame\n")
    shop.orders(f'{ORDER}, brand = """{expression}"""')
    problem = one(shop)
    assert "sesame" not in str(problem)
    assert only(shop, "select count(*) from sales_order") == [(0,)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("drop table input", "one SELECT"),
        ("select 1 as order_id; select 2 as order_id", "one SELECT"),
        ("copy input to 'stolen.csv'", "one SELECT"),
        ("select content as order_id, 'PLN' as currency from read_text('/etc/hostname')",
         "SELECT"),
        ("select idd as order_id from input", 'did you mean "id"?'),
        ("select id as order_id,\n'PLN' as currency\nfrom inptu", "SELECT"),
        ("select id order_id selec", "SELECT"),
    ],
)  # fmt: skip
def test_a_select_is_one_select_over_its_input(shop, text, said):
    shop.write("orders.csv", "id\n1\n")
    shop.write("o.sql", text)
    shop.settings("""
        [[sources]]
        name = "shop"
        kind = "files"
        [[sources.tables]]
        table = "sales_order"
        path = "orders.csv"
        select = "o.sql"
        """)
    problem = one(shop)
    assert said in str(problem)
    assert problem.where == "o.sql"
    assert not (shop.home.root / "stolen.csv").exists()


def test_a_select_that_breaks_on_a_value_names_its_line(shop):
    shop.write("orders.csv", "id,n\n1,5\n2,x\n")
    shop.write("o.sql", "select id as order_id, 'PLN' as currency,\n"
                        "number(n) as gross_total from input")  # fmt: skip
    body = """
        [[sources]]
        name = "shop"
        kind = "files"
        [[sources.tables]]
        table = "sales_order"
        path = "orders.csv"
        select = "o.sql"
        """
    shop.settings(body)
    problem = one(shop)
    assert (problem.where, problem.line) == ("orders.csv", 3)
    shop.settings(body + 'on_bad_rows = "skip"\n')
    (table,) = shop.fine().tables
    assert (table.read, table.landed, table.skipped) == (2, 1, 1)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('frmat = "csv"', 'did you mean "format"?'),
        ('format = "cvs"', 'did you mean "csv"?'),
        ('time_zone = "Warsaw"', "Europe/Warsaw"),
        ('on_bad_rows = "ignore"', '"stop" or "skip"'),
        ('decimal = "."\nthousands = "."', "another sign"),
        ('encoding = "utf-9"', "utf-16"),
        ('currency = "zl"', "three capitals"),
        ("delimiter = 5", "a text in"),
    ],
)
def test_wrong_settings_are_refused_with_what_is_near(shop, more, said):
    shop.write("orders.csv", "id\n1\n")
    shop.orders('order_id = "id"' if "currency" in more else ORDER, more)
    assert any(said in str(problem) for problem in shop.problems())


def test_a_path_without_files_shows_what_is_beside_it(shop):
    shop.write("exports/orders.csv", "id\n1\n")
    shop.orders(ORDER, path="exports/order.csv")
    assert 'did you mean "orders.csv"?' in one(shop).expected


def test_an_address_in_a_wrong_column_is_not_repeated(shop):
    shop.write("orders.csv", "id,total\n1,ala.kowal@shop.pl\n2,+48 601 234 567\n")
    shop.orders(MONEY)
    said = "\n".join(map(str, shop.problems())) + shop.home.status.read_text()
    assert "ala.kowal" not in said and "601" not in said
    assert "an e-mail address" in said and "a phone number" in said


# ------------------------------------------------------------------ what changes


def touch_later(path):
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 5_000_000_000))


def test_unchanged_files_are_not_read_again(shop):
    path = shop.write("orders.csv", "id,total\n1,5\n")
    shop.orders(MONEY)
    shop.fine()
    before = shop.content()
    (table,) = shop.fine().tables
    assert (table.files_read, table.files_unchanged) == (0, 1)
    assert shop.content() == before
    touch_later(path)
    (table,) = shop.fine().tables
    assert (table.files_read, table.files_unchanged) == (0, 1)


def test_a_changed_file_replaces_its_own_rows_only(shop):
    shop.write("a.csv", "id,total\n1,5\n2,5\n")
    path = shop.write("b.csv", "id,total\n3,5\n4,5\n")
    shop.orders(MONEY, path="*.csv")
    shop.fine()
    shop.write("b.csv", "id,total\n4,6\n5,7\n")
    touch_later(path)
    (table,) = shop.fine().tables
    assert (table.files_read, table.files_unchanged) == (1, 1)
    query = "select order_id, gross_total::integer from sales_order order by 1"
    assert only(shop, query) == [("1", 5), ("2", 5), ("4", 6), ("5", 7)]


def test_a_row_of_two_files_comes_back_when_one_of_them_drops_it(shop):
    shop.write("a.csv", "id,total\n1,5\n2,5\n")
    shop.write("b.csv", "id,total\n2,6\n")
    shop.orders(MONEY, path="*.csv")
    shop.fine()
    query = "select order_id, gross_total::integer from sales_order order by 1"
    assert only(shop, query) == [("1", 5), ("2", 6)]
    shop.write("b.csv", "id,total\n3,6\n\n\n")
    shop.fine()
    assert only(shop, query) == [("1", 5), ("2", 5), ("3", 6)]


def test_a_vanished_file_keeps_its_rows_and_is_named(shop):
    shop.write("a.csv", "id,total\n1,5\n")
    path = shop.write("b.csv", "id,total\n2,5\n")
    shop.orders(MONEY, path="*.csv")
    shop.fine()
    path.unlink()
    shop.fine()
    assert only(shop, "select count(*) from sales_order") == [(2,)]
    assert only(shop, "select flag, file from data_quality") == [("file_missing", "b.csv")]
    shop.write("b.csv", "id,total\n2,5\n")
    shop.fine()
    assert only(shop, "select count(*) from data_quality") == [(0,)]


def test_a_changed_mapping_reads_the_file_again(shop):
    shop.write("orders.csv", "id,total\n1,5\n")
    shop.orders(MONEY)
    shop.fine()
    shop.orders(f'{ORDER}, gross_total = "number(total) * 2"')
    shop.fine()
    assert only(shop, "select gross_total::integer from sales_order") == [(10,)]


def test_a_day_file_replaces_its_rows_not_those_of_its_day(shop):
    def events(name, *hours):
        lines = [f"2026-01-0{day} {hour:02}:00,v" for day, hour in hours]
        return shop.write(name, "\n".join(["at,e", *lines]) + "\n")

    events("d1.csv", (1, 23), (2, 1))
    events("d2.csv", (2, 2), (2, 5))
    shop.settings("""
        [[sources]]
        name = "web"
        kind = "files"
        [[sources.tables]]
        table = "web_event"
        path = "*.csv"
        columns = { happened_at = "at", event_name = "e" }
        """)
    shop.fine()
    events("d2.csv", (2, 2))
    shop.fine()
    query = "select hour(happened_at) from web_event order by happened_at"
    assert only(shop, query) == [(23,), (1,), (2,)]


def test_a_large_file_lands_in_seconds(shop):
    rows = 100_000
    frame = pl.select(
        id=pl.int_range(rows), total=pl.int_range(rows) / 7,
        at=pl.datetime(2026, 1, 1) + pl.duration(seconds=pl.int_range(rows)),
        mail=pl.format("kunde{}@shop.pl", pl.int_range(rows) // 100),
    )  # fmt: skip
    frame.write_csv(shop.home.root / "orders.csv")
    shop.orders(f'{MONEY}, placed_at = "at", email = "mail"')
    started = time.process_time()
    shop.fine()
    assert time.process_time() - started < 30
    assert only(shop, "select count(*), count(distinct email_hash) from sales_order") == [
        (rows, rows // 100)
    ]
