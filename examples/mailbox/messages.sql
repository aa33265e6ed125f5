-- One row per message of a thread, with the ticket that tickets.sql makes.
with recursive own (domain) as (
    -- your own domains, without those of subcontractors
    values ('shop.example'), ('shop-group.example')
),

written as (
    -- a message lies in several folders of an export: once is enough
    select distinct on (coalesce(nullif(message_id, ''), row_number::varchar))
        row_number,
        coalesce(nullif(lower(trim(message_id, '<> ')), ''),
            'row ' || row_number) as id,
        instant(date) as moment,
        regexp_extract(lower("from"), '[^<>\s,;:"]+@[^<>\s,;:"]+') as sender,
        regexp_extract(lower(reply_to), '[^<>\s,;:"]+@[^<>\s,;:"]+')
            as answer_to,
        regexp_extract_all(lower("to"), '[^<>\s,;:"]+@[^<>\s,;:"]+')
            as receivers,
        coalesce(subject, '') as subject,
        lower(regexp_extract(in_reply_to, '<([^<>]+)>', 1)) as in_reply_to,
        lower(regexp_extract("references", '<([^<>]+)>', 1)) as first_ancestor,
        lower(coalesce(auto_submitted, '')) as auto_submitted,
        lower(coalesce(precedence, '')) as precedence
    from input
    where date <> '' and "from" like '%@%'
    order by coalesce(nullif(message_id, ''), row_number::varchar), row_number
),

sided as (
    select
        *,
        split_part(sender, '@', 2) in (from own) as from_staff,
        -- a form on the site writes from the shop's own address and names the
        -- customer in Reply-To
        coalesce(
            answer_to <> '' and split_part(answer_to, '@', 2) not in (from own),
            false
        ) as by_form,
        list_filter(
            receivers,
            lambda one: not list_contains(domains, split_part(one, '@', 2))
        ) as outside,
        trim(regexp_replace(lower(subject),
            '^(\s*(re|odp|odpowiedź|aw|sv|fw|fwd|pd)(\[\d+\])?\s*:\s*)+', ''))
            as topic,
        regexp_matches(lower(subject), '^\s*(re|odp|odpowiedź|aw|sv)\b.*:')
            as is_answer
    from written
    cross join (select list(domain) as domains from own)
),

message as (
    select
        *,
        from_staff and not by_form as is_staff,
        case
            when from_staff and by_form then answer_to
            when from_staff then outside[1]
            else sender
        end as customer
    from sided
    where
        -- machines: out of office, receipts, newsletters, bounces
        auto_submitted in ('', 'no')
        and precedence not in ('bulk', 'junk', 'list', 'auto_reply')
        and not regexp_matches(split_part(sender, '@', 1),
            '^(mailer-daemon|postmaster|(no|do-?not)[-_.]?reply)')
        and not regexp_matches(lower(subject), '^\s*(automatic reply|auto:|'
            || 'autoodpowiedź|automatyczna odpowiedź|out of office|'
            || 'poza biurem|nieobecność|automatische antwort)')
),

linked as (
    select
        child.id,
        coalesce(
            nullif(child.first_ancestor, ''),
            nullif(child.in_reply_to, ''),
            -- nothing names the message before: same words, same customer
            case when child.is_answer then (
                select arg_min(earlier.id, earlier.moment)
                from message as earlier
                where
                    earlier.topic = child.topic
                    and earlier.customer = child.customer
                    and earlier.moment < child.moment
                    and earlier.moment > child.moment - interval 30 days
            ) end
        ) as parent
    from message as child
),

climb (id, root, steps) as (
    select id, id, 0 from linked
    union all
    select climb.id, linked.parent, steps + 1
    from climb
    join linked on linked.id = climb.root
    where linked.parent <> linked.id and steps < 100
),

thread as (
    -- the topmost; where messages name each other in a circle, one of them
    select id, arg_max(root, steps) as root
    from climb
    group by id
)

select
    row_number,
    md5(id) as event_id,
    md5(root) as ticket_id,
    'reply' as kind,
    'email' as channel,
    case when is_staff then 'agent' else 'customer' end as author,
    true as is_public,
    moment as happened_at
from message
join thread using (id)
where customer <> ''
