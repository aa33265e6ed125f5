/*
title       = "Marketplace buyers"
kind        = "segment"
owner       = "growth"
description = "People who ordered through a marketplace at least once."
position    = 60
*/
select distinct person_id
from orders
where counts and sales_channel = 'marketplace' and person_id is not null
