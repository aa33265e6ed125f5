/*
title       = "Customers at risk"
kind        = "segment"
owner       = "customer relations"
description = """
People who used to order well and have not for long, as of now: the tiers at \
risk and previously loyal."""
position    = 80
*/
select distinct person_id
from customers
where tier_now in ('at_risk', 'previously_loyal')
