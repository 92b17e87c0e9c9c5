"""Officers search everything that was posted, and leave a trace each time."""

import pytest
from django.db import IntegrityError, transaction

from corpblog.audit.models import AuditEntry
from corpblog.desk import selectors, services
from corpblog.desk.models import OfficerSearch
from corpblog.desk.pseudonyms import pseudonym
from corpblog.kernel.errors import Invalid, NotAllowed, TooMany
from corpblog.posts.services import publish
from corpblog.teams.services import create_channel

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(alice, policy):
    room = create_channel(by=alice, name="Board", is_private=True)
    return publish(by=alice, channel=room, text="The board meets about Osprey")


def search(by, query="osprey", purpose="Inquiry 7"):
    return services.search_everything(by=by, purpose=purpose, query=query)


def test_closed_rooms_are_searched_and_the_search_is_kept(secret, omar, victor):
    assert [(item.post, item.author) for item in search(omar)] == [(secret, "Alice Martin")]
    kept = OfficerSearch.objects.get()
    assert (kept.by, kept.purpose, kept.query, kept.posts) == (omar, "Inquiry 7", "osprey", [secret.pk])
    entry = AuditEntry.objects.get(action="desk.searched")
    assert (entry.actor_id, entry.subject, entry.payload.facts) == (
        omar.pk,
        f"search:{kept.pk}",
        {"posts": [secret.pk]},
    )
    assert selectors.searches(victor) == [kept]


def test_what_finds_nothing_is_kept_as_well(secret, omar):
    assert search(omar, query="nothing at all") == []
    assert OfficerSearch.objects.get().posts == []


@pytest.mark.parametrize("who", ["victor", "alice", "irene", "helene"])
def test_only_officers_search(secret, person, who):
    with pytest.raises(NotAllowed):
        search(person(who))
    assert not OfficerSearch.objects.exists()


@pytest.mark.parametrize(
    ("purpose", "query"),
    [
        ("", "osprey"),
        (" ", "osprey"),
        ("x" * 301, "osprey"),
        ("x", ""),
        ("x", "after:never"),
        ("x", "y" * 201),
        ("x", "?"),
    ],
)
def test_a_search_without_purpose_or_words_shows_nothing_and_keeps_what_was_typed(
    secret, omar, browser_of, purpose, query
):
    with pytest.raises(Invalid):
        search(omar, query=query, purpose=purpose)
    answer = browser_of(omar).post("/desk/search/", {"purpose": purpose, "query": query})
    assert answer.status_code == 422
    assert purpose.strip().encode() in answer.content
    assert b"The board meets" not in answer.content
    assert not OfficerSearch.objects.exists()


def test_a_trace_is_neither_changed_nor_deleted(secret, omar):
    search(omar)
    for deed in (
        lambda: OfficerSearch.objects.update(purpose="Other"),
        lambda: OfficerSearch.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            deed()


def test_names_stay_pseudonyms_where_the_desk_shows_none(secret, omar, alice, settings):
    settings.DESK_PSEUDONYMS = True
    assert [item.author for item in search(omar)] == [pseudonym(alice)]
    for query in ("from:alice osprey", "osprey -from:alice", "osprey in:@alice", 'osprey -in:"@alice"'):
        with pytest.raises(Invalid, match="pseudonyms"):
            search(omar, query=query)
    assert search(omar, query='osprey in:"Alice Martin"') == []


def test_what_was_deleted_is_not_found(secret, omar, alice):
    from corpblog.posts.services import delete

    delete(by=alice, post_id=secret.pk)
    assert search(omar) == []


def test_what_was_deleted_or_edited_away_is_found_where_it_is_asked_for(secret, omar, alice, browser_of):
    from corpblog.posts.services import delete, edit

    edit(by=alice, post_id=secret.pk, text="The board meets about nothing", version=1)
    assert search(omar) == []
    found = services.search_everything(by=omar, purpose="Inquiry 7", query="osprey", is_past=True)
    assert [[version.text for version in item.versions] for item in found] == [["The board meets about Osprey"]]
    delete(by=alice, post_id=secret.pk)
    page = browser_of(omar).post("/desk/search/", {"purpose": "Inquiry 7", "query": "osprey", "past": "yes"}).content
    assert b"The board meets about Osprey" in page
    assert b"The board meets about nothing" in page
    assert [(kept.is_past, kept.posts) for kept in OfficerSearch.objects.order_by("pk")] == [
        (False, []),
        (True, [secret.pk]),
        (True, [secret.pk]),
    ]


def test_fishing_is_limited(secret, omar):
    for _ in range(60):
        search(omar)
    with pytest.raises(TooMany):
        search(omar)


def test_the_page_shows_results_to_officers_and_the_log_to_auditors(secret, omar, victor, browser_of):
    page = browser_of(omar).post("/desk/search/", {"purpose": "Inquiry 7", "query": "osprey"}).content
    assert b"The board meets about Osprey" in page
    # Once: the search of the page's head, which keeps no trace, does not get the words.
    assert page.count(b'value="osprey"') == 1
    log = browser_of(victor).get("/desk/search/").content
    assert b"Inquiry 7" in log
    assert b"The board meets" not in log
    assert b'name="purpose"' not in log
