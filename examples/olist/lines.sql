-- One row per item; Olist writes every piece on a line of its own.
select
    input.row_number,
    input.order_id,
    input.order_item_id as line_id,
    input.product_id as sku,
    input.product_id,
    coalesce(
        translation.product_category_name_english,
        products.product_category_name
    ) as category,
    1 as quantity,
    input.price as unit_price
from input
left join products on products.product_id = input.product_id
left join translation
    on translation.product_category_name = products.product_category_name
