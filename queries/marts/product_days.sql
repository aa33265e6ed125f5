/*
title = "Products by day"
kind  = "mart"
grain = "one row per day and product"
key   = "day, product_id, sales_channel"
description = """
Orders and pieces are the shop's. Where no order line of the own shop has
landed they are those web analytics saw, each transaction id once: by_web.
What no source tells is NULL, never 0.
"""

[columns]
day          = "Day of the view, order or question."
product_id = "The shop's product id; the web's item id where no order has it."
title        = "Name of the product."
category     = "Category of the product."
brand        = "Brand of the product."
sales_channel = "own_shop for views; else of the order or the contact."
views = "Sessions that viewed it; times viewed where only reports exist."
carts = "Sessions that put it in the cart; pieces where only reports exist."
purchases    = "Orders that count with it; pieces where only reports exist."
quantity     = "Pieces ordered."
revenue      = "Revenue of those pieces before refunds; NULL: no rate for it."
by_web = """
Whether orders, pieces and revenue are what web analytics saw, with the tax
it was told; the shop's own where not."""
returned_quantity = """
Of those, pieces sent back so far; NULL: the shop never tells."""
questions    = "Contacts about it; NULL: no contact names its product."
*/
with

-- web analytics may send the article number where the shop has a product id
ids as (
    select lower(item_id) as item, min(product_id) as product_id
    from (
        select product_id as item_id, product_id from order_lines
        union
        select sku, product_id from order_lines
    )
    where item_id is not null and product_id is not null
    group by all
),

looked_at as (
    select
        happened_at::date as day, coalesce(item_id, item_name) as item_id,
        any_value(item_name) as item_name,
        any_value(item_category) as item_category,
        any_value(item_brand) as item_brand,
        count(distinct coalesce(session_key, event_key))
            filter (event_name = 'view_item') as views,
        count(distinct coalesce(session_key, event_key))
            filter (event_name = 'add_to_cart') as carts
    from landed.web_event
    where
        event_name in ('view_item', 'add_to_cart')
        and coalesce(item_id, item_name) is not null
    group by source, 1, 2
),

-- a transaction id counts once, as it was first seen with its items; the same
-- event and item number twice is the same thing read twice
sold as (
    select
        happened_at::date as day, coalesce(item_id, item_name) as item_id,
        item_name, item_category, item_brand,
        source || ':' || coalesce(
            transaction_id, event_key, session_key || happened_at::varchar
        ) as purchase,
        coalesce(item_quantity, 1) as quantity, item_revenue,
        upper(currency) as currency
    from (
        select * replace (
            nullif(nullif(trim(transaction_id), ''), '(not set)')
                as transaction_id
        )
        from landed.web_event
        where
            event_name = 'purchase'
            and coalesce(item_id, item_name) is not null
    )
    qualify
        (
            transaction_id is null
            or dense_rank() over (
                partition by source, transaction_id
                order by happened_at, event_key, session_key
            ) = 1
        )
        and (
            event_key is null or item_number is null
            or row_number() over (
                partition by source, event_key, item_number
            ) = 1
        )
),

bought as (
    select
        sold.day, item_id, any_value(item_name) as item_name,
        any_value(item_category) as item_category,
        any_value(item_brand) as item_brand,
        count(distinct purchase) as purchases, sum(quantity) as quantity,
        sum(item_revenue * rate) as revenue
    from sold
    left join exchange_rates
        on exchange_rates.day = sold.day
        and exchange_rates.currency = sold.currency
    group by sold.day, item_id
),

reported as (
    select
        date as day, item_id, any_value(item_name) as item_name,
        sum(items_viewed) as views, sum(items_added_to_cart) as carts,
        sum(items_purchased) as purchases,
        sum(item_revenue * rate) as revenue
    from landed.web_daily
    left join exchange_rates
        on exchange_rates.day = date
        and exchange_rates.currency = upper(web_daily.currency)
    where
        report = 'items' and item_id != ''
        and source not in (select distinct source from landed.web_event)
    group by date, item_id
),

-- each figure is NULL where its source says nothing
seen as (
    select
        day, item_id, item_name, item_category, item_brand, views, carts,
        null as purchases, null as quantity, null as revenue, false as is_sale
    from looked_at
    union all
    select
        day, item_id, item_name, null, null, views, carts, null, null, null,
        false
    from reported
    union all
    select
        day, item_id, item_name, item_category, item_brand, null, null,
        purchases, quantity, revenue, true
    from bought
    union all
    select
        day, item_id, item_name, null, null, null, null,
        purchases, purchases, revenue, true
    from reported
),

activity as (
    select
        day, coalesce(ids.product_id, item_id) as product_id,
        item_name as title, item_category as category, item_brand as brand,
        'own_shop' as sales_channel, views, carts, purchases, quantity,
        revenue, null as returned_quantity, null as questions,
        false as from_shop, is_sale as by_web
    from seen
    -- feeds of shops put a country or their own name before the product's id
    left join ids on ids.item = coalesce(
        nullif(regexp_extract(
            lower(seen.item_id),
            '^(?:shopify_[a-z]{2,4}_|gla_|woocommerce_gpf_)(\d+)(?:_\d+)?$', 1
        ), ''), lower(seen.item_id)
    )
    where
        not is_sale
        or not exists (
            select 1 from order_lines where sales_channel = 'own_shop'
        )
    union all
    select
        day, coalesce(product_id, sku), any_value(title),
        any_value(category), any_value(brand), sales_channel, null, null,
        count(distinct order_key), sum(quantity), sum(revenue),
        sum(returned_quantity), null, true, false
    from order_lines
    where counts and coalesce(product_id, sku) is not null
    group by day, coalesce(product_id, sku), sales_channel
    union all
    select
        day, product_id, null, null, null, sales_channel,
        null, null, null, null, null, null, count(*), false, false
    from tickets
    where counts and product_id is not null
    group by all
),

-- what is told at all: a day without it is then a zero
told as (
    select
        count(views) > 0 as views, count(carts) > 0 as carts,
        count(purchases) > 0 as purchases, count(questions) > 0 as questions,
        bool_or(by_web) as by_web
    from activity
),

-- one name per product: the shop's latest before the web's
names as (
    select
        product_id,
        arg_max(title, (from_shop, day)) filter (title is not null) as title,
        arg_max(category, (from_shop, day)) filter (category is not null)
            as category,
        arg_max(brand, (from_shop, day)) filter (brand is not null) as brand
    from activity
    group by all
)

select
    day, product_id, any_value(names.title) as title,
    any_value(names.category) as category, any_value(names.brand) as brand,
    sales_channel,
    coalesce(
        sum(activity.views), case when any_value(told.views) then 0 end
    )::bigint as views,
    coalesce(
        sum(activity.carts), case when any_value(told.carts) then 0 end
    )::bigint as carts,
    coalesce(
        sum(activity.purchases), case when any_value(told.purchases) then 0 end
    )::bigint as purchases,
    coalesce(
        sum(quantity), case when any_value(told.purchases) then 0 end
    )::bigint as quantity,
    coalesce(
        sum(revenue),
        case
            when any_value(told.purchases)
                and coalesce(sum(activity.purchases), 0) = 0
                then 0
        end
    )::decimal(18, 4) as revenue,
    any_value(told.by_web) and sales_channel = 'own_shop' as by_web,
    sum(returned_quantity)::bigint as returned_quantity,
    coalesce(
        sum(activity.questions), case when any_value(told.questions) then 0 end
    )::bigint as questions
from activity
join names using (product_id)
cross join told
group by day, product_id, sales_channel
