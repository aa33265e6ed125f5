-- A referral that nobody followed has no receiver's reward yet: it is an
-- invitation. With an order of the friend it is a referral.
select
    row_number,
    'referral:' || id as event_id,
    sender_customer.email as email,
    case when receiver_customer.id is null then 'invited' else 'referral' end
        as kind,
    case when receiver_customer.id is not null
        then coalesce(receiver_customer.email, receiver_customer_email) end
        as referred_email,
    case when receiver_customer.id is null then created_at else updated_at end
        as happened_at,
    updated_at
from input
