"""The Zendesk example, reconciled with plain SQL over its raw files."""

from __future__ import annotations

import shutil

import duckdb
import pytest

from journey import landing, settings
from journey.home import PROJECT, Home
from journey.sources import sync

DATA = PROJECT.parent / "shared" / "data" / "zendesk_seed"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the Zendesk files are not here")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("zendesk")
    shutil.copytree(PROJECT / "examples" / "zendesk", folder, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZENDESK_DATA", str(DATA))
        home = Home(folder)
        (result,) = sync.sync(home, settings.load(home))
        assert not result.problems, "\n".join(map(str, result.problems))
    return home


@pytest.fixture(scope="module")
def raw():
    connection = duckdb.connect()
    for name in ("ticket", "ticket_comment", "ticket_field_history", "user"):
        path = DATA / f"{name}_data.csv"
        connection.execute(
            f'create table "{name}" as select * '
            f"from read_csv('{path}', all_varchar = true)"
        ).fetchall()
    return connection


PAIRS = {
    "tickets by status": (
        "select status, count(*) from ticket group by 1 order by 1",
        "select status, count(*) from ticket group by 1 order by 1",
    ),
    "tickets by channel": (
        "select via_channel, count(*) from ticket group by 1 order by 1",
        "select channel, count(*) from ticket group by 1 order by 1",
    ),
    "created": (
        "select id, created_at::timestamp::varchar from ticket order by 1",
        "select ticket_id, created_at::timestamp::varchar from ticket order by 1",
    ),
    "deleted": (
        "select count(*) from ticket where status = 'deleted'",
        "select count(deleted_at) from ticket",
    ),
    "resolved": (
        "select t.id, max(h.updated)::timestamp::varchar from ticket t join "
        "ticket_field_history h on h.ticket_id = t.id and h.field_name = 'status' "
        "and h.value = 'solved' where t.status in ('solved', 'closed') group by 1",
        "select ticket_id, resolved_at::timestamp::varchar from ticket "
        "where resolved_at is not null",
    ),
    "with an address": (
        'select count(*) from ticket t join "user" u on u.id = t.requester_id',
        "select count(email_hash) from ticket",
    ),
    "comments": (
        "select count(*), count(distinct ticket_id) from ticket_comment",
        "select count(*), count(distinct ticket_id) from ticket_event where kind = 'reply'",
    ),
    "changes": (
        "select count(*) from (select distinct field_name, ticket_id, updated, value "
        "from ticket_field_history)",
        "select count(*) from ticket_event where kind <> 'reply'",
    ),
}


@pytest.mark.parametrize("what", PAIRS)
def test_landed_equals_raw(home, raw, what):
    from_raw, from_landed = PAIRS[what]
    with landing.open_landing(home) as connection:
        landed = connection.execute(from_landed).fetchall()
    assert landed == raw.execute(from_raw).fetchall()


def test_no_address_is_at_rest(home):
    with landing.open_landing(home) as connection:
        for table in landing.TABLES.values():
            for column in table.columns:
                if column.type == "varchar":
                    found = connection.execute(
                        f"select count(*) from {table.name} "
                        f"where contains({column.name}, '@')"
                    ).fetchall()
                    assert found == [(0,)], (table.name, column.name)
