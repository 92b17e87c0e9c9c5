"""Word lists that follow a source: a real server on loopback that serves what the test says."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from corpblog.audit.models import AuditEntry
from corpblog.kernel.errors import NotAllowed
from corpblog.people.models import DirectoryGroup, Person
from corpblog.policy import selectors, services
from corpblog.policy.engine import Outcome
from corpblog.policy.models import PolicyVersion, SourceState
from corpblog.policy.sources import ADDRESS, Source, SourceUnread
from corpblog.teams.models import Channel
from tests.servers.lists import Lists, serving_lists

pytestmark = pytest.mark.django_db

POLICY = """\
policy: 1
name: Acme
rules:
  - id: code-names
    detect:
      - keywords: {dictionary: names.txt}
    outcome: hold
    examples: {pass: [A quiet day]}
"""


@pytest.fixture
def lists(settings: Any) -> Iterator[Lists]:
    with serving_lists(settings) as server:
        yield server


@pytest.fixture
def follow(irene: Person, omar: Person) -> Callable[..., PolicyVersion]:
    """Give a way to bring POLICY into force with a list that follows a source."""

    def make(source: Source, text: str = POLICY) -> PolicyVersion:
        draft = services.create_draft(by=irene)
        services.put_source(by=irene, number=draft.number, edit=draft.edit, name="names.txt", source=source)
        draft.refresh_from_db()
        draft = services.edit_draft(by=irene, number=draft.number, edit=draft.edit, source=text)
        services.propose(by=irene, number=draft.number, edit=draft.edit, note="Follow the list.")
        return services.put_in_force(by=omar, number=draft.number, replacing=selectors.number_in_force())

    return make


def outcome(text: str) -> Outcome:
    return services.scan(fields=text, audience="external").outcome


def in_force() -> PolicyVersion:
    return PolicyVersion.objects.in_force().get()


def test_what_a_source_adds_counts_from_the_next_scan_on(lists: Lists, follow: Callable[..., PolicyVersion]) -> None:
    first = follow(Source(ADDRESS, lists.url))
    assert outcome("Falcon starts") == Outcome.HOLD
    assert outcome("Osprey starts") == Outcome.ALLOW
    lists.text += "Osprey\n"
    services.sync_lists([ADDRESS])
    assert outcome("Osprey starts") == Outcome.HOLD
    now = in_force()
    # The same two people answer for it, and history says that nobody typed it.
    assert (now.based_on, now.proposed_by, now.approved_by) == (first, first.proposed_by, first.approved_by)
    assert now.is_synced
    assert AuditEntry.objects.filter(action="policy.synced", subject=f"policy:{now.number}", actor_id=None).exists()
    services.sync_lists([ADDRESS])
    assert in_force() == now, "nothing changed, so there is no new version"


def test_what_went_at_the_source_waits_for_a_second_person(
    lists: Lists, follow: Callable[..., PolicyVersion], irene: Person, omar: Person
) -> None:
    follow(Source(ADDRESS, lists.url))
    lists.text = "Osprey\nProjet Mistral\n"
    services.sync_lists()
    assert {outcome("Falcon starts"), outcome("Osprey starts")} == {Outcome.HOLD}, "what came counts, what went stays"
    proposal = PolicyVersion.objects.get(state=PolicyVersion.State.PROPOSED)
    services.sync_lists()
    assert PolicyVersion.objects.filter(state=PolicyVersion.State.PROPOSED).get() == proposal, "it is proposed once"
    with pytest.raises(NotAllowed):
        services.put_in_force(by=irene, number=proposal.number, replacing=in_force().number)
    PolicyVersion.objects.filter(pk=proposal.pk).update(not_before=None)
    services.put_in_force(by=omar, number=proposal.number, replacing=in_force().number)
    assert outcome("Falcon starts") == Outcome.ALLOW


def test_lowering_by_a_source_waits_for_the_reviewers(
    lists: Lists, follow: Callable[..., PolicyVersion], settings: Any
) -> None:
    settings.POLICY_DELAY = timedelta(minutes=15)
    follow(Source(ADDRESS, lists.url))
    lists.text = "Falcon\n"
    services.sync_lists()
    proposal = PolicyVersion.objects.get(state=PolicyVersion.State.PROPOSED)
    assert proposal.proposed_at is not None
    assert proposal.not_before is not None
    assert proposal.not_before >= proposal.proposed_at + timedelta(minutes=14)


def test_a_proposal_that_its_source_overtakes_is_put_away_and_told(
    lists: Lists, follow: Callable[..., PolicyVersion]
) -> None:
    follow(Source(ADDRESS, lists.url))
    lists.text = "Falcon\n"
    services.sync_lists()
    first = PolicyVersion.objects.get(state=PolicyVersion.State.PROPOSED)
    lists.text = "Projet Mistral\n"
    services.sync_lists()
    first.refresh_from_db()
    assert first.state == PolicyVersion.State.DISCARDED
    entry = AuditEntry.objects.get(action="policy.discarded", subject=f"policy:{first.number}")
    assert entry.actor_id is None


def test_what_a_person_refused_is_not_proposed_again(
    lists: Lists, follow: Callable[..., PolicyVersion], omar: Person
) -> None:
    follow(Source(ADDRESS, lists.url))
    lists.text = "Falcon\n"
    services.sync_lists()
    proposal = PolicyVersion.objects.get(state=PolicyVersion.State.PROPOSED)
    services.refuse(by=omar, number=proposal.number, reason="Mistral is still secret.")
    services.sync_lists()
    assert not PolicyVersion.objects.filter(state=PolicyVersion.State.PROPOSED).exists()
    assert outcome("Projet Mistral starts") == Outcome.HOLD


def test_a_list_of_exceptions_does_not_grow_by_itself(lists: Lists, follow: Callable[..., PolicyVersion]) -> None:
    lists.text = "Falcon wine\n"
    excepting = POLICY.replace("dictionary: names.txt", "terms: [Falcon, Osprey]").replace(
        "    outcome", "    except: [{keywords: {dictionary: names.txt}}]\n    outcome"
    )
    follow(Source(ADDRESS, lists.url), excepting)
    lists.text += "Osprey\n"
    services.sync_lists()
    assert outcome("Osprey starts") == Outcome.HOLD
    assert PolicyVersion.objects.filter(state=PolicyVersion.State.PROPOSED).count() == 1


@pytest.mark.parametrize(
    ("status", "text", "problem"),
    [
        (503, "", "unreachable"),
        (404, "", "status"),
        (200, "", "unusable"),
        (200, "x" * 300, "unusable"),
        (200, "\n<!DOCTYPE html><title>Sign in</title>\nFalcon\nProjet Mistral\n", "page"),
        (200, "Osprey\n" * 2_300_000, "large"),
    ],
    ids=["silent", "gone", "empty", "no list", "a sign-in page", "too large"],
)
def test_a_source_that_fails_leaves_the_list_as_it_was(
    lists: Lists, follow: Callable[..., PolicyVersion], status: int, text: str, problem: str
) -> None:
    version = follow(Source(ADDRESS, lists.url))
    lists.status, lists.text = status, text
    services.sync_lists()
    assert in_force() == version
    assert outcome("Falcon starts") == Outcome.HOLD
    state = SourceState.objects.get()
    assert state.problem == problem
    assert state.failing_since is not None
    lists.status, lists.text = 200, "Falcon\nProjet Mistral\n"
    services.sync_lists()
    state.refresh_from_db()
    assert (state.problem, state.failing_since) == ("", None)


def test_terms_that_break_an_example_do_not_come_in(lists: Lists, follow: Callable[..., PolicyVersion]) -> None:
    version = follow(Source(ADDRESS, lists.url))
    lists.text += "quiet day\n"
    services.sync_lists()
    assert in_force() == version
    assert SourceState.objects.get().problem == "examples"


def test_a_column_of_a_csv_file_is_a_list(lists: Lists, follow: Callable[..., PolicyVersion]) -> None:
    lists.text = "Code;Name\n1;Falcon\n2;Projet Mistral\n"
    follow(Source(ADDRESS, lists.url, "name"))
    assert outcome("Projet Mistral starts") == Outcome.HOLD
    assert outcome("Code 1") == Outcome.ALLOW


def test_a_table_without_a_chosen_column_is_no_list(
    lists: Lists, follow: Callable[..., PolicyVersion], irene: Person
) -> None:
    lists.text, lists.kind = "Code;Name\n1;Falcon\n2;Projet Mistral\n", "text/csv; charset=utf-8"
    with pytest.raises(SourceUnread, match="This file has several columns: code, name"):
        follow(Source(ADDRESS, lists.url))
    with pytest.raises(SourceUnread, match="Its columns: code, name"):
        follow(Source(ADDRESS, lists.url, "bird"))
    # Commas in a text that nobody calls a table are a part of its terms.
    lists.text, lists.kind = "Falcon, the second\nOsprey\n", "text/plain"
    follow(Source(ADDRESS, lists.url))
    assert outcome("Falcon, the second starts") == Outcome.HOLD


def test_an_address_says_how_its_list_begins_before_anything_follows_it(irene: Person, lists: Lists) -> None:
    lists.text = "Code;Name\n" + "".join(f"{number};Bird {number}\n" for number in range(20_000))
    head = services.try_address(by=irene, url=f"{lists.url}.csv")
    assert [(column.key, column.title, column.terms[:2]) for column in head.columns] == [
        ("code", "Code", ("0", "1")),
        ("name", "Name", ("Bird 0", "Bird 1")),
    ]
    assert head.is_table
    lists.text = "# Birds\nFalcon\n\nFalcon\nOsprey\n"
    head = services.try_address(by=irene, url=lists.url)
    assert (head.lines, len(head.columns), head.is_table) == (("Falcon", "Osprey"), 1, False)


def test_an_address_inside_is_not_asked(irene: Person, lists: Lists, settings: Any) -> None:
    settings.EGRESS_PRIVATE = []
    draft = services.create_draft(by=irene)
    with pytest.raises(SourceUnread) as unasked:
        services.try_address(by=irene, url=lists.url)
    assert unasked.value.code == "forbidden"
    assert lists.asked == 0
    with pytest.raises(SourceUnread) as refused:
        services.put_source(
            by=irene, number=draft.number, edit=draft.edit, name="names.txt", source=Source(ADDRESS, lists.url)
        )
    assert refused.value.code == "forbidden"


def test_nobody_but_a_policy_admin_makes_the_server_ask(omar: Person, irene: Person, lists: Lists) -> None:
    draft = services.create_draft(by=irene)
    with pytest.raises(NotAllowed):
        services.put_source(
            by=omar, number=draft.number, edit=draft.edit, name="names.txt", source=Source(ADDRESS, lists.url)
        )
    with pytest.raises(NotAllowed):
        services.sync_now(by=omar, name="names.txt")
    with pytest.raises(NotAllowed):
        services.try_address(by=omar, url=lists.url)
    assert lists.asked == 0


@pytest.mark.parametrize("kind", ["private-channels", "directory-groups"])
def test_names_that_the_company_knows_are_a_list(follow: Callable[..., PolicyVersion], kind: str) -> None:
    def add(name: str) -> None:
        if kind == "private-channels":
            Channel.objects.create(name=name, slug=name.lower(), is_private=True)
            Channel.objects.create(name=f"Open {name}", slug=f"open-{name.lower()}")
        else:
            DirectoryGroup.objects.create(name=name, directory_id=name)

    add("Falconry")
    add("IT")
    follow(Source(kind))
    assert outcome("We met in Falconry") == Outcome.HOLD
    assert outcome("IT is busy") == Outcome.ALLOW, "a name of two letters would hold everything"
    add("Birdwatch")
    services.sync_lists({kind})
    assert outcome("We met in Birdwatch") == Outcome.HOLD


def test_a_draft_that_cuts_a_list_off_lowers_protection(
    lists: Lists, follow: Callable[..., PolicyVersion], irene: Person
) -> None:
    follow(Source(ADDRESS, lists.url))
    draft = services.create_draft(by=irene)
    assert services.lowered_by(draft) == []
    draft = services.drop_source(by=irene, number=draft.number, edit=draft.edit, name="names.txt")
    assert [lowering.part for lowering in services.lowered_by(draft)] == ["sources"]


def test_a_draft_written_before_a_sync_takes_nothing_back(
    lists: Lists, follow: Callable[..., PolicyVersion], irene: Person, omar: Person
) -> None:
    first = follow(Source(ADDRESS, lists.url))
    draft = services.create_draft(by=irene)
    draft = services.edit_draft(
        by=irene, number=draft.number, edit=draft.edit, source=POLICY.replace("name: Acme", "name: Acme 2")
    )
    lists.text += "Osprey\n"
    services.sync_lists()
    assert services.lowered_by(draft) == []
    services.propose(by=irene, number=draft.number, edit=draft.edit, note="Its name.")
    # The page was opened when the first version was in force; a sync is no reason to look again.
    services.put_in_force(by=omar, number=draft.number, replacing=first.number)
    assert outcome("Osprey starts") == Outcome.HOLD
    assert in_force().source.count("Acme 2") == 1


def test_a_list_that_a_person_uploads_follows_nothing_any_more(
    lists: Lists, follow: Callable[..., PolicyVersion], irene: Person
) -> None:
    follow(Source(ADDRESS, lists.url))
    draft = services.create_draft(by=irene)
    services.put_dictionary(by=irene, number=draft.number, edit=draft.edit, name="names.txt", terms="Kestrel")
    draft.refresh_from_db()
    assert draft.sources == {}
