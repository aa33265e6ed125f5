/*
title       = "Customers by tier"
question    = """
Who are the customers now, by how lately, how often and for how much they \
ordered?"""
kind        = "table"
grain       = "one row per tier"
owner       = "customer relations"
description = """
All customers as of the last complete day, whatever days are chosen. Scores \
from 1 to 5 part them into fifths by the day of the last order, the number of \
orders, and revenue after refunds; the names are Shopify's. Who never \
ordered is a prospect and not here."""
caveat      = """
Fifths are relative: in a bad year, too, a fifth of all customers ordered \
most lately."""
position    = 165
needs       = ["sales_order", "customers.person_id"]

[columns]
customer_tier.label = "Customer tier"
customer_tier.description = "One of ten, by the scores as of now."
meaning.label = "Who they are"
meaning.description = "What the scores of a tier have in common."
customers     = { label = "Customers", format = "people" }
share.label = "Share"
share.format = "percent"
share.of = "customers"
share.description = "Of all customers who have a tier."
orders.label = "Orders"
orders.format = "count"
orders.description = "All orders so far that count."
revenue.label = "Net revenue so far"
revenue.format = "money"
revenue.description = "Without shipping ({net}), less refunds."
days_since.label = "Days since last order"
days_since.format = "number"
days_since.of = "customers"
days_since.description = "Half of them ordered that long ago or later."
consent.label = "With consent"
consent.format = "people"
consent.of = "customers"
consent.description = "Agreed to be written to; empty: no source tells."
*/
with by_tier as (
    select
        tier_now,
        count(*) as customers,
        sum(orders)::bigint as orders,
        sum(revenue_after_refunds)::double as revenue,
        median(greatest($through - last_day, 0))::double as days_since,
        count(*) filter (marketing_consent) as consent,
        count(marketing_consent) as consent_told
    from customers
    where tier_now is not null
    group by tier_now
)
select
    tier_now as customer_tier,
    case tier_now
        when 'champions' then 'Ordered very lately, often and for the most'
        when 'loyal' then 'Order often and for the most, lately'
        when 'active' then 'Ordered lately, some orders, moderate revenue'
        when 'new' then 'Ordered very lately, few orders so far'
        when 'promising' then 'Ordered lately, few orders so far'
        when 'needs_attention' then 'Good customers who grow quiet'
        when 'at_risk' then 'Good customers, no order for long'
        when 'previously_loyal' then 'Among the best, no order for long'
        when 'almost_lost' then 'Few orders, growing quiet'
        when 'dormant' then 'Few orders, none for long'
    end as meaning,
    customers,
    customers / sum(customers) over () as share,
    orders, revenue, days_since,
    if(sum(consent_told) over () > 0, consent, null) as consent
from by_tier
order by revenue desc, customer_tier
