-- Every scored question of an answer is one row. Write the words of your own
-- questions, and the scale of each, here:
with answer as (
    select
        row_number, "#" as id, email, order_id,
        "Start Date (UTC)" as asked_at, "Submit Date (UTC)" as answered_at,
        length("What is the reason for your score?") as comment_chars,
        unnest([
            {
                kind: 'nps', scale_min: 0, scale_max: 10,
                score: "How likely are you to recommend us to a friend?"
            },
            {
                kind: 'csat', scale_min: 1, scale_max: 5,
                score: "How satisfied are you with your order?"
            },
            {
                kind: 'ces', scale_min: 1, scale_max: 7,
                score: "How easy was it to get what you wanted?"
            }
        ], recursive := true)
    from input
    -- who only began has no day of sending
    where "Submit Date (UTC)" <> ''
)

select distinct on (id, kind)
    row_number,
    id || ':' || kind as feedback_id,
    kind, score, scale_min, scale_max,
    email, nullif(order_id, '') as order_id,
    asked_at, answered_at,
    case when kind = 'nps' then comment_chars end as comment_chars,
    false as published
from answer
where trim(score) <> ''
order by id, kind, row_number
