-- One row per change of a balance. Smile says in words what it was for.
select
    input.row_number,
    'points:' || input.id as event_id,
    customers.email,
    case
        when points_change > 0 then 'earned'
        when lower(description) like '%expir%' then 'expired'
        when regexp_matches(lower(description),
            'refund|cancel|adjust|correct|revers|remov') then 'adjusted'
        else 'redeemed'
    end as kind,
    points_change as points,
    input.created_at as happened_at,
    input.updated_at
from input
left join customers on customers.id = input.customer_id
where points_change <> 0
