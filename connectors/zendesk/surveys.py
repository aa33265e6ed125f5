"""What customers of Zendesk say of a ticket: its surveys, or the older ratings.

An account has the one or the other in use. Both may answer, since surveys repeat
themselves as ratings, so only one is ever read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.zendesk import calls, words
from journey.connector import Batch, Http, JourneyError, Mark, Rows, Since, one_by_one

LATE = dt.timedelta(days=30)
"""How long after it was sent a survey may be answered or changed: 28 days, and some."""
SOON = dt.timedelta(days=3)
"""How far runs look back that do not look thoroughly."""
BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits of an id that begins with its milliseconds since 1970."""

Row = calls.Row


def read(since: Since, system: str, http: Http) -> Iterator[Batch]:
    """Yield answers and surveys still open of the system of the setting, or the found."""
    chosen = system or in_use(http)
    if chosen is None:
        yield calls.missing(since, "answers of customers: neither surveys nor ratings")
    elif chosen == "surveys":
        yield from _surveys(_again(since), http)
    else:
        yield from _ratings(_again(since), http)


def in_use(http: Http) -> str | None:
    """Return surveys or ratings, whichever this account uses; None for neither."""
    if some_surveys := _some(http, words.SURVEYS, "survey_responses"):
        return "surveys"
    if _some(http, words.RATINGS, "satisfaction_ratings") is not None:
        return "ratings"
    return None if some_surveys is None else "surveys"


def _some(http: Http, path: str, key: str) -> int | None:
    """Return 1 if there is any answer, 0 if there is none, None where it is not given."""
    try:
        return len(http.get(path, {"page[size]": 1}).json.get(key) or ())
    except JourneyError as error:
        if not words.not_given(error):
            raise
        return None


def _again(since: Since) -> Since:
    """Return what is to be read of changes: answers come days after the question."""
    if since.before is not None or since.first is None:
        return since
    back = LATE if since.thorough else SOON
    return Since(since.first - back, None, since.mark, since.thorough, since.newest)


# -------------------------------------------------------------------- surveys


def _surveys(since: Since, http: Http) -> Iterator[Batch]:
    params: dict[str, Any] = {"sort": "id", "page[after]": since.mark}
    if since.first:
        params["filter[created_at_start]"] = calls.unix(since.first) * 1000
    if since.before:
        params["filter[created_at_end]"] = calls.unix(since.before) * 1000
    yield from _marked(http, words.SURVEYS, "survey_responses", params, _survey)


def _marked(
    http: Http, path: str, key: str, params: Mapping[str, Any], row: Any
) -> Iterator[Batch]:
    for found, after in calls.pages(http, path, key, params):
        yield from one_by_one(
            found, lambda some: [Rows([told for told in map(row, some) if told])]
        )
        if after:
            yield Mark(after)


def _survey(response: Row) -> dict[str, Any]:
    answers = response.get("answers") or ()
    rated: Row = next((a for a in answers if _is_rating(a)), {})
    words_of = [a.get("value") or "" for a in answers if a.get("type") == "open_ended"]
    low, high = _scale(rated.get("question") or {})
    person = response.get("responder_id")
    return {
        "feedback_id": f"survey:{response['id']}",
        "kind": "csat",
        "score": rated.get("rating"),
        "scale_min": low,
        "scale_max": high,
        "customer_id": str(person) if person else None,
        "ticket_id": _ticket(response),
        "asked_at": _sent(str(response["id"])),
        "answered_at": rated.get("created_at"),
        "comment_chars": sum(map(len, words_of)) if rated else None,
        "updated_at": max((a.get("updated_at") or "" for a in answers), default="") or None,
    }


def _is_rating(answer: Row) -> bool:
    asked = (answer.get("question") or {}).get("sub_type") or "customer_satisfaction"
    return answer.get("type") == "rating_scale" and asked == "customer_satisfaction"


def _scale(question: Row) -> tuple[float, float]:
    """Return the least and the most of the options; 1 to 5 where none are told."""
    ratings = [o["rating"] for o in question.get("options") or () if "rating" in o]
    return (min(ratings), max(ratings)) if len(ratings) > 1 else (1, 5)


def _ticket(response: Row) -> str | None:
    zrns = response.get("subject_zrns") or [
        subject.get("zrn") for subject in response.get("subjects") or ()
    ]
    named = [zrn.rsplit(":", 1)[-1] for zrn in zrns if str(zrn).startswith("zen:ticket:")]
    return named[0] if named else None


def _sent(number: str) -> dt.datetime | None:
    """Return when a response was made, which the first ten digits of its id tell."""
    digits = number[:10].upper()
    if len(number) != 26 or any(digit not in BASE32 for digit in digits):
        return None
    milliseconds = 0
    for digit in digits:
        milliseconds = milliseconds * 32 + BASE32.index(digit)
    if milliseconds >= 4_102_444_800_000:  # 2100: no time, just digits
        return None
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)


# -------------------------------------------------------------------- ratings


def _ratings(since: Since, http: Http) -> Iterator[Batch]:
    params: dict[str, Any] = {"page[after]": since.mark}
    if since.first:
        params["start_time"] = calls.unix(since.first)
    if since.before:
        params["end_time"] = calls.unix(since.before)
    yield from _marked(http, words.RATINGS, "satisfaction_ratings", params, _rating)


def _rating(rating: Row) -> dict[str, Any] | None:
    """Return a rating, or an offer nobody took; None for tickets nobody was asked of."""
    said = str(rating.get("score") or "")
    if said == "unoffered":
        return None
    good, bad = said.startswith("good"), said.startswith("bad")
    rated = good or bad
    person, ticket = rating.get("requester_id"), rating.get("ticket_id")
    return {
        "feedback_id": f"rating:{rating['id']}",
        "kind": "csat",
        "score": float(good) if rated else None,
        "scale_min": 0,
        "scale_max": 1,
        "customer_id": str(person) if person else None,
        "ticket_id": str(ticket) if ticket else None,
        "asked_at": rating.get("created_at"),
        "answered_at": rating.get("updated_at") if rated else None,
        "comment_chars": len(rating.get("comment") or "") if rated else None,
        "updated_at": rating.get("updated_at"),
    }
