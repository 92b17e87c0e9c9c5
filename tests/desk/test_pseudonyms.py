"""Authors are pseudonyms at the desk until two officers agree, where the company wants it so."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from corpblog.audit.selectors import trail
from corpblog.desk import selectors, services
from corpblog.desk.models import Unmasking
from corpblog.desk.pseudonyms import pseudonym
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.posts.services import publish, report
from corpblog.sharing import services as gate
from corpblog.sharing.models import Incident
from corpblog.teams.services import ensure_storyline, open_conversation

pytestmark = pytest.mark.django_db
TRACES = ("Alice", "Martin", 'data-initials="AM"', "@alice", "Engineering")


@pytest.fixture(autouse=True)
def pseudonymous(settings):
    settings.DESK_PSEUDONYMS = True


@pytest.fixture
def share(write, press, alice):
    return gate.request_share(by=alice, post=write("Falcon has landed in Lyon today"), destination=press)


@pytest.fixture
def asked(share, omar):
    return services.ask_to_unmask(by=omar, share_id=share.pk, reason="The manager must be told")


def pages(share):
    return (
        "/desk/",
        "/desk/?view=team",
        f"/desk/{share.pk}/",
        f"/desk/{share.pk}/rows/?view=team",
        f"/desk/{share.pk}/news/?state=x",
        f"/shares/{share.pk}/",
        "/desk/reports/",
        "/desk/reports.csv",
    )


def test_reports_incidents_and_samples_show_no_names_either(
    share, write, press, alice, bruno, omar, browser_of, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        report(by=alice, post_id=write("Bruno writes this", by=bruno).pk, reason="other")
        report(by=bruno, post_id=share.post_id, reason="other")
    Incident.objects.create(
        destination=press, share=None, kind="foreign", remote_id="1", shows_digest="x", raised_at=timezone.now()
    )
    services.set_sampling_rate(by=omar, rule="", destination="", percent=100)
    gate.request_share(by=alice, post=write("We are open"), destination=press)
    services.take_samples()
    client = browser_of(omar)
    traces = (*TRACES, "Lefèvre", "@bruno", "Bruno L")
    for address in ("/reports/", "/desk/incidents/", "/desk/samples/", "/notices/"):
        page = client.get(address).content.decode()
        assert [trace for trace in traces if trace in page] == [], address
    assert pseudonym(alice) in client.get("/reports/").content.decode()
    assert "A post was reported." in client.get("/notices/").content.decode()


def test_where_a_post_was_found_names_nobody(policy, alice, bruno, omar, browser_of):
    publish(by=alice, channel=ensure_storyline(alice), text="Osprey on the storyline")
    publish(by=alice, channel=open_conversation(by=alice, people=[bruno]), text="Osprey between us")
    page = browser_of(omar).post("/desk/search/", {"purpose": "7", "query": "osprey"}).content.decode()
    assert page.count("Osprey ") == 2
    assert [trace for trace in (*TRACES, "Lefèvre") if trace in page] == []
    assert [place in page for place in ("Storyline", "Direct conversation")] == [True, True]


@pytest.mark.parametrize("who", ["omar", "victor"])
def test_no_page_of_the_desk_shows_who_it_was(share, write, press, alice, person, browser_of, who):
    gate.request_share(by=alice, post=write("Falcon has landed in Lyon today!"), destination=press)
    client = browser_of(person(who))
    for address in pages(share):
        page = client.get(address).content.decode()
        assert [trace for trace in TRACES if trace in page] == [], address
    assert pseudonym(alice) in client.get(f"/desk/{share.pk}/").content.decode()


def test_a_pseudonym_is_the_same_for_all_of_a_person_and_no_others(share, write, press, alice, bruno, omar):
    gate.request_share(by=alice, post=write("Falcon again"), destination=press)
    gate.request_share(by=bruno, post=write("Falcon of Bruno", by=bruno), destination=press)
    first, second, third = (row.author for row in selectors.queue(omar))
    assert first == second != third
    assert not [part for part in ("alice", str(alice.pk)) if part in first.lower()]


def test_another_installation_has_other_pseudonyms(alice, settings):
    here = pseudonym(alice)
    settings.SECRET_KEY = "x" * 50
    assert pseudonym(alice) != here


def test_two_officers_agree_and_the_name_is_shown_for_this_share_alone(
    asked, share, write, press, alice, omar, lena, browser_of
):
    other = gate.request_share(by=alice, post=write("Falcon elsewhere"), destination=press)
    assert "asks for the name" in browser_of(lena).get(f"/desk/{share.pk}/").content.decode()
    assert selectors.case(lena, share.pk).author.is_masked
    browser_of(lena).post(f"/desk/{share.pk}/name/", {"act": "agree"})
    page = browser_of(omar).get(f"/desk/{share.pk}/").content.decode()
    assert "Alice Martin" in page
    assert "Name shown by Omar Haddad and Lena Schmidt" in page
    assert selectors.case(omar, other.pk).author.is_masked
    assert {row.author for row in selectors.queue(omar)} == {"Alice Martin", pseudonym(alice)}
    assert [(entry.action, entry.actor_id) for entry in trail(share.subject)[1:]] == [
        ("desk.unmasking_asked", omar.pk),
        ("desk.unmasked", lena.pk),
    ]


def test_every_unmasking_stands_in_the_report(asked, share, lena, victor, browser_of):
    services.agree_to_unmask(by=lena, share_id=share.pk)
    page = browser_of(victor).get("/desk/reports/").content.decode()
    assert "Omar Haddad asked, Lena Schmidt agreed" in page
    assert "The manager must be told" in page
    assert f"unmasking,{share.pk},officers" in browser_of(victor).get("/desk/reports.csv").content.decode()


def test_one_officer_alone_unmasks_nobody(asked, share, omar):
    with pytest.raises(NotAllowed, match="another officer has to agree"):
        services.agree_to_unmask(by=omar, share_id=share.pk)
    with pytest.raises(Conflict):
        services.ask_to_unmask(by=omar, share_id=share.pk, reason="Again")
    with pytest.raises(IntegrityError), transaction.atomic():
        Unmasking.objects.update(agreed_by=omar, agreed_at=timezone.now())
    assert selectors.case(omar, share.pk).author.is_masked


@pytest.mark.parametrize("who", ["victor", "alice", "irene"])
def test_only_officers_ask_and_agree(asked, share, person, who):
    for deed in (
        lambda: services.ask_to_unmask(by=person(who), share_id=share.pk, reason="x"),
        lambda: services.agree_to_unmask(by=person(who), share_id=share.pk),
    ):
        with pytest.raises(NotAllowed):
            deed()


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_reason_is_owed_and_what_was_typed_is_kept(share, omar, browser_of, reason):
    with pytest.raises(Invalid):
        services.ask_to_unmask(by=omar, share_id=share.pk, reason=reason)
    answer = browser_of(omar).post(f"/desk/{share.pk}/name/", {"act": "ask", "reason": reason})
    assert answer.status_code == 422
    assert reason.encode() in answer.content


def test_evidence_names_people_so_it_waits_for_two_officers(asked, share, omar, lena, browser_of):
    with pytest.raises(Conflict, match="names its author"):
        services.evidence(by=omar, share_id=share.pk)
    answer = browser_of(omar).post(f"/desk/{share.pk}/evidence/")
    assert (answer.status_code, b"names its author" in answer.content) == (409, True)
    services.agree_to_unmask(by=lena, share_id=share.pk)
    assert services.evidence(by=omar, share_id=share.pk)


def test_authors_see_their_own_name(share, alice, browser_of):
    assert "Alice Martin" in browser_of(alice).get(f"/shares/{share.pk}/").content.decode()


def test_where_names_are_shown_there_is_nothing_to_unmask(share, omar, settings):
    settings.DESK_PSEUDONYMS = False
    assert selectors.case(omar, share.pk).author.name == "Alice Martin"
    with pytest.raises(Conflict):
        services.ask_to_unmask(by=omar, share_id=share.pk, reason="x")
