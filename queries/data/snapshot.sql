/*
title    = "The published data"
question = "What is published, and how far does it reach?"
kind     = "table"
owner    = "analytics"
grain    = "one row"
*/
select
    stamp, built_at, data_through, usual_days, is_sample, time_zone, currency, locale, vat
from snapshot
