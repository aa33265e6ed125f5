-- One row per parcel. A locker parcel has arrived when it can be collected;
-- "delivered" is then the moment of collection.
with step as (
    select
        row_number, tracking_number, lower(service) as service, updated_at,
        unnest(tracking_details) as detail
    from input
),

parcel as (
    select
        min(row_number) as row_number,
        tracking_number,
        any_value(service) as service,
        max(updated_at) as updated_at,
        arg_max(detail.status, instant(detail.datetime)) as status,
        min(instant(detail.datetime)) filter (detail.status in (
            'dispatched_by_sender', 'dispatched_by_sender_to_pok',
            'collected_from_sender', 'taken_by_courier',
            'taken_by_courier_from_pok', 'adopted_at_source_branch',
            'sent_from_source_branch'
        )) as shipped_at,
        min(instant(detail.datetime)) filter (detail.status in (
            'ready_to_pickup', 'ready_to_pickup_from_pok',
            'ready_to_pickup_from_pok_registered',
            'ready_to_pickup_from_branch'
        )) as ready_at,
        max(instant(detail.datetime)) filter (
            detail.status = 'delivered'
        ) as delivered_at,
        max(instant(detail.datetime)) filter (detail.status in (
            'returned_to_sender', 'return_pickup_confirmation_to_sender'
        )) as returned_at
    from step
    group by tracking_number
)

select
    parcel.row_number,
    tracking_number as fulfillment_id,
    parcels.order_id,
    shipped_at,
    case when returned_at is null then coalesce(
        case when delivered_at is not null then ready_at end, delivered_at
    ) end as delivered_at,
    ready_at as ready_for_pickup_at,
    case when ready_at is not null and returned_at is null
        then delivered_at end as collected_at,
    returned_at as returned_to_sender_at,
    'InPost' as carrier,
    case status when 'canceled' then 'cancelled' else status end as status,
    parcel.updated_at
from parcel
left join (select distinct on (tracking_number) * from parcels) as parcels
    using (tracking_number)
