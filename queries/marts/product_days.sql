/*
title = "Products by day"
kind  = "mart"
grain = "one row per day and product"
key   = "day, product_id, sales_channel"

[columns]
day          = "Day of the view, order or question."
product_id   = "The shop's product id; the web's item id where no order has it."
title        = "Name of the product."
category     = "Category of the product."
brand        = "Brand of the product."
sales_channel = "own_shop for views; else of the order or the contact."
views        = "Sessions that viewed it; times viewed where only reports exist."
carts        = "Sessions that put it in the cart; pieces where only reports exist."
purchases    = "Orders that count with it."
quantity     = "Pieces ordered."
revenue      = "Revenue of those pieces before refunds."
returned_quantity = "Of those, pieces sent back so far."
questions    = "Contacts about it."
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

seen as (
    select
        happened_at::date as day, item_id,
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
        and item_id is not null
    group by all
    union all
    select
        date, item_id, any_value(item_name), null, null,
        sum(items_viewed), sum(items_added_to_cart)
    from landed.web_daily
    where
        report = 'items' and item_id != ''
        and source not in (select distinct source from landed.web_event)
    group by all
),

activity as (
    select
        day, coalesce(ids.product_id, item_id) as product_id,
        item_name as title, item_category as category, item_brand as brand,
        'own_shop' as sales_channel,
        views, carts, 0 as purchases, 0 as quantity, 0 as revenue,
        0 as returned_quantity, 0 as questions, false as from_shop
    from seen
    left join ids on ids.item = lower(seen.item_id)
    union all
    select
        day, coalesce(product_id, sku), any_value(title),
        any_value(category), any_value(brand), sales_channel, 0, 0,
        count(distinct order_key), sum(quantity), sum(revenue),
        sum(returned_quantity), 0, true
    from order_lines
    where counts and coalesce(product_id, sku) is not null
    group by day, coalesce(product_id, sku), sales_channel
    union all
    select
        day, product_id, null, null, null, sales_channel,
        0, 0, 0, 0, 0, 0, count(*), false
    from tickets
    where counts and product_id is not null
    group by all
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
    sum(views)::bigint as views,
    sum(carts)::bigint as carts,
    sum(purchases)::bigint as purchases,
    sum(quantity)::bigint as quantity,
    sum(revenue)::decimal(18, 4) as revenue,
    sum(returned_quantity)::bigint as returned_quantity,
    sum(questions)::bigint as questions
from activity
join names using (product_id)
group by day, product_id, sales_channel
