-- The export has no id: product, time and author make one. The address in it
-- becomes its keyed hash on arrival. Spam is left out.
select distinct on (feedback_id)
    row_number,
    concat_ws(':', nullif(product_id, ''), review_date, lower(reviewer_email))
        as feedback_id,
    'review' as kind,
    rating as score,
    1 as scale_min,
    5 as scale_max,
    reviewer_email as email,
    nullif(product_id, '') as product_id,
    review_date as answered_at,
    nullif(reply_date, '') as replied_at,
    length(body) as comment_chars,
    curated = 'ok' as published
from input
where curated <> 'spam'
order by feedback_id, row_number
