"""Exports as people send them: the wrong format, cut, packed, decorated, rounded."""

from __future__ import annotations

import gzip
import io
import zipfile

import polars as pl
import pytest
import xlsxwriter

ORDER = 'order_id = "id", currency = "\'PLN\'"'
MONEY = f'{ORDER}, gross_total = "total"'
PLACED = f'{ORDER}, placed_at = "time"'


def one(shop):
    (problem,) = shop.problems()
    return problem


def totals(shop):
    return shop.rows(
        "select order_id, gross_total::double from sales_order order by order_id"
    )


# ------------------------------------------------------------------ numbers


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("1 234,50", 'decimal = "," and thousands = " "'),
        ("1\u00a0234,50", 'decimal = "," and thousands = " "'),
        ("1.234,50", 'decimal = "," and thousands = "."'),
        ("1,234.50", 'decimal = "." and thousands = ","'),
        ("1'234.50", 'decimal = "." and thousands = "\'"'),
        ("-1234,50", 'decimal = ","'),
        ("1234,50 zł", """write gross_total = "number(replace(\\"total\\", 'zł', ''))\""""),
        ("€ 1234,50", """write gross_total = "number(replace(\\"total\\", '€', ''))\""""),
        ("NULL", 'empty_words = ["NULL"]'),
        ("\\N", 'empty_words = ["\\\\N"]'),
        ("-", 'empty_words = ["-"]'),
        ("n/a", 'empty_words = ["n/a"]'),
        ("brak", 'empty_words = ["brak"]'),
    ],
)
def test_a_number_written_otherwise_says_what_to_set(shop, written, advice):
    shop.write("orders.csv", f"id;total\n1;5.00\n2;{written}\n")
    shop.orders(MONEY)
    problem = one(shop)
    assert problem.line == 3
    assert advice in problem.fix


def test_the_advice_for_money_with_a_sign_reads_it(shop):
    shop.write("orders.csv", "id;total\n1;1 234,50\u00a0zł\n2;\u00a0-5,00 zł\n")
    money = "number(replace(total, 'zł', ''))"
    shop.orders(f'{ORDER}, gross_total = "{money}"', 'decimal = ","\nthousands = " "')
    shop.fine()
    assert totals(shop) == [("1", 1234.5), ("2", -5.0)]


def test_a_point_where_a_comma_was_said_is_told(shop):
    shop.write("orders.csv", "id;total\n1;12.50\n")
    shop.orders(MONEY, 'decimal = ","')
    assert 'decimal = "."' in one(shop).fix


def test_words_for_nothing_are_nothing_in_every_column(shop):
    shop.write("orders.csv", "id;total;time;word;mail\n1;NULL;-;n/a;-\n2;5;;None;NULL\n")
    shop.orders(
        f'{PLACED}, gross_total = "total", status = "word", email = "mail"',
        'empty_words = ["NULL", "-", "n/a"]',
    )
    (table,) = shop.fine().tables
    assert table.skipped == 0
    assert shop.rows(
        "select gross_total::int, placed_at, status, email_hash from sales_order order by 1"
    ) == [(5, None, "None", None), (None, None, None, None)]


@pytest.mark.parametrize("written", ["1,23457E+17", "1.23457E+17"])
def test_a_number_that_a_spreadsheet_rounded_is_no_key(shop, written):
    shop.write("orders.csv", f"id;total\n1;5\n{written};6\n")
    shop.orders(MONEY)
    problem = one(shop)
    assert "a spreadsheet has rounded it" in problem.expected
    assert "as text" in problem.fix


def test_a_long_number_in_a_workbook_is_told_and_not_cut(shop):
    pl.DataFrame({"id": [123456789012345678.0, 10012.0], "total": [1.0, 2.0]}).write_excel(
        shop.home.root / "o.xlsx"
    )
    shop.orders(MONEY, path="o.xlsx")
    problem = one(shop)
    assert problem.line == 2
    assert "a spreadsheet has rounded it" in problem.expected


def test_leading_zeros_and_long_numbers_stay_as_they_are(shop):
    shop.write("orders.csv", "id;total\n007;5\n7;6\n123456789012345678;7\n")
    shop.orders(MONEY)
    shop.fine()
    assert totals(shop) == [("007", 5), ("123456789012345678", 7), ("7", 6)]


# ------------------------------------------------------------------ times


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("46000", "days as Excel counts them"),
        ("46000,5", "days as Excel counts them"),
        ("1700000000", "seconds since 1970"),
        ("01.02.26", '"%d.%m.%y"'),
        ("01.02.2026, 12:30", '"%d.%m.%Y, %H:%M"'),
        ("0026-02-01", "correct the year"),
        ("9999-12-31", 'empty_words = ["9999-12-31"]'),
        ("0000-00-00 00:00:00", 'empty_words = ["0000-00-00 00:00:00"]'),
    ],
)
def test_a_time_written_otherwise_says_what_to_write(shop, written, advice):
    shop.write("orders.csv", f"id;time\n1;{written}\n")
    shop.orders(PLACED)
    assert advice in one(shop).fix


def test_two_digits_of_a_year_are_not_the_first_century(shop):
    shop.write("orders.csv", "id;time\n1;01.02.26\n")
    shop.orders(PLACED, 'date_formats = ["%d.%m.%Y"]')
    assert '"%d.%m.%y"' in one(shop).fix
    shop.orders(PLACED, 'date_formats = ["%d.%m.%y"]')
    shop.fine()
    assert shop.rows("select placed_at::date::varchar from sales_order") == [
        ("2026-02-01",)
    ]


def test_the_advice_for_days_of_excel_and_seconds_reads_them(shop):
    shop.write("orders.csv", "id;time\n1;46000.5\n2;1700000000\n")
    excel = "timestamp '1899-12-30' + to_seconds(86400 * number(time)::double)"
    unix = "to_timestamp(number(time)::double)"
    shop.write(
        "o.sql",
        f"""
        select id as order_id, 'PLN' as currency, case id when '1'
        then timezone('Europe/Warsaw', {excel}) else {unix} end as placed_at from input""",
    )
    shop.settings("""
        [[sources]]
        name = "shop"
        kind = "files"
        [[sources.tables]]
        table = "sales_order"
        path = "orders.csv"
        select = "o.sql"
        """)
    shop.fine()
    assert shop.rows("select placed_at::varchar from sales_order order by order_id") == [
        ("2025-12-09 11:00:00+00",), ("2023-11-14 22:13:20+00",),
    ]  # fmt: skip


# ------------------------------------------------------------------ shapes of a CSV


def test_one_column_hints_at_the_separator(shop):
    shop.write("orders.csv", "id^total\n1^5\n")
    shop.orders(MONEY)
    assert all('delimiter = "^"' in problem.fix for problem in shop.problems())
    shop.orders(MONEY, 'delimiter = "^"')
    shop.fine()
    assert totals(shop) == [("1", 5)]


def test_the_wrong_separator_is_named(shop):
    shop.write("orders.csv", "id;total\n1;5,50\n")
    shop.orders(MONEY, 'delimiter = ","')
    assert "delimiter" in one(shop).fix


def test_the_line_that_excel_writes_above_the_header_is_understood(shop):
    shop.write("orders.csv", "sep=;\nid;total\n1;5\n2;x\n")
    shop.orders(MONEY)
    assert one(shop).line == 4


def test_titles_above_the_header_are_passed_over_when_said(shop):
    shop.write("orders.csv", 'Report, "May"\n\nid;total\n1;5\n2;x\n3;6;7\n')
    shop.orders(MONEY)
    assert all("header_line" in problem.fix for problem in shop.problems())
    shop.orders(MONEY, 'header_line = 3\non_bad_rows = "skip"')
    shop.fine()
    ((detail,),) = shop.rows("select detail from data_quality where flag = 'rows_skipped'")
    assert '"line": 6' in detail and '"line": 5' in detail
    assert totals(shop) == [("1", 5)]


@pytest.mark.parametrize("number", ["0", "-1"])
def test_a_header_line_counts_from_one(shop, number):
    shop.write("orders.csv", "id;total\n1;5\n")
    shop.orders(MONEY, f"header_line = {number}")
    assert f"header_line = {number}" in one(shop).found


SHOPIFY = """Name,Email,Financial Status,Created at,Total,Taxes,Currency,Lineitem name,Lineitem quantity
#1001,anna@mail.example,paid,2026-05-01 10:00:00 +0200,123.00,23.00,PLN,"Shoe, red",1
#1001,anna@mail.example,,,,,,Sock,2
#1002,bob@mail.example,refunded,2026-05-02 11:30:00 +0200,61.50,11.50,PLN,Hat,1
"""  # noqa: E501


def test_an_export_with_a_row_for_every_line_becomes_orders_and_lines(shop):
    shop.write("shopify.csv", SHOPIFY)
    shop.write(
        "orders.sql",
        """
        select "Name" as order_id, "Created at" as placed_at, "Total" as gross_total,
            "Taxes" as tax_total, "Financial Status" as status, "Email" as email,
            "Currency" as currency, row_number
        from input where "Total" is not null""",
    )
    shop.settings("""
        [[sources]]
        name = "shop"
        kind = "files"
        [[sources.tables]]
        table = "sales_order"
        path = "shopify.csv"
        select = "orders.sql"
        [[sources.tables]]
        table = "order_line"
        path = "shopify.csv"
        [sources.tables.columns]
        order_id = "Name"
        line_id = "row_number"
        title = "Lineitem name"
        quantity = "Lineitem quantity"
        """)
    shop.fine()
    assert shop.rows(
        "select order_id, placed_at::varchar, gross_total::double, status "
        "from sales_order order by 1"
    ) == [
        ("#1001", "2026-05-01 08:00:00+00", 123.0, "paid"),
        ("#1002", "2026-05-02 09:30:00+00", 61.5, "refunded"),
    ]
    assert shop.rows("select order_id, sum(quantity)::int from order_line group by 1 "
                     "order by 1") == [("#1001", 3), ("#1002", 1)]  # fmt: skip


# ------------------------------------------------------------------ workbooks


def workbook(shop, merge=True):
    path = str(shop.home.root / "o.xlsx")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Orders")
        sheet.write(0, 0, "Report of May")
        sheet.write_row(2, 1, ["id", "sku", "price"])
        if merge:
            sheet.merge_range(3, 1, 5, 1, "77")
        for row, sku in enumerate("abc", 3):
            sheet.write(row, 2, sku)
            sheet.write(row, 3, 1.5)
        sheet.write_row(8, 1, ["78", "d", "x"])
        book.add_worksheet("Notes")


LINES = """
    [[sources]]
    name = "shop"
    kind = "files"
    [[sources.tables]]
    table = "order_line"
    path = "o.xlsx"
    {more}
    columns = {{ order_id = "id", line_id = "id || sku", unit_price = "price" }}
    """


def test_merged_cells_stand_on_every_row_and_blank_rows_are_none(shop):
    workbook(shop)
    shop.settings(LINES.format(more='header_line = 3\non_bad_rows = "skip"'))
    (table,) = shop.fine().tables
    assert (table.read, table.landed, table.skipped) == (4, 3, 1)
    assert shop.rows("select line_id from order_line order by 1") == [
        ("77a",), ("77b",), ("77c",),
    ]  # fmt: skip
    ((detail,),) = shop.rows("select detail from data_quality")
    assert '"line": 9' in detail


def test_a_title_above_the_header_of_a_sheet_is_told_with_the_other_sheets(shop):
    workbook(shop)
    shop.settings(LINES.format(more=""))
    problem = shop.problems()[0]
    assert "header_line" in problem.fix
    assert "Notes" in problem.fix


def test_a_locked_workbook_is_told(shop):
    shop.write("o.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000))
    shop.orders(MONEY, path="o.xlsx")
    assert "password" in one(shop).found


# ------------------------------------------------------------------ other files


@pytest.mark.parametrize("name", ["o.csv", "o.xls"])
def test_a_web_page_is_told(shop, name):
    shop.write(name, "<!DOCTYPE html><html><body>Please log in</body></html>")
    shop.orders(MONEY, path=name)
    assert "web page" in one(shop).found


def bomb():
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as file:
        file.write(b"id,total\n")
        for _ in range(150):
            file.write(b"1,5\n" * 1_000_000)
    return packed.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked(shop):
    shop.write("o.csv.gz", bomb())
    shop.orders(MONEY, path="o.csv.gz")
    problem = one(shop)
    assert "unpack to more than" in problem.found
    assert problem.where == "o.csv.gz"


def test_a_workbook_that_lies_about_its_size_is_refused(shop):
    workbook(shop, merge=False)
    path = shop.home.root / "o.xlsx"
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        with packed.open("xl/more.xml", "w") as file:
            for _ in range(150):
                file.write(b" " * 4_000_000)
        packed.getinfo("xl/more.xml").file_size = 10
    shop.settings(LINES.format(more=""))
    assert "unpack to more than" in one(shop).found


def test_a_gz_that_is_none_is_read_as_it_is(shop):
    shop.write("o.csv.gz", "id,total\n1,5\n")
    shop.orders(MONEY, path="o.csv.gz")
    shop.fine()
    assert totals(shop) == [("1", 5)]


def test_a_damaged_parquet_blames_the_file(shop):
    frame = pl.DataFrame({"id": [str(n * 2654435761 % 2**61) for n in range(5000)],
                          "total": [n / 7 for n in range(5000)]})  # fmt: skip
    frame.write_parquet(shop.home.root / "o.parquet")
    whole = bytearray((shop.home.root / "o.parquet").read_bytes())
    whole[1000:3000] = bytes(2000)
    shop.write("o.parquet", bytes(whole))
    shop.orders(MONEY, path="o.parquet")
    problem = one(shop)
    assert problem.where == "o.parquet"
    assert "export it again" in problem.fix


def test_a_file_that_vanishes_while_it_is_read_is_told(shop, monkeypatch):
    path = shop.write("o.csv", "id,total\n1,5\n")
    shop.orders(MONEY, path="*.csv")

    def vanish(home, wanted):
        path.unlink()

    monkeypatch.setattr("journey.landing.files.check_room", vanish)
    problem = one(shop)
    assert problem.where == "o.csv"
    assert "no such file" in problem.found


def test_links_in_a_circle_give_every_file_once(shop):
    shop.write("e/a.csv", "id,total\n1,5\n")
    (shop.home.root / "e" / "again").symlink_to(".")
    (shop.home.root / "e" / "round.csv").symlink_to("round.csv")
    for path in ("e", "e/**/*.csv"):
        shop.orders(MONEY, path=path)
        (table,) = shop.fine().tables
        assert table.files_read + table.files_unchanged == 1
    assert shop.rows("select distinct _file from sales_order") == [("e/a.csv",)]


def test_a_folder_behind_a_link_is_read(shop):
    shop.write("elsewhere/a.csv", "id,total\n1,5\n")
    (shop.home.root / "e").mkdir()
    (shop.home.root / "e" / "there").symlink_to("../elsewhere")
    shop.orders(MONEY, path="e")
    assert shop.fine().rows == 1


def test_a_folder_without_such_files_says_which_endings(shop):
    shop.write("e/a.dat", "id,total\n1,5\n")
    shop.orders(MONEY, path="e")
    assert ".csv" in one(shop).expected


@pytest.mark.parametrize("wrong", ["data/hash.kez", "hash.key", "x.csv", "journey.tmol"])
def test_private_files_are_never_offered(shop, wrong):
    shop.write("data/hash.key", "k" * 64).chmod(0o600)
    for name in (".env", "secret.key", "data/landing.duckdb.bak"):
        shop.write(name, "x")
    shop.orders(MONEY, path=wrong)
    problem = one(shop)
    for private in (".env", "secret.key", "landing", "journey.toml"):
        assert private not in problem.expected
    assert "hash.key" not in problem.expected


@pytest.mark.parametrize("own", ["data/hash.key", "journey.toml", "data/*"])
def test_files_of_the_dashboard_are_never_read(shop, own):
    shop.write("data/hash.key", "k" * 64).chmod(0o600)
    shop.orders('order_id = "x", currency = "\'PLN\'"', 'format = "csv"', path=own)
    problem = one(shop)
    assert "belongs to the dashboard" in problem.found
    assert "kkk" not in str(problem)
