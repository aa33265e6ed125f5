/*
title       = "Where is my order"
question    = "Of all contacts with a reason, how many ask where the order is?"
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "lower"
grain       = "one row per day and segment"
owner       = "service"
description = """
Counts the reasons named in this file; add the words your helpdesk uses."""
caveat      = "Published shares run from 16% to 50%."
position    = 170
group       = "Contacts"
needs       = ["ticket", "tickets.reason"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    count(*) filter (
        reason in (
            'delivery', 'shipping', 'tracking', 'wismo', 'dostawa', 'wysyłka',
            'przesyłka', 'lieferung', 'versand', 'doručení', 'doprava'
        )
        or regexp_matches(
            reason,
            'where.is.*(order|parcel|package|shipment|delivery)'
            || '|(order|delivery|parcel|shipping|shipment).status'
            || '|gdzie.*(zamów|paczk|przesył)|status.(zamów|paczk|przesył)'
            || '|wo.(ist|bleibt).*(bestell|paket|liefer)|bestellstatus'
            || '|sendungsverfolgung|kde.*(objedn|zásil)|stav.(objedn|zásil)'
        )
    ) as numerator,
    count(*) as denominator
from tickets
where counts and reason is not null
group by all
