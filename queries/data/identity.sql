/*
title    = "Who is who"
question = "Of how much that happened is it known who did it, and by what?"
kind     = "table"
owner    = "analytics"
grain    = "one row per thing, source and way"

[columns]
subject = "What"
source  = "Source"
way     = "Known by"
things  = { label = "How many", format = "count" }
share   = { label = "Share", format = "percent" }
*/
with

subjects (subject, place, said) as (
    values
    ('order', 1, 'Orders of the own shop'),
    ('contact', 2, 'Contacts'),
    ('visit', 3, 'Visits'),
    ('purchase', 4, 'Purchases in web analytics')
),

ways (way, place, said) as (
    values
    ('account', 1, 'the account of a buyer'),
    ('email', 2, 'the e-mail of a buyer'),
    ('phone', 3, 'the phone of a buyer'),
    ('order', 4, 'the order it names'),
    ('known', 5, 'signing in, or an order the browser placed'),
    ('order_id', 6, 'the id of an order'),
    ('order_name', 7, 'the number of an order'),
    ('order_digits', 8, 'the number without its prefix or suffix'),
    ('transaction_id', 9, 'the token of a checkout'),
    ('not_buyer', 10, 'somebody who never ordered'),
    ('nobody', 11, 'not known'),
    ('none', 12, 'no order found')
)

select
    subjects.said as subject, source,
    case
        when subject = 'order' then replace(ways.said, ' of a buyer', '')
        else ways.said
    end as way,
    things, share
from identity
join subjects using (subject)
join ways using (way)
order by subjects.place, source, ways.place
