/*
title       = "What becomes of chats with the bot"
question    = """
Of the chats with the bot, how many does it call solved, and how many truly \
were?"""
kind        = "chart"
unit        = "percent"
grain       = "one row per outcome"
owner       = "service"
description = """
Chats of people who can be recognised, whose 3 days are over, so that all \
four shares are of the same chats. Truly solved: no person of the staff, and \
no further contact within 3 days. The last two make up the rest of the chats, \
whatever the bot says of them."""
position    = 206
needs       = ["conversation", "tickets.by_bot", "tickets.person_id"]

[chart]
type = "bar"
x = "outcome"
y = "share"

[columns]
outcome = "Outcome"
share   = { label = "Share of chats", format = "percent", of = "chats" }
hits    = { label = "Chats", format = "count" }
chats   = { label = "Of", format = "count" }
*/
with judged as (
    select
        contained, coalesce(handed_over, false) as handed_over,
        coalesce(claimed_resolved, false) as claimed
    from tickets
    where by_bot and person_id is not null and contained is not null
        and claimed_resolved is not null and day between $start and $end
),

counted as (
    select
        unnest([1, 2, 3, 4]) as place,
        unnest([
            'Bot says solved', 'Truly solved', 'Handed to staff',
            'Came back within 3 days'
        ]) as outcome,
        unnest([
            count(*) filter (claimed), count(*) filter (contained),
            count(*) filter (handed_over),
            count(*) filter (not contained and not handed_over)
        ]) as hits,
        count(*) as chats
    from judged
)

select outcome, hits / chats as share, hits, chats
from counted
where chats > 0
order by place
