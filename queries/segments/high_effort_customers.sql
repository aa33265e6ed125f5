/*
title       = "High-effort customers"
kind        = "segment"
owner       = "growth"
description = """
People whose first order cost them much effort with the service within 30 \
days."""
position    = 10
*/
select distinct person_id
from customers
where effort_band = 'high'
