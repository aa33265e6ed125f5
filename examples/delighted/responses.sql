-- The scale hangs on the type of survey. Surveys of staff (enps) are left out.
with scale (survey_type, kind, scale_min, scale_max) as (
    values
    ('nps', 'nps', 0, 10),
    ('csat', 'csat', 1, 5), ('csat3', 'csat', 1, 3),
    ('ces', 'ces', 1, 5), ('ces7', 'ces', 1, 7),
    ('star', 'csat', 1, 5), ('smileys', 'csat', 1, 5),
    ('thumbs', 'csat', 0, 1)
)

select
    row_number,
    id as feedback_id,
    scale.kind,
    score, scale_min, scale_max,
    person.email as email,
    person.phone_number as phone,
    person_properties.order_id::varchar as order_id,
    to_timestamp(created_at) as answered_at,
    to_timestamp(coalesce(updated_at, created_at)) as updated_at,
    length(comment) as comment_chars,
    false as published
from input
join scale using (survey_type)
where score is not null
