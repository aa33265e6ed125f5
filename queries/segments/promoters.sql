/*
title       = "Promoters"
kind        = "segment"
owner       = "growth"
description = """
People who answered 9 or 10 when asked whether they would recommend the \
shop."""
position    = 50
*/
select distinct person_id
from customers
where promoter = 'promoter'
