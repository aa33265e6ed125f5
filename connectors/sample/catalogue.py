"""What the sample shop sells: categories with their season, brands and products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connectors.sample.calendar import Array
from connectors.sample.truths import SIZE_QUESTIONS


@dataclass(frozen=True)
class Category:
    """One shelf; `season` says how well it sells in each month."""

    name: str
    shoes: bool
    price: int
    """Typical price in PLN with VAT."""
    share: float
    """Share of the first lines of orders, over a year."""
    extra: float
    """Share of the further lines of orders."""
    season: tuple[float, ...]


EVEN = (1.0,) * 12
SUMMER = (0.1, 0.1, 0.4, 1.0, 2.2, 3.0, 2.8, 1.6, 0.5, 0.1, 0.1, 0.1)
WINTER = (1.9, 1.2, 0.5, 0.1, 0.1, 0.1, 0.1, 0.3, 1.0, 2.2, 2.6, 2.3)
HIKING = (0.6, 0.6, 0.9, 1.3, 1.4, 1.3, 1.3, 1.2, 1.3, 0.9, 0.6, 0.7)
RAIN = (0.7, 0.9, 1.3, 1.2, 0.8, 0.7, 0.8, 0.8, 1.4, 1.6, 1.1, 0.7)

CATEGORIES = (
    Category("Trekking boots", True, 229, 0.17, 0.03, HIKING),
    Category("Winter boots", True, 209, 0.14, 0.03, WINTER),
    Category("Sandals", True, 119, 0.12, 0.05, SUMMER),
    Category("Sneakers", True, 149, 0.17, 0.05, EVEN),
    Category("Trail running shoes", True, 199, 0.09, 0.02, HIKING),
    Category("Wellingtons", True, 79, 0.05, 0.03, RAIN),
    Category("Backpacks", False, 149, 0.06, 0.05, HIKING),
    Category("Jackets", False, 209, 0.06, 0.03, RAIN),
    Category("Base layers", False, 69, 0.04, 0.10, WINTER),
    Category("Socks", False, 25, 0.03, 0.28, EVEN),
    Category("Insoles", False, 39, 0.02, 0.11, EVEN),
    Category("Shoe care", False, 19, 0.02, 0.16, RAIN),
    Category("Trekking poles", False, 95, 0.03, 0.06, HIKING),
)

SHOE_BRANDS = ("Turnia", "Kosówka", "Łazik", "Wydma", "Ostoja", "Miedzik")
GEAR_BRANDS = ("Polana", "Turnia", "Hala", "Ostoja")
BRAND_COST = 0.52
"""What an item costs the shop, as a share of its price without VAT."""
ASKED_BRAND = str(SIZE_QUESTIONS["brand"])
ASKED_BRAND_SHARE = 0.085
"""Share of shoes sold that carry the brand with the size questions."""
MODELS = (
    "Świt", "Żleb", "Potok", "Szlak", "Jodła", "Wiatr", "Granit", "Mgła", "Rysa",
    "Perć", "Siklawa", "Zawrat", "Brzask", "Łęg", "Modrzew", "Skała",
)  # fmt: skip


@dataclass(frozen=True)
class Catalogue:
    """One element per product."""

    product_id: list[str]
    title: list[str]
    category: Array
    """Place in CATEGORIES."""
    brand: list[str]
    price: Array
    """Grosze with VAT."""
    cost: Array
    """Grosze without VAT."""
    weight: Array
    """How often it is chosen within its category."""
    asked: Array
    """Whether it is of the brand with the size questions."""
    shoes: Array


def make_catalogue(seed: int) -> Catalogue:
    """Return some 220 products."""
    random = np.random.default_rng([seed, 10])
    rows = [
        (place, brand, MODELS[(place * 5 + turn * 3 + number) % len(MODELS)])
        for place, category in enumerate(CATEGORIES)
        for turn, brand in enumerate(_brands(category))
        for number in range(3 if category.shoes else 4)
    ]
    category = np.array([place for place, _, _ in rows])
    brand = [name for _, name, _ in rows]
    asked = np.array([name == ASKED_BRAND for name in brand])
    base = np.array([CATEGORIES[place].price for place in category]) * 0.97
    spread = np.exp(random.normal(0, 0.2, len(rows)))
    price = np.maximum(np.round(base * spread / 10) * 10 - 0.01, 9.99)
    weight = random.pareto(1.8, len(rows)) + 0.4
    shoes = np.array([CATEGORIES[place].shoes for place in category])
    titles = [f"{b} {model} {CATEGORIES[p].name.lower()}" for p, b, model in rows]
    cost = price * 100 / 1.23 * BRAND_COST * random.uniform(0.88, 1.12, len(rows))
    return Catalogue(
        [f"P{1000 + i}" for i in range(len(rows))], titles, category, brand,
        np.round(price * 100).astype(np.int64), np.round(cost).astype(np.int64),
        _share_out(category, weight, asked), asked, shoes,
    )  # fmt: skip


def _brands(category: Category) -> tuple[str, ...]:
    return (*SHOE_BRANDS, ASKED_BRAND) if category.shoes else GEAR_BRANDS


def _share_out(category: Array, weight: Array, asked: Array) -> Array:
    """Return weights that add up to 1 in a category, the asked brand at its share."""
    result = weight.astype(float)
    for place in range(len(CATEGORIES)):
        here = category == place
        for group, share in ((asked, ASKED_BRAND_SHARE), (~asked, 1 - ASKED_BRAND_SHARE)):
            if (here & group).any():
                result[here & group] *= share / result[here & group].sum()
        result[here] /= result[here].sum()
    return result
