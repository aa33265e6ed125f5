/*
title       = "Weights of effort"
question    = "How much does each sign of effort weigh?"
kind        = "table"
grain       = "one row per sign of effort"
owner       = "service"
description = """
The weights are a choice and no finding. They stand in \
queries/marts/effort_weights.sql; whoever changes one there builds again."""

[columns]
indicator   = "Sign"
points      = { label = "Points", format = "number" }
description = "What counts"
*/
select indicator, points, description
from effort_weights
order by indicator
