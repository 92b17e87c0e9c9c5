"""Employees say what the company said in their own words, on their own accounts: within the budget, or by the queue."""

import json
import zipfile
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from corpblog.audit.keys import public_key
from corpblog.audit.selectors import trail, verified
from corpblog.desk import services as desk
from corpblog.desk.selectors import figures
from corpblog.desk.verify_evidence import verify
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from corpblog.people.models import RoleGrant
from corpblog.posts.services import delete
from corpblog.sharing import canonical, selectors, services
from corpblog.sharing.errors import MayNotLeave, ShareBlocked
from corpblog.sharing.models import Destination, Offer, OwnKind, Receipt, Share, ShareRevision
from corpblog.sharing.outward import outward
from corpblog.sharing.services import sending
from corpblog.sharing.services.stopping import follow_person
from corpblog.sharing.wishes import Wish
from corpblog.teams.models import Membership
from tests.sharing.advocates import BEYOND, OWN, TAG, TEXT, again
from tests.sharing.conftest import put_in_force, stricter

pytestmark = pytest.mark.django_db


def words_on(there):
    return [canonical.read(body)["text"] for _key, body in there.shown.values()]


def rules_of(share):
    return {finding["rule"] for finding in share.revision.verdict["findings"]}


# Saying it -----------------------------------------------------------------------------------------------------------


def test_words_within_the_budget_leave_with_the_tag_and_nobody_is_bothered(offered, own, revoice, bruno, work):
    account, there = own(bruno)
    share = revoice(bruno, offered(), account)
    assert share.state == "cleared"
    assert share.revision.rides_on == again(share.revoices).revision
    work()
    assert again(share).state == "sent"
    assert words_on(there) == [OWN + TAG]
    assert (share.author, share.requester) == (bruno, bruno)
    assert verified().holds


@pytest.mark.gate("G1")
def test_words_beyond_the_budget_wait_for_an_officer(offered, own, revoice, bruno, omar, fresh, work):
    account, there = own(bruno)
    share = revoice(bruno, offered(), account, BEYOND)
    assert (share.state, share.revision.rides_on) == ("held", None)
    assert rules_of(share) == {"edit-budget"}
    work()
    assert there.shown == {}
    services.decide(by=omar, share_id=share.pk, revision_digest=share.digest, ruling="approve", authenticated_at=fresh)
    work()
    assert words_on(there) == [BEYOND + TAG]


@pytest.mark.gate("G1")
def test_an_approval_of_the_offered_words_counts_for_words_within_the_budget(
    offered, own, revoice, bruno, omar, fresh, work
):
    account, there = own(bruno)
    offer = offered(text=TEXT.replace("office", "Falcon office"), by_officers=[omar], fresh=fresh)
    share = revoice(bruno, offer, account, OWN.replace("office", "Falcon office"))
    assert share.state == "approved"
    work()
    assert len(words_on(there)) == 1
    sealed = next(entry for entry in trail(share.subject) if entry.action == "share.sealed")
    assert sealed.payload.facts["approvals"] == 1


@pytest.mark.gate("G1")
def test_what_the_policy_finds_beyond_what_was_approved_waits(offered, own, revoice, bruno, omar, fresh):
    account, _there = own(bruno)
    put_in_force(stricter("proud"))
    offer = offered(text=TEXT.replace("office", "Falcon office"), by_officers=[omar], fresh=fresh)
    share = revoice(bruno, offer, account, OWN.replace("office", "Falcon office"))
    assert (share.state, share.revision.rides_on) == ("held", None)
    assert rules_of(share) == {"code-names"}


@pytest.mark.gate("G9")
def test_who_approved_the_offered_words_does_not_ride_on_their_own_approval(offered, own, revoice, omar, fresh):
    account, _there = own(omar)
    offer = offered(text=TEXT.replace("office", "Falcon office"), by_officers=[omar], fresh=fresh)
    assert revoice(omar, offer, account, OWN.replace("office", "Falcon office")).state == "held"


@pytest.mark.gate("G27")
def test_an_approval_that_is_a_week_old_covers_nothing_new(offered, own, revoice, bruno, omar, fresh, travel):
    account, _there = own(bruno)
    offer = offered(text=TEXT.replace("office", "Falcon office"), by_officers=[omar], fresh=fresh)
    travel(days=8)
    assert revoice(bruno, offer, account, OWN.replace("office", "Falcon office")).state == "held"


def test_an_approval_that_is_taken_away_carries_no_copy_any_more(offered, own, revoice, bruno, omar, fresh, work):
    account, there = own(bruno)
    offer = offered(text=TEXT.replace("office", "Falcon office"), by_officers=[omar], fresh=fresh)
    share = revoice(bruno, offer, account, OWN.replace("office", "Falcon office"))
    offer.share.revision.decisions.update(undone_at=clock.now())
    work()
    assert (again(share).state, there.shown) == ("held", {})


@pytest.mark.gate("G6")
def test_a_policy_that_became_stricter_stops_a_copy_at_sealing(offered, own, revoice, bruno, work):
    account, there = own(bruno)
    share = revoice(bruno, offered(), account)
    put_in_force(stricter("proud"))
    work()
    assert (again(share).state, again(share).note) == ("held", "again_policy")
    assert there.shown == {}


def test_what_the_policy_forbids_makes_no_copy(offered, own, revoice, bruno):
    account, _there = own(bruno)
    with pytest.raises(ShareBlocked):
        revoice(bruno, offered(), account, f"{TEXT} Our salary list")


def test_a_copy_takes_the_files_of_what_it_revoices_and_the_language_of_its_tag(offered, own, revoice, bruno, settings):
    account, _there = own(bruno)
    french = "Nous ouvrons un bureau à Lyon au printemps, avec de la place pour 40 personnes de notre équipe."
    share = revoice(bruno, offered(text=french), account, french.replace("Nous ouvrons", "Mon entreprise ouvre"))
    form = canonical.read(share.revision.canonical)
    assert form["text"].endswith("\n\n#collaborateur")
    assert form["attachments"] == canonical.read(share.revoices.revision.canonical)["attachments"]


def test_who_says_so_already_is_not_tagged_twice(offered, own, revoice, bruno):
    account, _there = own(bruno)
    share = revoice(bruno, offered(), account, f"{TEXT} #Employee")
    assert share.state == "cleared"
    assert canonical.read(share.revision.canonical)["text"] == f"{TEXT} #Employee"


def test_the_tag_counts_for_the_networks_limit(offered, own, revoice, bruno):
    account, _there = own(bruno)
    Destination.objects.filter(pk=account.pk).update(config={"longest": len(TEXT) + len(TAG) - 1})
    with pytest.raises(Invalid):
        revoice(bruno, offered(), account, TEXT)


def test_a_copy_never_leaves_before_the_companys_own_words(say, own, revoice, bruno, chloe, travel, work):
    account, there = own(bruno)
    share, companys = say(works=False)
    services.plan(by=chloe, share=share, wish=Wish(send_at=clock.now() + timedelta(days=1), zone="UTC"))
    copy = revoice(bruno, services.offer(by=chloe, share=again(share), audience=services.Audience()), account)
    work()
    assert (again(copy).state, again(copy).note, there.shown) == ("cleared", "offer_waits", {})
    travel(days=2)
    work()
    travel(minutes=1)
    work()
    assert (len(companys.shown), len(there.shown)) == (1, 1)


def test_a_copy_is_said_once_on_an_account_and_anew_after_it_was_taken_back(offered, own, revoice, bruno, work):
    account, there = own(bruno)
    offer = offered()
    first = revoice(bruno, offer, account)
    work()
    assert revoice(bruno, offer, account) == first
    with pytest.raises(Conflict):
        revoice(bruno, offer, account, TEXT)
    services.recall(by=bruno, share=again(first), reason="A typo")
    work()
    assert there.shown == {}
    assert revoice(bruno, offer, account, TEXT).state == "cleared"


def test_words_and_time_can_be_changed_by_their_owner_alone(offered, own, revoice, bruno, chloe):
    account, _there = own(bruno)
    share = revoice(bruno, offered(), account, BEYOND)
    with pytest.raises(NotFound):
        services.plan(by=chloe, share=share, wish=Wish("Other words"))
    with pytest.raises(NotFound):
        services.withdraw(by=chloe, share=share)
    services.plan(by=bruno, share=share, wish=Wish(OWN, send_at=clock.now() + timedelta(days=1), zone="UTC"))
    assert (again(share).state, again(share).revision.rides_on_id is None) == ("cleared", False)
    with pytest.raises(Invalid):
        services.plan(by=bruno, share=share, wish=Wish(OWN, comment="And more"))


def test_a_correction_of_the_companys_words_has_copies_that_wait_judged_anew(offered, own, revoice, bruno, chloe, work):
    account, there = own(bruno)
    offer = offered()
    later = clock.now() + timedelta(hours=1)
    share = revoice(bruno, offer, account, send_at=later, zone="UTC")
    services.correct(by=chloe, share=offer.share, words=TEXT.replace("40", "45"), reason="A wrong figure")
    work()
    services.plan(by=bruno, share=share, wish=Wish(OWN))
    assert again(share).state == "held"
    services.plan(by=bruno, share=share, wish=Wish(OWN.replace("40", "45")))
    work()
    assert words_on(there) == [OWN.replace("40", "45") + TAG]


@pytest.mark.gate("G1")
def test_words_that_ride_on_what_was_corrected_since_are_decided_anew(offered, own, revoice, bruno, chloe, work):
    account, there = own(bruno)
    offer = offered()
    share = revoice(bruno, offer, account)
    # The worker takes the correction first.
    correction = services.correct(by=chloe, share=offer.share, words=TEXT.replace("40", "45"), reason="Wrong")
    lease = services.seal(job_id=correction.job.pk, worker="w")
    services.send(job_id=correction.job.pk, lease=lease)
    work()
    assert (again(share).state, again(share).note, there.shown) == ("held", "again_original", {})


# Who may -------------------------------------------------------------------------------------------------------------


def test_only_communications_offer_and_only_what_is_released(say, write, company, chloe, alice, omar, press):
    share, _there = say()
    for somebody, error in ((alice, NotFound), (omar, NotAllowed)):
        with pytest.raises(error):
            services.offer(by=somebody, share=share, audience=services.Audience())
    held = services.request_share(by=chloe, post=write("Falcon flies", by=chloe, to=company), destination=press)
    with pytest.raises(Conflict):
        services.offer(by=chloe, share=held, audience=services.Audience())
    services.offer(by=chloe, share=share, audience=services.Audience())
    with pytest.raises(Conflict):
        services.offer(by=chloe, share=share, audience=services.Audience())


def test_a_colleagues_own_post_is_not_communications_to_offer(write, alice, chloe, press, work):
    share = services.request_share(by=alice, post=write("Mine"), destination=press)
    work()
    with pytest.raises(NotFound):
        services.offer(by=chloe, share=again(share), audience=services.Audience())


def test_an_offer_to_a_channel_is_for_its_members(say, own, revoice, channel, bruno, alice, chloe):
    account, _there = own(bruno)
    share, _companys = say()
    offer = services.offer(by=chloe, share=share, audience=services.Audience(False, [channel]))
    Membership.objects.filter(person=bruno).delete()
    with pytest.raises(NotFound):
        revoice(bruno, offer, account)
    Membership.objects.create(person=bruno, channel=channel)
    assert revoice(bruno, offer, account).state == "cleared"
    with pytest.raises(Invalid):
        services.offer(by=chloe, share=share, audience=services.Audience(False, []))


@pytest.mark.gate("G15")
def test_an_own_account_is_its_owners_alone(offered, own, revoice, write, bruno, alice, irene, omar):
    account, _there = own(bruno)
    offer = offered()
    with pytest.raises(NotFound):
        revoice(alice, offer, account)
    for somebody in (bruno, alice):
        with pytest.raises(NotFound):
            services.request_share(by=somebody, post=write("Mine", by=somebody), destination=account)
    with pytest.raises(NotFound):
        selectors.destination_by_slug(account.slug)
    assert account not in [choice.destination for choice in selectors.destinations_for(bruno)]
    from corpblog.sharing import standing

    for somebody in (irene, omar):
        assert account not in [found.destination for found in standing.standings(somebody)]


def test_a_company_destination_takes_no_copy(offered, own, revoice, bruno):
    offer = offered()
    own(bruno)
    with pytest.raises(NotFound):
        revoice(bruno, offer, offer.share.destination)


@pytest.mark.gate("G8")
def test_the_database_keeps_own_accounts_their_owners(offered, own, revoice, bruno, alice):
    account, _there = own(bruno)
    offer = offered()
    share = revoice(bruno, offer, account)
    rival, _rivals = own(alice, "blind")

    def refused(act):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()

    facts = {"post": share.post, "state": "held", "digest": "x", "revoices": share.revoices}
    refused(lambda: Share.objects.create(destination=rival, author=bruno, requester=bruno, **facts))
    refused(lambda: Share.objects.create(destination=rival, author=alice, requester=bruno, **facts))
    refused(
        lambda: Share.objects.create(destination=rival, author=alice, requester=alice, **facts | {"revoices": None})
    )
    refused(lambda: Share.objects.create(destination=offer.share.destination, author=alice, requester=alice, **facts))
    refused(lambda: Share.objects.filter(pk=share.pk).update(destination=rival))
    refused(lambda: Share.objects.filter(pk=share.pk).update(revoices=None))
    refused(lambda: Destination.objects.filter(pk=account.pk).update(owner=alice))
    refused(lambda: Destination.objects.filter(pk=account.pk).update(owner=None))
    refused(lambda: Offer.objects.create(share=share, by=bruno, offered_at=clock.now()))
    other = revoice(bruno, offer, own(bruno, "blind2")[0]) if False else share.revision
    facts = {
        name: getattr(other, name) for name in ("canonical", "digest", "post_version", "outcome", "verdict", "why")
    }
    refused(
        lambda: ShareRevision.objects.create(
            share=offer.share, number=9, rides_on=share.revision, approvals_needed=0, created_at=clock.now(), **facts
        )
    )


@pytest.mark.gate("G15")
def test_admins_switch_own_accounts_off_and_what_waits_waits_on(
    offered, own, revoice, bruno, irene, alice, work, travel
):
    account, there = own(bruno)
    offer = offered()
    share = revoice(bruno, offer, account)
    OwnKind.objects.update(is_open=False)
    work()
    assert (again(share).note, there.shown) == ("own_closed", {})
    with pytest.raises(NotAllowed):
        revoice(bruno, offer, account, TEXT)
    OwnKind.objects.update(is_open=True)
    travel(minutes=1)
    work()
    assert len(there.shown) == 1
    with pytest.raises(NotAllowed):
        services.let_own(by=alice, kind="mastodon", is_open=True)
    with pytest.raises(Invalid):
        services.let_own(by=irene, kind="press", is_open=True)
    assert services.let_own(by=irene, kind="mastodon", is_open=True).is_open


# The end -------------------------------------------------------------------------------------------------------------


def test_what_is_offered_no_longer_leaves_no_more_and_stays_where_it_is(
    offered, own, revoice, bruno, alice, chloe, work
):
    (one, there), (two, other) = own(bruno), own(alice, "blind")
    offer = offered()
    out = revoice(bruno, offer, one)
    work()
    waits = revoice(alice, offer, two, BEYOND)
    with pytest.raises(NotFound):
        services.end_offer(by=bruno, offer=offer)
    services.end_offer(by=chloe, offer=offer)
    assert (again(waits).state, again(waits).note) == ("withdrawn", "offer_ended")
    assert (again(out).state, len(there.shown), other.shown) == ("sent", 1, {})
    with pytest.raises(NotFound):
        revoice(alice, offer, two)
    services.offer(by=chloe, share=offer.share, audience=services.Audience())
    assert revoice(alice, offer, two).state == "cleared"


@pytest.mark.gate("G14")
def test_sealing_finds_out_that_an_offer_ended(offered, own, revoice, bruno, work):
    account, there = own(bruno)
    offer = offered()
    share = revoice(bruno, offer, account)
    Offer.objects.update(ended_at=clock.now(), end="closed")
    work()
    assert (again(share).state, there.shown) == ("withdrawn", {})


def test_recalling_takes_the_copies_back_where_that_is_wanted(offered, own, revoice, bruno, chloe, work):
    account, there = own(bruno)
    offer = offered()
    copy = revoice(bruno, offer, account)
    work()
    services.recall(by=chloe, share=offer.share, reason="Wrong city")
    work()
    assert (again(offer.share).state, again(copy).state) == ("recalled", "sent")
    services.recall(by=chloe, share=offer.share, reason="Wrong city", with_copies=True)
    work()
    assert (again(copy).state, there.shown) == ("recalled", {})


def test_recalling_everywhere_means_the_copies_too(offered, own, revoice, bruno, chloe, work):
    account, there = own(bruno)
    offer = offered()
    copy = revoice(bruno, offer, account)
    work()
    services.recall_everywhere(by=chloe, post=offer.share.post, reason="Wrong city")
    work()
    assert (again(offer.share).state, again(copy).state, there.shown) == ("recalled", "recalled", {})
    asked = next(entry for entry in trail(copy.subject) if entry.action == "share.recall_asked")
    assert (asked.actor_id, asked.payload.facts["reason"]) == (chloe.pk, "Wrong city")


def test_a_copy_that_is_on_the_wire_while_all_is_taken_back_is_taken_back_when_it_arrives(
    offered, own, revoice, bruno, chloe, work
):
    account, there = own(bruno)
    offer = offered()
    copy = revoice(bruno, offer, account)
    lease = services.seal(job_id=copy.job.pk, worker="w")
    call = sending.begin_call(job_id=copy.job.pk, lease=lease)
    services.recall_everywhere(by=chloe, post=offer.share.post, reason="Wrong city")
    sending.finish(job_id=copy.job.pk, lease=lease, outcome=sending.attempt(call))
    assert len(there.shown) == 1
    work()
    assert (again(copy).state, there.shown) == ("recalled", {})


@pytest.mark.gate("G14")
def test_between_sealing_and_calling_the_end_of_an_offer_still_counts(offered, own, revoice, bruno, chloe, work):
    account, there = own(bruno)
    offer = offered()
    copy = revoice(bruno, offer, account)
    lease = services.seal(job_id=copy.job.pk, worker="w")
    services.end_offer(by=chloe, offer=offer)
    services.send(job_id=copy.job.pk, lease=lease)
    work()
    assert (again(copy).state, there.shown) == ("withdrawn", {})


def test_a_deleted_post_is_not_revoiced(offered, own, revoice, bruno, chloe, work):
    account, there = own(bruno)
    offer = offered()
    share = revoice(bruno, offer, account)
    delete(by=chloe, post_id=offer.share.post_id)
    work()
    assert (again(share).state, there.shown) == ("withdrawn", {})


def test_who_leaves_keeps_their_account_and_the_company_keeps_no_key_to_it(offered, own, revoice, bruno):
    account, _there = own(bruno)
    Destination.objects.filter(pk=account.pk).update(credentials="sealed")
    share = revoice(bruno, offered(), account)
    follow_person(bruno.pk)
    account.refresh_from_db()
    assert (again(share).state, account.credentials, account.is_open) == ("withdrawn", "", False)


def test_who_disconnects_is_let_go(offered, own, revoice, bruno, alice):
    account, _there = own(bruno)
    share = revoice(bruno, offered(), account)
    with pytest.raises(NotFound):
        services.disconnect_own(by=alice, destination=account)
    services.disconnect_own(by=bruno, destination=account)
    account.refresh_from_db()
    assert (again(share).state, account.is_open) == ("withdrawn", False)


def test_a_copy_is_never_corrected_nor_offered_again(offered, own, revoice, bruno, chloe, work):
    account, _there = own(bruno)
    RoleGrant.objects.create(person=bruno, role="communications")
    share = revoice(bruno, offered(), account)
    work()
    with pytest.raises(NotAllowed):
        services.correct(by=bruno, share=again(share), words="Other", reason="x")
    with pytest.raises(NotAllowed):
        services.offer(by=chloe, share=again(share), audience=services.Audience())
    assert Receipt.objects.filter(job__share=share).exists()


def test_another_post_is_no_way_to_an_offer(offered, own, write, bruno, alice):
    account, _there = own(bruno)
    offer = offered()
    with pytest.raises(NotFound):
        services.request_share(
            by=bruno, post=write("Mine", by=bruno), destination=account, wish=Wish(OWN, revoices=offer.share_id)
        )
    with pytest.raises(MayNotLeave):
        services.request_share(by=bruno, post=write("Hers"), destination=offer.share.destination)


def test_the_evidence_of_a_copy_names_the_clearance_that_it_rode_on(
    offered, own, revoice, bruno, omar, fresh, work, tmp_path
):
    account, _there = own(bruno)
    offer = offered(text=TEXT.replace("office", "Falcon office"), by_officers=[omar], fresh=fresh)
    share = revoice(bruno, offer, account, OWN.replace("office", "Falcon office"))
    work()
    path = tmp_path / "evidence.zip"
    path.write_bytes(desk.evidence(by=omar, share_id=share.pk))
    with zipfile.ZipFile(path) as archive:
        (revision,) = json.loads(archive.read("revisions.json"))
    assert revision["rides_on"] == {"share": str(offer.share_id), "digest": offer.share.revision.digest}
    assert verify(str(path), public_key()).holds


def test_nobody_else_sends_to_an_own_account_again(offered, own, revoice, bruno, irene):
    account, _there = own(bruno)
    share = revoice(bruno, offered(), account)
    Share.objects.filter(pk=share.pk).update(state="failed")
    with pytest.raises(NotFound):
        services.send_again(by=irene, share=share)


def test_a_link_to_the_companys_post_never_becomes_a_colleagues_account(offered, own, revoice, bruno, work, settings):
    account, _there = own(bruno)
    offer = offered()
    copy = revoice(bruno, offer, account)
    work()
    Receipt.objects.filter(job__share=offer.share).update(url="")
    Receipt.objects.filter(job__share=copy).update(url="https://there.example/@bruno/1")
    inside = f"See {settings.ORIGINS[0]}/p/{offer.share.post_id}/"
    assert outward(inside, "mastodon").text == "See"
    Receipt.objects.filter(job__share=offer.share).update(url="https://there.example/@acme/1")
    assert outward(inside, "mastodon").text == "See https://there.example/@acme/1"


def test_reports_name_no_own_account(offered, own, revoice, bruno, omar):
    account, _there = own(bruno)
    Destination.objects.filter(pk=account.pk).update(name="Bruno (Mastodon)")
    revoice(bruno, offered(), account)
    today = clock.now().date()
    names = [row.name for row in figures(omar, today, today).destinations]
    assert "Employees’ own accounts" in names
    assert "Bruno (Mastodon)" not in names


def test_who_is_erased_had_no_account_that_anybody_could_find(own, bruno):
    account, _there = own(bruno)
    Destination.objects.filter(pk=account.pk).update(name="Bruno L.", credentials="sealed", config={"handle": "b"})
    assert services.erase_accounts_of(bruno) == 1
    account.refresh_from_db()
    assert (account.name, account.speaker, account.config, account.credentials) == (account.slug, "", {}, "")
    assert account.remote_account == f"erased-{account.pk}"
