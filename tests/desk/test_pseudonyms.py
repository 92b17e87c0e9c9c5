"""Authors are pseudonyms at the desk until two officers agree, where the company wants it so."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from corpblog.audit.selectors import trail
from corpblog.audit.services import record
from corpblog.desk import selectors, services
from corpblog.desk.models import Unmasking
from corpblog.desk.pseudonyms import pseudonym
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.notifications.models import Notice
from corpblog.notifications.wording import sentence
from corpblog.posts.services import publish, report
from corpblog.sharing import services as gate
from corpblog.sharing.models import Destination, Hand, Incident
from corpblog.teams.services import ensure_storyline, open_conversation
from tests.sharing.advocates import BEYOND

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


def test_a_hold_of_one_officer_does_not_tell_whose_words_they_are(share, alice, bruno, omar, lena, browser_of):
    """Who is held with the words of a case, and counted, is found out by trying one name after the other."""
    line = ensure_storyline(alice)
    scopes = [services.Scope(username="alice", term="falcon"), services.Scope(username="bruno", term="falcon")]
    scopes.append(services.Scope(channel=line.slug, term="falcon"))
    asked = [services.place_hold(by=omar, matter="M", reason="R", scope=scope) for scope in scopes]
    assert [selectors.hold_of(omar, hold.pk).covered for hold in asked] == [None, None, None]
    assert [thing.covered for thing in selectors.holds(lena)] == [None, None, None]
    for address in ("/desk/holds/", f"/desk/holds/{asked[0].pk}/"):
        page = browser_of(omar).get(address).content.decode()
        assert "once a second officer agreed" in page
        assert "1 post" not in page
    services.agree_to_hold(by=lena, hold_id=asked[0].pk)
    counted = selectors.hold_of(omar, asked[0].pk).covered
    assert counted is not None
    assert counted.posts == 1


def test_a_hold_that_names_nobody_is_counted_at_once(share, omar):
    hold = services.place_hold(by=omar, matter="M", reason="R", scope=services.Scope(term="falcon"))
    counted = selectors.hold_of(omar, hold.pk).covered
    assert counted is not None
    assert counted.posts == 1


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


@pytest.mark.parametrize(
    ("answer", "words", "last"),
    [
        (
            lambda share, omar, lena: services.agree_to_unmask(by=lena, share_id=share.pk),
            "Lena Schmidt agreed",
            "agreed_by,lena",
        ),
        (
            lambda share, omar, lena: services.refuse_to_unmask(by=lena, share_id=share.pk),
            "Lena Schmidt refused",
            "refused_by,lena",
        ),
        (
            lambda share, omar, lena: services.refuse_to_unmask(by=omar, share_id=share.pk),
            "and took it back",
            "refused_by,omar",
        ),
        (lambda share, omar, lena: None, "nobody answered yet", "reason,The manager must be told"),
    ],
    ids=["agreed", "refused", "taken back", "open"],
)
def test_every_unmasking_stands_in_the_report(asked, share, omar, lena, victor, browser_of, answer, words, last):
    answer(share, omar, lena)
    page = browser_of(victor).get("/desk/reports/").content.decode()
    assert "Omar Haddad asked" in page
    assert words in page
    assert "The manager must be told" in page
    lines = browser_of(victor).get("/desk/reports.csv").content.decode().splitlines()
    assert {f"unmasking,{share.pk},asked_by,omar", f"unmasking,{share.pk},{last}"} <= set(lines)


def test_a_colleague_refuses_and_the_name_stays_hidden(asked, share, omar, lena, browser_of):
    page = browser_of(lena).get(f"/desk/{share.pk}/").content.decode()
    assert 'name="act" value="refuse"' in page
    answer = browser_of(lena).post(f"/desk/{share.pk}/name/", {"act": "refuse"})
    assert answer.status_code == 302
    assert selectors.case(omar, share.pk).author.is_masked
    with pytest.raises(Conflict, match="Nobody is waiting"):
        services.agree_to_unmask(by=lena, share_id=share.pk)
    page = browser_of(omar).get(f"/desk/{share.pk}/").content.decode()
    assert "Omar Haddad asked for the name, Lena Schmidt refused" in page
    assert "The name was refused" in page
    assert [(entry.action, entry.actor_id) for entry in trail(share.subject)[1:]] == [
        ("desk.unmasking_asked", omar.pk),
        ("desk.unmasking_refused", lena.pk),
    ]


def test_after_a_refusal_it_may_be_asked_for_again_and_the_refusal_is_read(asked, share, omar, lena, browser_of):
    services.refuse_to_unmask(by=lena, share_id=share.pk)
    services.ask_to_unmask(by=omar, share_id=share.pk, reason="The court asks for it")
    page = browser_of(lena).get(f"/desk/{share.pk}/").content.decode()
    assert "The court asks for it" in page
    assert "Lena Schmidt refused" in page
    services.agree_to_unmask(by=lena, share_id=share.pk)
    assert selectors.case(omar, share.pk).author.name == "Alice Martin"


def test_whoever_asked_may_take_it_back(asked, share, omar, browser_of):
    assert "Take back" in browser_of(omar).get(f"/desk/{share.pk}/").content.decode()
    services.refuse_to_unmask(by=omar, share_id=share.pk)
    assert "Asking for the name was taken back" in browser_of(omar).get(f"/desk/{share.pk}/").content.decode()


def test_the_database_refuses_to_refuse_what_was_agreed_to_and_to_ask_twice(asked, share, omar, lena):
    with pytest.raises(IntegrityError), transaction.atomic():
        Unmasking.objects.create(share=share, asked_by=lena, reason="x", asked_at=timezone.now())
    services.agree_to_unmask(by=lena, share_id=share.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Unmasking.objects.update(refused_by=omar, refused_at=timezone.now())


@pytest.mark.parametrize("answer", [services.agree_to_unmask, services.refuse_to_unmask])
def test_colleagues_are_called_to_answer_and_called_off(lena, asked, share, answer):
    wanted = "A colleague asks who is behind a pseudonym"
    called = Notice.objects.unread().filter(facts__step="unmasking")
    assert [(notice.person, sentence(notice).startswith(wanted)) for notice in called] == [(lena, True)]
    answer(by=lena, share_id=share.pk)
    assert not called.all()


def test_the_queue_has_a_view_of_the_names_that_are_asked_for(asked, share, write, press, alice, omar, lena, fresh):
    gate.request_share(by=alice, post=write("Falcon elsewhere"), destination=press)
    # Also when the case is decided meanwhile.
    services.reject(by=omar, share_id=share.pk, digest=share.digest, reason="No", authenticated_at=fresh)
    assert [row.share.pk for row in selectors.queue(lena, "names")] == [share.pk]
    assert selectors.counts(lena)["names"] == 1
    services.refuse_to_unmask(by=lena, share_id=share.pk)
    assert selectors.counts(lena)["names"] == 0


def test_without_pseudonyms_no_view_of_names_is_offered(share, omar, browser_of, settings):
    assert "Names asked for" in browser_of(omar).get("/desk/").content.decode()
    settings.DESK_PSEUDONYMS = False
    assert "Names asked for" not in browser_of(omar).get("/desk/").content.decode()


def test_an_editor_is_not_named_either(share, bruno, omar, browser_of):
    Hand.objects.create(share=share, person=bruno, part=Hand.Part.EDITOR)
    record(action="share.edited", actor_id=bruno.pk, subject=share.subject)
    page = browser_of(omar).get(f"/desk/{share.pk}/").content.decode()
    assert "Edited: the new words are judged from the start" in page
    assert "Lefèvre" not in page
    assert pseudonym(bruno) in page


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
        lambda: services.refuse_to_unmask(by=person(who), share_id=share.pk),
    ):
        with pytest.raises(NotAllowed):
            deed()


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_reason_is_owed_and_what_was_typed_is_kept(share, omar, browser_of, reason):
    with pytest.raises(Invalid):
        services.ask_to_unmask(by=omar, share_id=share.pk, reason=reason)
    answer = browser_of(omar).post(f"/desk/{share.pk}/name/", {"act": "ask", "reason": reason})
    assert answer.status_code == 422
    typed = 'id="unmask-reason" name="reason" maxlength="500" required placeholder="Why you need the name" value="{}"'
    assert typed.format(reason) in answer.content.decode()
    # What was typed there is in no other field.
    assert answer.content.decode().count(reason) == 1 or not reason.strip()


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


@pytest.fixture
def on_own_account(offered, own, revoice, bruno):
    """What an employee wants to say on an account of their own, with words that an officer has to see first."""
    account, _there = own(bruno)
    Destination.objects.filter(pk=account.pk).update(
        name="Bruno Lefèvre (Mastodon)", speaker="Bruno Lefèvre", remote_account="@bruno@mastodon.example"
    )
    return revoice(bruno, offered(), Destination.objects.get(pk=account.pk), BEYOND)


@pytest.mark.parametrize("who", ["omar", "victor"])
def test_an_employees_own_account_gives_no_name_away(on_own_account, share, person, browser_of, who):
    client, traces = browser_of(person(who)), ("Lefèvre", "Lef\\u00e8vre", "bruno", "Bruno", "@bruno@mastodon.example")
    for address in pages(on_own_account):
        page = client.get(address).content.decode()
        assert [trace for trace in traces if trace in page] == [], address
    assert "Employee’s own account (" in client.get(f"/desk/{on_own_account.pk}/").content.decode()
