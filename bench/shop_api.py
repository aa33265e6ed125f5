"""A shop's API read whole: a connector and the landing against DuckDB on the same bytes."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.client
import json
import mmap
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin
from urllib.parse import parse_qsl, urlsplit

import duckdb
import msgspec
from msgspec import Raw, Struct
from msgspec.structs import fields

from bench.shop import heading
from connectors import woocommerce
from connectors.woocommerce.things import Order
from journey import landing
from journey.connector import Access
from journey.home import Home
from journey.landing import Hasher, Run
from journey.settings import Source
from journey.sources.pull import Pull
from journey.sources.web import Web

ORDERS = 200_000
PAGE = 100
BASELINES = {
    "fields": "what the connector reads of the same bytes, from a file",
    "everything": "everything in the same bytes, from a file",
    "fetched": "the same, fetched from the same server",
}
FIRST = dt.datetime(2026, 1, 1)
STEP = dt.timedelta(seconds=60)
PRODUCTS = 500
PROCESS = (sys.executable, "-m", "bench.shop_api")


def measure() -> None:
    heading(f"{ORDERS:,} orders with {2 * ORDERS:,} lines over HTTP, landed")
    ours, memory, size, rows = _apart("connector")
    print(
        f"connector and landing {ours:.1f} s ({rows / ours:,.0f} rows/s, peak "
        f"{memory:,.0f} MB), {size / 1e6:,.0f} MB"
    )
    for work, what in BASELINES.items():
        plain, _, _, _ = _apart(work)
        print(f"DuckDB reading {what} {plain:.1f} s, ratio {ours / plain:.2f}")


def _apart(work: str) -> tuple[float, float, int, int]:
    """Run in a process of its own, so that its peak of memory is its own."""
    with _serving() as url:
        told = subprocess.run([*PROCESS, work, url], check=True, stdout=subprocess.PIPE)
    seconds, memory, size, rows = json.loads(told.stdout)
    return seconds, memory, size, rows


def _connector(url: str) -> tuple[float, float, int, int]:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        rows, beside = _pull(Home(Path(folder)), url)
        return time.perf_counter() - began, _peak() + beside, _size(), rows


def _pull(home: Home, url: str) -> tuple[int, float]:
    """Read the shop as a sync does, with user and password as a shop on HTTPS.

    Returns rows, and the peak of memory of the process in which they were made."""
    options = woocommerce.Settings(
        url, "ck_benchmark", "cs_benchmark", since=FIRST.date()
    )  # fmt: skip
    source = Source("shop", "woocommerce")
    started = (FIRST + ORDERS * STEP).replace(tzinfo=dt.UTC)
    with landing.open_landing(home) as connection:
        run = Run(connection, home, "shop", "woocommerce", Hasher(b"k" * 32, "PL"), started)
        access = Access(url + woocommerce.API, basic=(options.key, options.secret))
        with (
            Web("shop", access, woocommerce.explain) as http,
            Pull(run, source, woocommerce, options, http) as pull,  # type: ignore[arg-type]
        ):
            pull.newest()
            pull.older(3600)
            beside = _peak_of_children()
        run.finish()
        if pull.problems:
            raise SystemExit(f"bench: {pull.problems[0].found}")
        counted = (
            "select (select count(*) from sales_order) + (select count(*) from order_line)"
        )
        return int(connection.execute(counted).fetchall()[0][0]), beside


def _fields(url: str) -> tuple[float, float, int, int]:
    """Load from a file the fields that the connector asks for."""
    columns = ", ".join(
        f"{field.encode_name}: '{_type_of(field.type)}'" for field in fields(Order)
    )
    return _plain(f"columns = {{{columns}}}")


def _everything(url: str) -> tuple[float, float, int, int]:
    """Load from a file every field, of the types that DuckDB finds."""
    return _plain("auto_detect = true")


def _fetched(url: str) -> tuple[float, float, int, int]:
    """The same once the pages have been fetched from the shop, one after another."""
    return _plain("auto_detect = true", url)


def _plain(reading: str, url: str | None = None) -> tuple[float, float, int, int]:
    """Load the same bytes as NDJSON into two tables, from a file that is there or comes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.ndjson"
        if url is None:
            _write(path)
        began = time.perf_counter()
        if url is not None:
            _fetch(url, path)
        connection = duckdb.connect(str(Path(folder) / "plain.duckdb"))
        connection.execute(
            f"create table orders as select * from read_json('{path}', "
            f"format = 'newline_delimited', {reading})"
        ).fetchall()
        connection.execute(
            "create table lines as select id, unnest(line_items) from orders"
        ).fetchall()
        connection.execute("checkpoint").fetchall()
        seconds = time.perf_counter() - began
        connection.close()
        return seconds, _peak(), path.stat().st_size, 3 * ORDERS


def _type_of(kind: Any) -> str:
    """Return the DuckDB type of what the connector declares of an order."""
    parts = [part for part in get_args(kind) if part not in (NoneType, Ellipsis)]
    if get_origin(kind) is tuple:
        return _type_of(parts[0]) + "[]"
    for part in (kind, *parts):
        if isinstance(part, type) and issubclass(part, Struct):
            inner = (f'"{f.encode_name}" {_type_of(f.type)}' for f in fields(part))
            return f"struct({', '.join(inner)})"
    return "varchar"


def _write(path: Path) -> None:
    with path.open("wb") as file:
        for number in range(ORDERS):
            file.write(_order(number) + b"\n")


def _fetch(url: str, path: Path) -> None:
    shop = http.client.HTTPConnection(url.removeprefix("http://"))
    with path.open("wb") as file:
        for page in range(1, ORDERS // PAGE + 1):
            shop.request("GET", f"/orders?status=any&per_page={PAGE}&page={page}")
            orders = msgspec.json.decode(shop.getresponse().read(), type=list[Raw])
            file.writelines(bytes(order) + b"\n" for order in orders)


def _peak() -> float:
    """Return this process's own peak of memory in MB; what the system accounts for it
    counts that of the process that started it too."""
    return _told(Path("/proc/self/status").read_text(), "VmHWM") / 1024


def _peak_of_children() -> float:
    """Return the peaks of memory, in MB, of the processes that this one has started,
    without the files of code, which it has mapped itself."""
    tasks = Path("/proc/self/task").glob("*/children")
    pids = [pid for task in tasks for pid in task.read_text().split()]
    states = [Path(f"/proc/{pid}/status").read_text() for pid in pids]
    return sum(_told(s, "VmHWM") - _told(s, "RssFile") for s in states) / 1024


def _told(state: str, name: str) -> int:
    found = re.search(rf"{name}:\s*(\d+) kB", state)
    return int(found[1]) if found else 0


def _size() -> int:
    return len(_order(0)) * ORDERS


# ---------------------------------------------------------------- the server


@contextlib.contextmanager
def _serving() -> Iterator[str]:
    """Yield the address of the shop, which answers in a process of its own."""
    with subprocess.Popen([*PROCESS, "serve"], stdout=subprocess.PIPE, text=True) as shop:
        assert shop.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(shop.stdout.readline())}"
        finally:
            shop.terminate()


def _serve() -> None:
    """Serve orders that are written already: what is measured is who reads them."""
    with tempfile.TemporaryFile() as file:
        for number in range(ORDERS):
            file.write(_order(number) + b",")
        file.flush()
        with mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as written:
            _Handler.written = memoryview(written)
            server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
            print(server.server_port, flush=True)
            server.serve_forever()


class _Handler(BaseHTTPRequestHandler):
    """Orders by day of creation; what was made before or after is all there is."""

    protocol_version = "HTTP/1.1"
    written: memoryview
    """Every order, all of one length, with a comma behind each."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        params = dict(parse_qsl(parts.query))
        body, pages, total = b"[]", 0, 0
        if parts.path.endswith("/orders") and params.get("status") == "any":
            first = _first_after(params.get("after", "2000-01-01T00:00:00"))
            last = min(_count_before(params.get("before", "2100-01-01T00:00:00")), ORDERS)
            size, page = int(params["per_page"]), int(params["page"])
            start = first + (page - 1) * size
            body = b"".join((b"[", self._page(start, min(start + size, last)), b"]"))
            total = max(0, last - first)
            pages = -(-total // size)
        elif parts.path.endswith("/products"):
            ids = params.get("include", "").split(",")
            body = json.dumps([_product(int(number)) for number in ids]).encode()
        self.send_response(200)
        for name, value in (("X-WP-Total", total), ("X-WP-TotalPages", pages),
                            ("Content-Length", len(body))):  # fmt: skip
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def _page(self, start: int, end: int) -> memoryview:
        each = len(_order(0)) + 1
        return self.written[start * each : max(start, end) * each - 1]

    def log_message(self, *told: object) -> None:
        return


def _first_after(text: str) -> int:
    return max(0, (dt.datetime.fromisoformat(text[:19]) - FIRST) // STEP + 1)


def _count_before(text: str) -> int:
    return max(0, -((FIRST - dt.datetime.fromisoformat(text[:19])) // STEP))


def _product(number: int) -> dict[str, Any]:
    category = {
        "id": number % 12,
        "name": f"Group {number % 12}",
        "slug": f"g{number % 12}",
    }
    return {"id": number, "categories": [category], "brands": []}


def _shape() -> list[bytes]:
    """Return an order as the shop answers it, cut where its own numbers stand."""
    line = {
        "id": "@line@", "name": "Herbata Sencha 100 g", "product_id": "@product@",
        "variation_id": 0, "quantity": 2, "tax_class": "reduced-rate",
        "subtotal": "60.9259", "subtotal_tax": "4.8741",
        "total": "60.9259", "total_tax": "4.8741",
        "taxes": [{"id": 2, "total": "4.8741", "subtotal": "4.8741"}], "meta_data": [],
        "sku": "HER-SEN-100", "global_unique_id": "", "price": 30.462963,
        "image": {"id": "", "src": ""}, "parent_name": None,
    }  # fmt: skip
    agent = ("Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like "
             "Gecko) Chrome/131.0.0.0 Mobile Safari/537.36")  # fmt: skip
    visit = {
        "source_type": "utm", "referrer": "https://l.facebook.com/",
        "utm_campaign": "autumn", "utm_source": "ig", "utm_medium": "paid_social",
        "session_pages": "5",
        "session_entry": "https://shop.example/", "session_count": "4",
        "session_start_time": "2026-01-01 15:00:11", "user_agent": agent,
        "device_type": "Mobile",
    }  # fmt: skip
    person = {
        "first_name": "A", "last_name": "B", "company": "", "address_1": "ul. Testowa 56",
        "address_2": "", "city": "Lublin", "state": "PL-06", "postcode": "20-001",
        "country": "PL",
    }  # fmt: skip
    order = {
        "id": "@id@", "number": "@id@x", "status": "completed", "currency": "PLN",
        "prices_include_tax": True, "date_created": "@at@", "date_created_gmt": "@at@",
        "date_modified_gmt": "@at@", "date_paid_gmt": "@at@", "discount_total": "0.0000",
        "discount_tax": "0.0000", "shipping_total": "15.4400", "total": "147.0400",
        "total_tax": "9.7482", "customer_id": "@customer@",
        "billing": {**person, "email": "buyer@customer@x@mail.example",
                    "phone": "+48 600 067 973"},
        "shipping": {**person, "phone": ""}, "payment_method": "blik",
        "payment_method_title": "BLIK", "customer_user_agent": agent,
        "created_via": "store-api", "coupon_lines": [], "refunds": [], "fee_lines": [],
        "meta_data": [{"id": i, "key": f"_wc_order_attribution_{name}", "value": value}
                      for i, (name, value) in enumerate(visit.items())],
        "line_items": [line, {**line, "id": "@other@"}],
        "shipping_lines": [{"id": 6, "method_title": "Kurier DPD", "method_id": "flat_rate",
                            "instance_id": "", "total": "15.4400", "total_tax": "0.0000",
                            "taxes": [], "tax_status": "taxable", "meta_data": []}],
    }  # fmt: skip
    text = json.dumps(order, separators=(",", ":"))
    text = re.sub(r'"@(id|line|other|product|customer)@"', r"@\1@", text)
    return [part.encode() for part in re.split(r"(@(?:\w+)@x?)", text)]


SHAPE = _shape()


def _order(number: int) -> bytes:
    at = (FIRST + number * STEP).isoformat().encode()
    own = b"%09d" % (100_000_000 + number)
    values = {
        b"@id@": own, b"@id@x": own, b"@at@": at, b"@line@": b"1" + own,
        b"@other@": b"2" + own, b"@product@": b"%d" % (1000 + number % PRODUCTS),
        b"@customer@": b"%d" % (10_000 + number % 60_000),
        b"@customer@x": b"%d" % (10_000 + number % 60_000),
    }  # fmt: skip
    return b"".join(values.get(part, part) for part in SHAPE)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        _serve()
    else:
        work = {"connector": _connector, "fields": _fields, "everything": _everything,
                "fetched": _fetched}[sys.argv[1]]  # fmt: skip
        print(json.dumps(work(sys.argv[2])))
