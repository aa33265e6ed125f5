-- One row per order, added up from its lines. Delivery is repeated on every
-- line and counts once; a line that is written twice counts once.
with line as (
    select * from input
    where "Numer zamówienia" <> ''
    qualify row_number() over (
        partition by "Numer zamówienia", "ID pozycji" order by row_number
    ) = 1
),

amount as (
    select
        *,
        number("Cena brutto") * number("Ilość") as gross,
        -- "zw." and "np." are no rate: no tax
        coalesce(try_cast(replace(rtrim("Stawka VAT", '% '), ',', '.')
            as decimal(9, 4)), 0) as rate
    from line
),

whole as (
    select
        "Numer zamówienia" as order_id,
        min(row_number) as row_number,
        max("Numer w sklepie") as number_in_shop,
        lower(max("Źródło")) as origin,
        max("Status") as status,
        max("Data złożenia") as placed_at,
        max("Data zmiany statusu") as updated_at,
        max("E-mail") as email,
        max("Telefon") as phone,
        max("Waluta") as currency,
        lower(max("Sposób płatności")) as payment,
        lower(max("Pobranie")) as on_delivery,
        max(number("Wpłacono")) as paid,
        lower(max("Sposób dostawy")) as delivery,
        coalesce(max(number("Koszt dostawy")), 0) as shipping,
        max("Kraj dostawy") as country,
        sum(gross) as goods,
        sum(case when rate > 0 then gross * rate / (100 + rate) else 0 end)
            as tax
    from amount
    group by "Numer zamówienia"
)

select
    order_id, row_number, number_in_shop as order_name,
    number_in_shop as transaction_id, status, placed_at, updated_at,
    email, phone, currency,
    -- paid in full or not at all; part payments stay without a word
    case
        when paid >= goods + shipping then 'paid' when paid = 0 then 'unpaid'
    end as financial_status,
    case
        when origin like 'sklep%' or origin like 'shop%' then 'own_shop'
        when origin like 'osobi%' or origin like 'personal%' then 'phone'
        else 'marketplace'
    end as sales_channel,
    case
        when on_delivery in ('1', 'tak', 'yes') then 'cash_on_delivery'
        when payment like '%pobrani%' then 'cash_on_delivery'
        when payment like '%blik%' then 'blik'
        when payment like '%kart%' then 'card'
        when payment like '%przelewy24%' then 'przelewy24'
        when payment like '%przelew%' then 'transfer'
        else payment
    end as payment_method,
    case
        when delivery like '%odbiór osobisty%' then 'pickup'
        when regexp_matches(delivery,
            'paczkomat|automat|punkt|one box|orlen|ruch|żabk|pocztex punkt')
            then 'locker'
        when regexp_matches(delivery,
            'kurier|dpd|dhl|ups|gls|fedex|pocztex|poczta|courier')
            then 'courier'
        when delivery <> '' then 'other'
    end as delivery_method,
    country as ship_country,
    goods + shipping as gross_total,
    shipping as shipping_total,
    round(tax, 4) as tax_total,
    true as prices_include_tax
from whole
