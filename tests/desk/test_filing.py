"""Who looks after a case, passing it up, and what officers write about it."""

import pytest
from django.db import IntegrityError, transaction

from corpblog.audit.selectors import trail
from corpblog.desk import selectors, services
from corpblog.desk.models import CaseFile, Remark
from corpblog.desk.selectors import Sieve
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from corpblog.notifications.models import Notice
from corpblog.sharing import services as gate
from corpblog.sharing.models import Decision, Share

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(write, press, alice):
    def share(text="Falcon flies on Monday", by=alice):
        return gate.request_share(by=by, post=write(text, by=by), destination=press)

    return share


def passed_up(share, by, fresh, note="Please look"):
    return services.escalate(by=by, share_id=share.pk, digest=share.digest, note=note, authenticated_at=fresh)


def in_view(officer, view="mine", **sieve):
    return [row.share for row in selectors.queue(officer, view, Sieve(**sieve))]


def test_what_a_colleague_took_is_not_for_me_until_it_is_given_back(held, omar, lena):
    share = held()
    services.assign(by=omar, share_id=share.pk, to="omar")
    assert (in_view(omar), in_view(lena), in_view(lena, "team"), in_view(lena, "unassigned")) == (
        [share],
        [],
        [share],
        [],
    )
    services.assign(by=lena, share_id=share.pk, to="")
    assert (in_view(lena), in_view(lena, "unassigned")) == ([share], [share])
    assert [entry.payload.facts["officer"] for entry in trail(share.subject)[1:]] == [omar.pk, None]


@pytest.mark.parametrize(("who", "error"), [("alice", NotFound), ("victor", NotFound), ("nobody", NotFound)])
def test_a_case_is_given_to_officers_only(held, omar, person, who, error):
    share = held()
    if who != "nobody":
        person(who)
    with pytest.raises(error):
        services.assign(by=omar, share_id=share.pk, to=who)
    assert not CaseFile.objects.exclude(officer=None).exists()


@pytest.mark.parametrize("who", ["victor", "alice", "irene"])
def test_only_officers_give_pass_up_and_write(held, person, fresh, who):
    share, somebody = held(), person(who)
    for deed in (
        lambda: services.assign(by=somebody, share_id=share.pk, to=""),
        lambda: passed_up(share, somebody, fresh),
        lambda: services.remark(by=somebody, share_id=share.pk, kind="comment", text="x"),
    ):
        with pytest.raises(NotAllowed):
            deed()


def test_officers_neither_take_nor_read_remarks_about_their_own_words(held, channel, omar, lena):
    from corpblog.teams.models import Membership

    Membership.objects.create(person=omar, channel=channel)
    share = held("Falcon by Omar", by=omar)
    services.remark(by=lena, share_id=share.pk, kind="comment", text="Is Omar leaking?")
    with pytest.raises(NotAllowed):
        services.assign(by=lena, share_id=share.pk, to="omar")
    with pytest.raises(NotAllowed):
        services.remark(by=omar, share_id=share.pk, kind="comment", text="No")
    assert selectors.case(omar, share.pk).remarks == []
    assert [remark.text for remark in selectors.case(lena, share.pk).remarks] == ["Is Omar leaking?"]


def test_whoever_passes_a_case_up_does_not_decide_on_it(held, omar, lena, fresh):
    share = held()
    services.assign(by=omar, share_id=share.pk, to="omar")
    passed_up(share, omar, fresh)
    assert (in_view(omar), in_view(lena), in_view(omar, "escalated")) == ([], [share], [share])
    assert "You escalated this case" in selectors.case(omar, share.pk).why_not
    ruling = {"share_id": share.pk, "digest": share.digest, "authenticated_at": fresh}
    with pytest.raises(NotAllowed):
        services.approve(by=omar, **ruling)
    with pytest.raises(Conflict):
        passed_up(share, lena, fresh)
    services.approve(by=lena, **ruling)
    assert Share.objects.get().state == "approved"


def test_the_database_refuses_a_decision_by_whoever_passed_the_case_up(held, omar, fresh):
    share = held()
    passed_up(share, omar, fresh)
    with pytest.raises(IntegrityError, match="passed a case up"), transaction.atomic():
        gate.decide(by=omar, share_id=share.pk, revision_digest=share.digest, ruling="approve", authenticated_at=fresh)
    assert not Decision.objects.exists()


def test_passing_up_needs_a_note_and_the_words_that_were_seen(held, omar, fresh):
    share = held()
    with pytest.raises(Invalid):
        passed_up(share, omar, fresh, note=" ")
    share.digest = "0" * 64
    with pytest.raises(Conflict):
        passed_up(share, omar, fresh)
    assert not CaseFile.objects.filter(escalated_at__isnull=False).exists()


def test_a_message_reaches_the_author_without_its_words_in_the_notice(held, omar, alice, bruno, browser_of):
    share = held()
    services.remark(by=omar, share_id=share.pk, kind="message", text="Do you mean canary-7?")
    services.remark(by=omar, share_id=share.pk, kind="comment", text="Smells of canary-8")
    notice = Notice.objects.get(person=alice, facts__state="message")
    assert notice.sentence == "A reviewer wrote to you about your share."
    assert not Notice.objects.filter(facts__icontains="canary").exists()
    page = browser_of(alice).get(f"/shares/{share.pk}/").content
    assert b"canary-7" in page
    assert b"canary-8" not in page
    assert b"Omar" not in page


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
def test_a_remark_says_something_and_not_too_much(held, omar, text):
    share = held()
    with pytest.raises(Invalid):
        services.remark(by=omar, share_id=share.pk, kind="comment", text=text)
    assert not Remark.objects.exists()


def test_new_cases_go_to_whoever_has_the_fewest(held, omar, lena):
    cases = [held(f"Falcon {number}") for number in range(4)]
    given = [services.assign_by_turn(share.pk, how="load").officer for share in cases]
    assert sorted(officer.username for officer in given) == ["lena", "lena", "omar", "omar"]
    assert given[0] != given[1]


def test_new_cases_go_round_however_many_each_has(held, omar, lena, travel):
    services.assign(by=omar, share_id=held("Falcon of Omar").pk, to="omar")
    services.assign(by=omar, share_id=held("Another Falcon of Omar").pk, to="omar")
    given = []
    for number in range(4):
        travel(seconds=1)
        given.append(services.assign_by_turn(held(f"Falcon {number}").pk, how="round-robin").officer)
    assert given == [lena, omar, lena, omar]


def test_new_cases_are_not_given_to_who_wrote_them(held, channel, omar, lena):
    from corpblog.teams.models import Membership

    Membership.objects.create(person=omar, channel=channel)
    assert services.assign_by_turn(held("Falcon by Omar", by=omar).pk, how="round-robin").officer == lena


@pytest.mark.parametrize("how", ["load", "round-robin"])
def test_what_is_held_is_given_by_itself_where_the_company_wants_it(
    held, omar, settings, django_capture_on_commit_callbacks, how
):
    with django_capture_on_commit_callbacks(execute=True):
        held("Falcon by hand")
    assert not CaseFile.objects.exclude(officer=None).exists()
    settings.DESK_ASSIGNMENT = how
    with django_capture_on_commit_callbacks(execute=True):
        share = held("Falcon by turn")
    assert CaseFile.objects.get(share=share).officer == omar


def test_the_queue_is_sifted_and_sorted(held, omar, remote, write, alice, travel):
    there, _ = remote(review="always")
    plain = gate.request_share(by=alice, post=write("lunch"), destination=there)
    travel(hours=3)
    one, grave = held("Falcon one"), held("The takeover")
    travel(hours=2)
    assert in_view(omar) == [plain, one, grave]
    assert in_view(omar, sort="gravity")[0] == grave
    assert in_view(omar, destination="press") == [one, grave]
    assert in_view(omar, rule="grave") == [grave]
    assert in_view(omar, outcome="allow") == [plain]
    assert (in_view(omar, age="overdue"), in_view(omar, age="late")) == ([plain], [plain, one, grave])
    assert [rule for rule, _title in selectors.choices(omar).rules] == ["code-names", "grave"]


def test_decided_cases_are_sifted_by_rules_of_their_own(held, omar, fresh):
    decided, _waits = held("The takeover"), held("Falcon one")
    services.reject(by=omar, share_id=decided.pk, digest=decided.digest, reason="No", authenticated_at=fresh)
    assert [rule for rule, _title in selectors.choices(omar).rules] == ["code-names"]
    assert [rule for rule, _title in selectors.choices(omar, "done").rules] == ["grave"]
    assert selectors.choices(omar, "appeals").rules == []
    found = selectors.queue(omar, "done", selectors.Sieve(rule="grave"))
    assert [row.share.pk for row in found] == [decided.pk]
    assert selectors.queue(omar, "done", selectors.Sieve(rule="code-names")) == []


@pytest.mark.parametrize("rule", ['"', "%", "code-name", "'; DROP TABLE"])
def test_a_rule_that_nobody_wrote_finds_nothing(held, omar, rule):
    held()
    assert in_view(omar, rule=rule) == []


def test_filters_and_view_are_carried_from_case_to_case(held, omar, browser_of):
    first, second, _grave = held("Falcon one"), held("Falcon two"), held("The takeover")
    client = browser_of(omar)
    page = client.get("/desk/?view=team&rule=code-names&sort=gravity").content.decode()
    assert f"/desk/{second.pk}/?view=team&amp;rule=code-names&amp;sort=gravity" in page
    assert "The takeover" not in page
    told = {"view": "team", "rule": "code-names", "to": "omar"}
    answer = client.post(f"/desk/{first.pk}/assign/", told)
    assert answer.url == f"/desk/{first.pk}/?view=team&rule=code-names"


def test_what_was_typed_about_a_case_is_kept_where_it_cannot_be_said(held, omar, browser_of):
    share = held()
    answer = browser_of(omar).post(f"/desk/{share.pk}/remarks/", {"kind": "song", "text": "typed with care"})
    assert answer.status_code == 422
    assert b"typed with care" in answer.content
