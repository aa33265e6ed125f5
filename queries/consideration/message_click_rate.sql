/*
title       = "Clicks on messages"
question    = "Of the messages that arrived, how many were clicked?"
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
grain       = "one row per day and segment"
owner       = "growth"
description = """
Clicks rather than opens, because mail programs open messages by \
themselves."""
position    = 90
group       = "Messages"
needs       = ["messages.delivered"]
*/
select
    day, channel, campaign, sales_channel,
    sum(clicked)::bigint as numerator,
    sum(delivered)::bigint as denominator
from messages
group by all
