-- One row per order that left the seller or arrived. The estimate is a day, so
-- the promise holds until the end of that day.
select
    row_number,
    order_id as fulfillment_id,
    order_id,
    order_delivered_carrier_date as shipped_at,
    order_delivered_customer_date as delivered_at,
    instant(order_estimated_delivery_date)
        + interval 1 day - interval 1 second as promised_at,
    order_status as status
from input
where order_delivered_carrier_date is not null
    or order_delivered_customer_date is not null
