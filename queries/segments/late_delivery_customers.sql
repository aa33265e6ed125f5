/*
title       = "Late deliveries"
kind        = "segment"
owner       = "growth"
description = "People who had at least one order delivered late."
position    = 40
*/
select distinct person_id
from orders
where counts and is_late and person_id is not null
