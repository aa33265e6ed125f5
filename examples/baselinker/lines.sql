-- One row per line; the price is with tax, the tax that of all its pieces.
with line as (
    select
        *,
        number("Cena brutto") * number("Ilość") as gross,
        coalesce(try_cast(replace(rtrim("Stawka VAT", '% '), ',', '.')
            as decimal(9, 4)), 0) as rate
    from input
    where "Numer zamówienia" <> '' and "ID pozycji" <> ''
    qualify row_number() over (
        partition by "Numer zamówienia", "ID pozycji" order by row_number
    ) = 1
)

select
    row_number,
    "Numer zamówienia" as order_id,
    "ID pozycji" as line_id,
    "SKU" as sku,
    "ID produktu" as product_id,
    "Nazwa produktu" as title,
    "Ilość" as quantity,
    "Cena brutto" as unit_price,
    round(case when rate > 0 then gross * rate / (100 + rate) else 0 end, 4)
        as tax,
    "Waluta" as currency
from line
