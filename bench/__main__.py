"""`python -m bench [sql build pages ga4 shop_api load]`: all when none is named."""

from __future__ import annotations

import os
import sys
from pathlib import Path

BENCH_HOME = Path(__file__).resolve().parent.parent / ".bench"
os.environ["JOURNEY_HOME"] = str(BENCH_HOME)

from bench import build, ga4, load, pages, shop, shop_api, sql  # noqa: E402

PARTS = {"sql": sql.measure, "build": build.measure, "pages": pages.measure,
         "ga4": ga4.measure, "shop_api": shop_api.measure,
         "load": load.measure}  # fmt: skip


def main(names: list[str]) -> int:
    if unknown := [name for name in names if name not in PARTS]:
        print(f"No part {', '.join(unknown)}; there are {', '.join(PARTS)}.")
        return 2
    BENCH_HOME.mkdir(exist_ok=True)
    shop.ensure()
    for name in names or PARTS:
        PARTS[name]()
    return 0


raise SystemExit(main(sys.argv[1:]))
