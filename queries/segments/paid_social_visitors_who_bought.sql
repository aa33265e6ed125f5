/*
title       = "Won by paid social"
kind        = "segment"
owner       = "growth"
description = "People whose first order followed a visit from paid social."
position    = 30
*/
select distinct person_id
from customers
where channel = 'Paid Social'
