/*
title       = "Asked about size"
kind        = "segment"
owner       = "growth"
description = "People who ever asked about the size of a product."
position    = 20
*/
select distinct person_id
from tickets
where reason = 'size' and person_id is not null
