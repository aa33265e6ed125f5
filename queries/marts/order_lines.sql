/*
title = "Order lines"
kind  = "mart"
grain = "one row per line of an order"
key   = "line_key"

[columns]
line_key        = "Source, order id and line id."
order_key       = "The order."
person_id       = "The person, NULL where nobody matches."
day             = "Day the order was placed."
standing        = "Standing of the order."
counts          = "Whether the order counts."
is_first        = "Whether it is the person's first counting order."
sku             = "Article number."
product_id      = "The shop's product id."
title           = "Name of the product."
category        = "Category of the product."
brand           = "Brand of the product."
quantity        = "Pieces."
revenue = "Net of discount and, unless labels say incl. VAT, tax; converted."
cost            = "What the pieces cost the shop, converted; NULL if unknown."
discount        = "Discount, converted."
returned_quantity = "Pieces sent back; NULL: the shop never tells."
is_returned     = "Whether any piece was sent back; NULL likewise."
return_reason   = "Reason of the return, in lower case."
asked_before = """
Person asked about this product or brand in the 14 days before."""
days_to_next = "Days to the person's next counting order; NULL until it comes."
channel         = "Channel of the order."
source_medium   = "Source and medium of the order."
campaign        = "Campaign of the order."
device          = "Device of the order."
country         = "Country of the order."
visitor_type    = "new or returning, by the order's session."
sales_channel   = "own_shop, marketplace, phone, store or b2b."
payment_method  = "How the order was paid."
delivery_method = "courier, locker, pickup or other."
basket_band     = "Gross amount of the order in bands."
customer_tier   = "Tier of the person just before the order."
first_product_category = "Category of the person's first order."
product_brand   = "Brand of the product, as segments call it."
arrival         = "on_time or late: how the order came."
effort_band     = "none, low or high effort in the 30 days after the order."
*/
with

lines as (
    select
        source || ':' || order_id as order_key,
        source || ':' || order_id || ':' || line_id as line_key,
        line_id, sku, product_id, title, category, order_line.brand, quantity,
        unit_price, discount, coalesce(order_line.tax, 0) as tax, unit_cost,
        refunded_quantity, count(refunded_quantity) over (
            partition by source
        ) > 0 or source in (
            select source from landed.return_case
            union all
            select source from landed.sync_run
            where table_name = 'return_case'
        ) as tells_returns,
        coalesce(prices_include_tax, true) as with_tax,
        exchange_rates.rate
    from landed.order_line
    join landed.sales_order using (source, order_id)
    left join exchange_rates
        on exchange_rates.day = placed_at::date
        and exchange_rates.currency
        = upper(coalesce(order_line.currency, sales_order.currency))
    where placed_at is not null and sales_order.deleted_at is null
),

priced as (
    select
        *,
        (
            rate * (
                quantity * unit_price - coalesce(discount, 0) + case
                    when vat = 'excluded' and with_tax then -tax
                    when vat = 'included' and not with_tax then tax
                    else 0
                end
            )
        )::decimal(18, 4) as line_revenue
    from lines
    cross join settings.reporting
),

returns as (
    select
        source || ':' || order_id || ':' || line_id as line_key,
        sum(coalesce(quantity, 1))::bigint as quantity,
        arg_max(lower(reason), requested_at) as reason
    from landed.return_case
    where
        line_id is not null
        and coalesce(lower(status), '') not in (
            'rejected', 'refused', 'declined', 'cancelled', 'canceled'
        )
    group by all
),

questions as (
    select person_id, created_at, product_id, brand
    from contact_effort
    where
        person_id is not null
        and (product_id is not null or brand is not null)
),

placed as (
    select
        line_key, priced.product_id, lower(priced.brand) as brand,
        orders.person_id, placed_at, day
    from priced
    join orders using (order_key)
    where person_id is not null
),

-- the last question before the order: pairs of lines and questions would be
-- millions for one busy customer
asked as (
    select line_key
    from placed
    asof join (select * from questions where product_id is not null) as about
        on placed.person_id = about.person_id
        and placed.product_id = about.product_id
        and placed.placed_at > about.created_at
    where created_at::date >= day - 14
    union
    select line_key
    from placed
    asof join (select * from questions where brand is not null) as about
        on placed.person_id = about.person_id
        and placed.brand = lower(about.brand)
        and placed.placed_at > about.created_at
    where created_at::date >= day - 14
)

select
    line_key, order_key, person_id, day, standing, counts, is_first,
    sku, product_id, title, category, priced.brand,
    priced.quantity::bigint as quantity,
    line_revenue as revenue,
    (unit_cost * priced.quantity * priced.rate)::decimal(18, 4) as cost,
    (priced.discount * priced.rate)::decimal(18, 4) as discount,
    case when tells_returns then
        greatest(coalesce(refunded_quantity, 0), coalesce(returns.quantity, 0))
    end::bigint as returned_quantity,
    case when tells_returns then
        greatest(coalesce(refunded_quantity, 0), coalesce(returns.quantity, 0))
        > 0
    end as is_returned,
    returns.reason as return_reason,
    asked.line_key is not null as asked_before,
    days_to_next,
    channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category,
    nullif(trim(priced.brand), '') as product_brand, arrival, effort_band
from priced
join orders using (order_key)
left join returns using (line_key)
left join asked using (line_key)
