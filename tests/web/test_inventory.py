"""Every way by which words leave this process, and the proof that each is for people inside or goes through the gate.

The addresses are those of the route matrix, which fails where one is missing; the commands are listed here.
"""

import pytest
from django.core.management import get_commands

from corpblog.posts.models import Draft
from tests.web.test_route_matrix import ROWS, client_of, files, world  # noqa: F401

pytestmark = pytest.mark.django_db

# Who reads what a command writes. All are run by whoever may read the database anyway; none writes to somebody outside.
COMMANDS = {
    "anchor_audit": "the operator's anchor file; hashes, no words",
    "backup": "the operator's own folder",
    "break_glass": "the operator",
    "push_key": "the operator; a key, no words",
    "rotate_credentials_key": "the operator; reaches nobody",
    "connect_destination": "the operator; asks the server who we are, through the egress client",
    "demo_company": "the operator",
    "export_audit": "the operator and auditors; no words of posts",
    "export_policy": "the operator; the words of the policy",
    "gate": "the operator",
    "import_policy": "the operator",
    "restore": "the operator",
    "scan": "whoever typed the posts",
    "serve": "the browsers of people inside",
    "simulate_policy": "the operator; counts, no words",
    "sync_directory": "the operator",
    "sync_word_lists": "the operator; counts, no words",
    "token": "the operator; a secret for one person's programs, no words",
    "verify_audit": "the operator and auditors; no words",
    "web": "the browsers of people inside",
    "worker": "destinations, through the gate",
}
ROOM, HELD, DRAFT = "The board meets", "Falcon has landed", "canary in a draft"


@pytest.fixture
def canaries(world, alice):  # noqa: F811
    """Words that were never released, wherever words are kept."""
    Draft.objects.create(person=alice, place="new", text=DRAFT)
    return world


def answers(client, rows, values):
    """Ask for each address and give what came back, headers and all."""
    client.raise_request_exception = False
    for row in rows:
        path = row.path.format(**values)
        data = {name: value.format(**values) for name, value in row.data.items()}
        answer = client.get(path) if row.method == "get" else client.post(path, data)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        yield row, body.decode(errors="replace") + str(dict(answer.headers))


@pytest.mark.gate("G31")
@pytest.mark.parametrize("name", sorted(ROWS))
def test_no_address_shows_a_stranger_what_was_not_released(name, canaries, client_of):  # noqa: F811
    for row, told in answers(client_of("nobody"), ROWS[name], canaries.values):
        found = [words for words in (ROOM, HELD, DRAFT) if words in told]
        assert found == [], f"{row.method} {row.path} tells a stranger {found}"


@pytest.mark.gate("G31")
@pytest.mark.parametrize("name", sorted(ROWS))
def test_no_address_shows_a_colleague_what_was_said_in_a_closed_room(name, canaries, client_of):  # noqa: F811
    for row, told in answers(client_of("bruno"), ROWS[name], canaries.values):
        found = [words for words in (ROOM, DRAFT) if words in told]
        assert found == [], f"{row.method} {row.path} tells a colleague {found}"


def test_the_canaries_are_where_they_should_be(canaries, client_of):  # noqa: F811
    """The test of this test: their owner does find them."""
    client = client_of("alice")
    rows = [row for name in ("channel", "share", "thread", "compose") for row in ROWS[name]]
    told = " ".join(text for _row, text in answers(client, rows, canaries.values))
    assert [words for words in (ROOM, HELD, DRAFT) if words not in told] == []


@pytest.mark.gate("G31")
def test_every_command_is_known_with_who_reads_it():
    ours = {name for name, app in get_commands().items() if str(app).startswith("corpblog")}
    assert ours == set(COMMANDS)
