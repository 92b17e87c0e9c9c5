"""What the database itself refuses, and what a canonical form promises."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from corpblog.audit.refusals import ANCHOR_REFUSALS
from corpblog.audit.refusals import REFUSALS as AUDIT_REFUSALS
from corpblog.desk.refusals import APPEALS, SEARCHES
from corpblog.desk.refusals import REFUSALS as DESK_REFUSALS
from corpblog.sharing import canonical, credentials, guards, services
from corpblog.sharing.models import Decision, Destination, Hand, Job, ShareRevision
from corpblog.sharing.refusals import REFUSALS
from corpblog.sharing.seals import BrokenSeal, mac, opened

pytestmark = pytest.mark.django_db


def refused(act):
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


@pytest.fixture
def held(write, press, alice):
    return services.request_share(by=alice, post=write("Falcon flies"), destination=press)


def decision(share, reviewer, ruling="approve"):
    return Decision.objects.create(
        revision=share.revision, digest=share.digest, reviewer=reviewer, ruling=ruling, decided_at=timezone.now()
    )


def sealed_job(share):
    body = share.revision.canonical
    return Job(
        share=share, revision=share.revision, state="sealed", sealed=body, mac="x" * 64, lease=1, due_at=timezone.now()
    )


def test_every_trigger_is_there(db):
    """A migration that rebuilds a table on SQLite drops its triggers without a word."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        there = {name for (name,) in cursor.fetchall()}
    ours = (*REFUSALS, *AUDIT_REFUSALS, *ANCHOR_REFUSALS, *DESK_REFUSALS, *APPEALS, *SEARCHES)
    assert {refusal.name for refusal in ours} <= there


@pytest.mark.gate("G3")
def test_a_revision_is_never_changed_nor_deleted(held):
    refused(lambda: ShareRevision.objects.update(approvals_needed=0))
    refused(lambda: ShareRevision.objects.filter(pk=held.revision_id)._raw_delete("default"))


@pytest.mark.gate("G9")
def test_nobody_decides_on_their_own_share_even_by_hand(held, alice):
    refused(lambda: decision(held, alice))


def test_a_decision_is_only_ever_undone(held, omar, lena):
    ruled = decision(held, omar)
    refused(lambda: Decision.objects.update(ruling="reject"))
    refused(lambda: Decision.objects.update(reviewer=lena))
    refused(lambda: Decision.objects.filter(pk=ruled.pk)._raw_delete("default"))
    Decision.objects.update(undone_at=timezone.now())
    refused(lambda: Decision.objects.update(undone_at=None))


@pytest.mark.gate("G10")
def test_who_had_a_hand_is_not_forgotten(held):
    refused(lambda: Hand.objects.all()._raw_delete("default"))
    refused(lambda: Hand.objects.update(part="editor"))


@pytest.mark.gate("G8")
def test_nothing_is_sealed_without_clearance_even_by_hand(held, omar):
    refused(lambda: sealed_job(held).save(force_insert=True))
    type(held).objects.filter(pk=held.pk).update(state="approved")
    refused(lambda: sealed_job(held).save(force_insert=True))
    decision(held, omar)
    sealed_job(held).save(force_insert=True)


@pytest.mark.gate("G8")
def test_only_the_revisions_own_bytes_are_sealed(held, omar):
    type(held).objects.filter(pk=held.pk).update(state="approved")
    decision(held, omar)
    job = sealed_job(held)
    job.sealed = job.sealed.replace("Falcon", "Condor")
    refused(lambda: job.save(force_insert=True))


def test_a_rejection_anywhere_keeps_the_bytes_from_being_sealed(held, omar, lena):
    type(held).objects.filter(pk=held.pk).update(state="approved")
    decision(held, omar)
    decision(held, lena, "reject")
    refused(lambda: sealed_job(held).save(force_insert=True))


@pytest.mark.gate("G8")
def test_nothing_is_called_or_sent_unsealed(write, press, alice):
    services.request_share(by=alice, post=write("Clean"), destination=press)
    for state in ("calling", "sent", "doubtful"):
        refused(lambda state=state: Job.objects.update(state=state, sealed="x", mac="y", lease=1))


@pytest.mark.gate("G17")
def test_sealed_bytes_never_change(write, press, alice):
    services.request_share(by=alice, post=write("Clean"), destination=press)
    services.seal(job_id=Job.objects.get().pk, worker="w")
    refused(lambda: Job.objects.update(sealed="other"))


@pytest.mark.gate("G5")
def test_confidential_destinations_cannot_exist(press):
    for cap in ("confidential", "restricted"):
        refused(lambda cap=cap: Destination.objects.update(cap=cap))


# The canonical form ------------------------------------------------------------------------------------------------


def form(**more):
    facts = {"text": "Hi", "language": "en", "speaker": "Acme", "destination_id": 1, "kind": "press", "account": "p"}
    return canonical.build(**(facts | more))


def test_the_same_words_have_one_spelling():
    assert form(text="Cafe\u0301\r\n") == form(text="Caf\u00e9\n")
    assert canonical.digest(form()) == canonical.digest(form())


@pytest.mark.parametrize(
    "change",
    [{"text": "Ho"}, {"speaker": "X"}, {"language": "fr"}, {"account": "q"}, {"kind": "x"}, {"destination_id": 2}],
)
def test_every_part_of_the_form_is_in_its_digest(change):
    assert canonical.digest(form()) != canonical.digest(form(**change))


@pytest.mark.gate("G4")
def test_every_outgoing_string_is_scanned():
    """A canary in each place where the form can hold a string that somebody outside would read."""
    import json

    shape = canonical.read(form())
    attachment = {"alt": "canary-alt", "name": "canary-name", "kind": "text/plain", "sha256": "0" * 64}
    shape |= {"poll": ["canary-poll"], "attachments": [attachment]}
    shape |= {"quoted": {"text": "canary-quoted"}, "warning": "canary-warning", "tags": ["canary-tag"]}
    scanned = guards.bind_context(json.dumps(shape))
    for canary in ("poll", "alt", "name", "quoted", "warning", "tag"):
        assert any(f"canary-{canary}" in text for text in scanned.values()), canary
    assert scanned["text"] == "Hi"
    assert scanned["speaker"] == "Acme"


# Seals and secrets -------------------------------------------------------------------------------------------------


def test_a_seal_holds_for_its_bytes_in_its_job_only():
    body = form()
    assert opened(job_id=1, body=body, seal=mac(1, body)).digest == canonical.digest(body)
    for job_id, other in ((2, body), (1, body + " ")):
        with pytest.raises(BrokenSeal):
            opened(job_id=job_id, body=other, seal=mac(1, body))


def test_secrets_open_for_their_destination_only(settings):
    box = credentials.sealed({"token": "canary"}, of="destination 1")
    assert "canary" not in box
    assert credentials.opened(box, of="destination 1") == {"token": "canary"}
    with pytest.raises(credentials.CredentialsUnreadable):
        credentials.opened(box, of="destination 2")
    settings.CREDENTIALS_KEY = "B" * 43
    with pytest.raises(credentials.CredentialsUnreadable):
        credentials.opened(box, of="destination 1")


def test_the_same_secret_is_sealed_differently_each_time():
    assert credentials.sealed({"token": "x"}, of="destination 1") != credentials.sealed(
        {"token": "x"}, of="destination 1"
    )
