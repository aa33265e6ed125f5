"""The published rules of Google's default channel group, case by case."""

import csv
from pathlib import Path

import duckdb
import pytest

from journey.build import create, marts
from journey.build.inputs import empty_landing
from journey.home import PROJECT

NAMES = PROJECT.parent / "shared" / "data" / "ga4_export" / "ga4_source_categories.csv"

CASES = [
    # Direct: the source is (direct), the medium (none) or (not set)
    ("(direct)", "(none)", "(direct)", "Direct"),
    ("(direct)", "(not set)", None, "Direct"),
    ("(Direct)", "(None)", None, "Direct"),
    ("(direct)", "cpc", None, "Paid Other"),
    ("direct", "(none)", None, "Unassigned"),
    # Cross-network: the campaign's name contains cross-network; before all but Direct
    ("google", "cpc", "PMax cross-network boots", "Cross-network"),
    (None, None, "Cross-Network", "Cross-network"),
    ("(direct)", "(none)", "cross-network", "Direct"),
    # Paid Shopping: a shopping site or a campaign about shopping, and a paid medium
    ("amazon", "cpc", None, "Paid Shopping"),
    ("ebay.de", "paid", None, "Paid Shopping"),
    ("google", "cpc", "spring-shop", "Paid Shopping"),
    ("google", "cpc", "Shopping PL", "Paid Shopping"),
    ("google", "cpc", "eshop", "Paid Shopping"),
    ("google", "cpc", "bishop", "Paid Search"),
    # a paid medium: contains cp, is ppc or retargeting, or begins with paid
    ("google", "ppc", None, "Paid Search"),
    ("bing", "retargeting", None, "Paid Search"),
    ("google", "paid-search", None, "Paid Search"),
    ("google", "CPC", None, "Paid Search"),
    ("Google", "cpm", None, "Paid Search"),
    ("google", "unpaid", None, "Organic Search"),
    ("google", "my-ppc", None, "Organic Search"),
    # Paid Search, Paid Social, Paid Video: the kind of site and a paid medium
    ("de.search.yahoo.com", "cpc", None, "Paid Search"),
    ("facebook", "cpc", "Boots", "Paid Social"),
    ("l.instagram.com", "paid_social", None, "Paid Social"),
    ("youtube.com", "cpv", None, "Paid Video"),
    ("youtube.com", "cpc", None, "Paid Video"),
    # Display: five media, and cpm where the site is of no known kind
    ("news.example", "display", None, "Display"),
    ("news.example", "banner", None, "Display"),
    ("news.example", "expandable", None, "Display"),
    ("news.example", "interstitial", None, "Display"),
    ("news.example", "cpm", None, "Display"),
    ("facebook", "display", None, "Display"),
    # Paid Other: a paid medium anywhere else
    ("news.example", "cpc", None, "Paid Other"),
    (None, "paid", None, "Paid Other"),
    # Organic Shopping: a shopping site or a campaign about shopping, not paid
    ("etsy.com", "referral", None, "Organic Shopping"),
    ("newsletter", "email", "shop", "Organic Shopping"),
    ("Google Shopping", None, None, "Organic Shopping"),
    # Organic Social: a social network, or one of six media
    ("facebook.com", "referral", None, "Organic Social"),
    ("pl.pinterest.com", "referral", None, "Organic Social"),
    ("blog.example", "social", None, "Organic Social"),
    ("blog.example", "social-network", None, "Organic Social"),
    ("blog.example", "social-media", None, "Organic Social"),
    ("blog.example", "sm", None, "Organic Social"),
    ("blog.example", "social network", None, "Organic Social"),
    ("blog.example", "social media", None, "Organic Social"),
    ("blog.example", "socials", None, "Unassigned"),
    # Organic Video: a video site, or a medium that contains video
    ("vimeo", "referral", None, "Organic Video"),
    ("blog.example", "in-video-link", None, "Organic Video"),
    # AI Assistant: the medium is ai-assistant
    ("chatgpt.com", "ai-assistant", "(ai-assistant)", "AI Assistant"),
    ("chatgpt.com", "referral", "(referral)", "Referral"),
    # Organic Search: a search engine, or the medium is organic
    ("google", "organic", "(organic)", "Organic Search"),
    ("duckduckgo", None, None, "Organic Search"),
    ("<Other>", "organic", "(organic)", "Organic Search"),
    ("google.com", "referral", None, "Referral"),
    # Referral: referral, app or link
    ("blog.example", "referral", None, "Referral"),
    ("blog.example", "app", None, "Referral"),
    ("blog.example", "link", None, "Referral"),
    # Email: either tag is one of four spellings, and nothing more
    ("newsletter", "email", None, "Email"),
    ("newsletter", "E-Mail", None, "Email"),
    ("newsletter", "e_mail", None, "Email"),
    ("newsletter", "e mail", None, "Email"),
    ("email", None, None, "Email"),
    ("e-mail", "(not set)", None, "Email"),
    ("newsletter", "emailing", None, "Unassigned"),
    # Affiliates
    ("partner", "affiliate", None, "Affiliates"),
    ("partner", "affiliates", None, "Unassigned"),
    # Audio
    ("podcast", "audio", None, "Audio"),
    # SMS: either tag
    ("sms", None, None, "SMS"),
    ("klaviyo", "sms", None, "SMS"),
    # Mobile Push Notifications: ends with push, speaks of mobile or notification,
    # or comes from firebase
    ("app", "web-push", None, "Mobile Push Notifications"),
    ("app", "mobile", None, "Mobile Push Notifications"),
    ("app", "app-notification", None, "Mobile Push Notifications"),
    ("firebase", None, None, "Mobile Push Notifications"),
    ("app", "pushed", None, "Unassigned"),
    # Unassigned: nothing fits
    ("(not set)", "(not set)", "(not set)", "Unassigned"),
    ("(data deleted)", "(data deleted)", "(data deleted)", "Unassigned"),
    ("(other)", "(other)", None, "Unassigned"),
    (None, None, "May", "Unassigned"),
    # nothing known is no channel
    (None, None, None, None),
]


def run(combinations):
    """Return a connection with both marts made of visits of these combinations."""
    connection = duckdb.connect()
    empty_landing(connection)
    connection.executemany(
        "insert into landed.session (source, session_key, started_at, source_name, "
        "medium, campaign) values ('web', uuid()::varchar, now(), ?, ?, ?)",
        combinations,
    ).fetchall()
    connection.execute("use memory").fetchall()
    wanted = ("source_categories", "channel_groups")
    create(connection, [mart for mart in marts() if mart.name in wanted])
    return connection


@pytest.fixture(scope="module")
def grouped():
    with run([case[:3] for case in CASES]) as connection:
        rows = connection.sql(
            "select source_name, medium, campaign, channel from channel_groups"
        ).fetchall()
    return {row[:3]: row[3] for row in rows}


@pytest.mark.parametrize("case", CASES, ids=lambda case: " / ".join(map(str, case[:3])))
def test_the_first_rule_that_fits_wins(grouped, case):
    assert grouped.get(case[:3]) == case[3]


def test_every_channel_google_publishes_has_a_case():
    assert len({case[3] for case in CASES} - {None}) == 20


@pytest.mark.skipif(not NAMES.is_file(), reason="needs ../shared/data/ga4_export")
def test_the_kinds_of_sites_agree_with_the_published_list():
    with Path(NAMES).open(encoding="utf-8") as file:
        published = {
            row["source"]: row["source_category"].removeprefix("SOURCE_CATEGORY_").lower()
            for row in csv.DictReader(file)
        }
    with run([(name, None, None) for name in published]) as connection:
        ours = dict(connection.sql("from source_categories").fetchall())
    assert len(published) > 800
    assert ours == published


def test_capitals_and_families_of_sites_are_known_and_strangers_are_not():
    names = ["FaceBook", "Ro.Pinterest.com", "google.com", "shop.example", "Yandex.by"]
    with run([(name, None, None) for name in names]) as connection:
        ours = dict(connection.sql("from source_categories").fetchall())
    assert ours == {
        "FaceBook": "social", "Ro.Pinterest.com": "social", "Yandex.by": "search"
    }  # fmt: skip
