/*
title = "Effort weights"
kind  = "mart"
grain = "one row per sign of effort"
key   = "indicator"

[columns]
indicator   = "Sign of effort a contact can show."
points      = "Points each occurrence adds. Change them here and build again."
description = "What counts as one occurrence."
*/
select indicator, points::double as points, description
from (
    values
    ('contact', 1, 'The customer had to make contact at all'),
    ('repeat', 1, 'The same person had made contact in the 7 days before'),
    ('transfer', 1, 'Handed to another person or team, or from bot to staff'),
    ('reopen', 1, 'Came back after it had been called solved'),
    ('channel_switch', 1, 'Went on in another channel than it began in'),
    ('wait', 1, 'First reply after 24 hours, or over 5 minutes in a queue'),
    ('high_from', 3, 'Not a sign: from so many points on, effort is high')
) as weights (indicator, points, description)
