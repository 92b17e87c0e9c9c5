"""Whole stories of one share with one disturbance in it: random rules alone hardly ever reach a publish."""

from corpblog.sharing.wishes import Wish
from corpblog.teams.models import Membership
from tests.servers import faults
from tests.sharing.advocacy_stories import REVOICINGS
from tests.sharing.world import INSIDE, OUTSIDE, TEXTS, World

MOMENTS = ("asked", "approved", "sealed", "uploading", "sent")
MOODS = ("ok", *faults.MOODS, "late_look", "late_refusal")


def _stale_approval(world: World, share):
    """An officer approves on a page that shows what was there before the edit."""
    seen = world.again(share).digest
    world.edit(share, "Falcon moves to Thursday")
    world.decide(share, "omar", digest=seen)
    world.decide(share, "lena", digest=seen)


def _reject_and_ask_again(world: World, share):
    """What was rejected comes back in another post, until somebody lenient sits there."""
    world.decide(share, "omar", "reject")
    text = world.again(share).post.text
    other = world.ask(world.write(text, by=world.ben), share.destination.kind.removeprefix("remote-"))
    if other is not None:
        world.approve_as_needed(other)
        lease = world.seal(other)
        if lease:
            world.send(other, lease)


def _lifted(world: World, share):
    """An appeal is heard by another officer; the very words may have been rejected in another share as well."""
    world.decide(share, "omar", "reject")
    world.lift(share, "lena")


def _lifted_for_one_of_two(world: World, share):
    """Two shares of the same words are rejected, and only one of the rejections is lifted."""
    repeat = share.destination.kind.removeprefix("remote-")
    other = world.ask(world.write(world.again(share).post.text, by=world.ben), repeat)
    world.decide(share, "omar", "reject")
    if other is not None:
        world.decide(other, "omar", "reject")
    world.lift(share, "lena")
    world.approve_as_needed(share)


def _author_lifts(world: World, share):
    world.decide(share, "omar", "reject")
    world.lift(share, "ann")
    world.approve_as_needed(share)


def _correct(world: World, share):
    """What is out is corrected, twice, the second time to words that need a reviewer."""
    for words in ("We open an office in Nice", "Falcon opens an office in Nice"):
        correction = world.correct(share, words)
        if correction is not None:
            world.approve_as_needed(correction)
            _send(world, correction)


def _correct_what_is_recalled(world: World, share):
    """A correction is sealed when somebody wants the whole post back."""
    correction = world.correct(share, "We open an office in Nice")
    lease = world.seal(correction) if correction is not None else None
    world.recall(share)
    if lease is not None:
        world.send(correction, lease)


def _correct_to_rejected_words(world: World, share):
    """What was rejected on its own comes back as the correction of something harmless."""
    words = "Falcon opens an office in Nice"
    repeat = share.destination.kind.removeprefix("remote-")
    other = world.ask(world.write("Elsewhere"), repeat, wish=Wish(words))
    if other is not None:
        world.decide(other, "omar", "reject")
    correction = world.correct(share, words)
    if correction is not None:
        world.approve_as_needed(correction)
        _send(world, correction)


def _send(world: World, share):
    lease = world.seal(share)
    if lease is not None:
        world.send(share, lease)


def _two_leases(world: World, share):
    """A worker falls asleep with its lease; another takes over; the first one wakes up."""
    old = world.seal(share, "slow")
    if old is None:
        return
    world.pass_time(seconds=61)
    world.work(0)
    from corpblog.sharing.services import recover

    recover()
    new = world.seal(share, "quick")
    world.send(share, old)
    if new is not None:
        world.send(share, new)
    world.send(share, old)


def _edit_by_an_officer(world: World, share):
    """Omar corrects a word, and then approves his own correction."""
    world.edit(share, "Falcon flies on Friday", by=world.omar)
    world.decide(share, "omar")


def _tighten_and_edit(world: World, share):
    """Judged again after a stricter policy, a post says something else than what it began with outside."""
    world.edit(share, TEXTS["long_flagged"], is_told=False)
    world.tighten()
    world.settle_down()
    world.approve_as_needed(share)


def _withdraw(world: World, share):
    from corpblog.sharing.services import withdraw

    world.act(withdraw, by=world.ann, share=share)


def _two_halves(world: World, share):
    """A word that is flagged leaves in two posts, each of them clean."""
    repeat = share.destination.kind.removeprefix("remote-")
    for half in ("What we saw was a Fal", "con, and it flies on Monday"):
        part = world.ask(world.write(half), repeat)
        lease = world.seal(part) if part is not None else None
        if lease is not None:
            world.send(part, lease)


def _leave(world: World, share):
    type(world.ann).objects.filter(pk=share.author_id).update(is_active=False)


def _named_no_longer(world: World, share):
    """Cora, who asked in the company's name, is a delegate of its account no longer."""
    Membership.objects.filter(person=world.cora, channel=world.company).update(role="member")


def _reword_by_an_officer(world, share):
    world.plan(share, Wish("Falcon lands on Friday"), by=world.officers["omar"])
    world.decide(share, "omar")


def _refuse_renewals(world: World, share):
    """The token ends, and the network gives out no other: it does not leave, and a connector admin is needed."""
    world.remote_of(share).network.refuses_renewals = world.remote_of(share).network.took_back = True
    world.pass_time(hours=2)


# name: what happens. Those in RESOLVED leave the share free to go in the end.
DISTURBANCES = {
    "nothing": lambda world, share: None,
    "edit": lambda world, share: world.edit(share, "Falcon flies on Tuesday"),
    "silent_edit": lambda world, share: world.edit(share, "Falcon flies on Tuesday", is_told=False),
    "edit_by_an_officer": _edit_by_an_officer,
    "stale_approval": _stale_approval,
    "reword": lambda world, share: world.plan(share, Wish("Falcon lands on Friday")),
    "reword_by_an_officer": _reword_by_an_officer,
    "reschedule": lambda world, share: world.plan(share, Wish(send_at=world.later(), zone="UTC")),
    "delete": lambda world, share: world.delete(share),
    "silent_delete": lambda world, share: world.delete(share, is_told=False),
    "leave": _leave,
    "named_no_longer": _named_no_longer,
    "withdraw": _withdraw,
    "reject": lambda world, share: world.decide(share, "lena", "reject"),
    "reject_and_ask_again": _reject_and_ask_again,
    "lifted": _lifted,
    "lifted_for_one_of_two": _lifted_for_one_of_two,
    "author_lifts": _author_lifts,
    "author_approves": lambda world, share: world.decide(share, "ann"),
    "requester_approves": lambda world, share: world.decide(share, "cora"),
    "correct": _correct,
    "correct_what_is_recalled": _correct_what_is_recalled,
    "correct_to_rejected_words": _correct_to_rejected_words,
    "tighten": lambda world, share: world.tighten(),
    "tighten_and_edit": _tighten_and_edit,
    "policy_off": lambda world, share: world.switch_policy_off(),
    "close_gate": lambda world, share: world.close_gate(),
    "close_destination": lambda world, share: world.close_destination(share),
    "quiet": lambda world, share: world.be_quiet(share),
    "swap_account": lambda world, share: world.swap_account(share),
    "tamper": lambda world, share: world.tamper(share),
    "two_leases": _two_leases,
    "token_ends": lambda world, share: world.pass_time(hours=2),
    "token_taken_back": lambda world, share: world.remote_of(share).network.take_back(),
    "renewals_refused": _refuse_renewals,
    "sleep": lambda world, share: world.pass_time(seconds=61),
    "long_wait": lambda world, share: world.pass_time(days=8),
    "closed_thread": lambda world, share: world.put_into_a_closed_thread(share),
    "restore": lambda world, share: world.restore_what_was_before_sending(),
    "two_halves": _two_halves,
    "private": lambda world, share: _make_private(world),
    "link_moves": lambda world, share: setattr(world, "short_link_leads", INSIDE),
    "flipped_file": lambda world, share: world.flip_a_byte(share),
    "flagged_file": lambda world, share: None,
    "unread_file": lambda world, share: None,
    "undescribed_file": lambda world, share: world.ask_for_descriptions(share),
} | REVOICINGS
# What the post carries, in the stories about files: words, and why there may be more in it.
FILES = {
    "flipped_file": ("A plan of the office", ()),
    "flagged_file": ("Falcon", ()),
    "unread_file": ("", ("encrypted",)),
    "undescribed_file": ("A plan of the office", (), ""),
}


def _make_private(world: World):
    type(world.channel).objects.filter(pk=world.channel.pk).update(is_private=True)


def tell(world: World, *, text, repeat, disturbance, moment, mood, speaker="Acme", later=False):
    """Ask, decide, seal, send, with one disturbance at one moment, and judge all along."""
    remote = world.remotes[repeat]
    # What was said in other stories is no excuse in this one.
    remote.network.took_back = False
    destination = world.destinations[repeat]
    destination.speaker = speaker
    destination.needs_alt = disturbance != "undescribed_file"
    destination.save(update_fields=["speaker", "needs_alt"])
    if "long" in text and mood != "ok" and moment != "sent":
        # The first part goes well, and it is the second that fails.
        remote.next("ok")
    if mood == "late_look":
        remote.next("accepted_then_silence")
        remote.look_late()
    elif mood == "late_refusal":
        # It arrives, its answer is lost, and the repetition is refused: that says nothing about the first.
        remote.next("accepted_then_silence", "token")
    elif mood != "ok":
        remote.next(mood)
    company = disturbance in {"requester_approves", "named_no_longer"} or disturbance in REVOICINGS
    files = [world.file(*FILES[disturbance])] if disturbance in FILES else []
    if moment == "uploading":
        files += [world.file("A plan of the house"), world.file("A picture of the garden")]
    post = world.write(TEXTS[text], to=world.company if company else None, files=files)
    more = {"wish": Wish(send_at=world.later(), zone="UTC")} if later else {}
    share = world.ask(post, repeat, by=world.cora if company else None, **more)
    if share is None:
        return
    is_in_order = world.is_in_order(share)
    disturb = DISTURBANCES[disturbance]

    def now(moment_of_story):
        if moment == moment_of_story:
            disturb(world, share)

    now("asked")
    if moment != "asked" or disturbance not in {
        "author_approves",
        "requester_approves",
        "edit_by_an_officer",
        "reword_by_an_officer",
        "stale_approval",
    }:
        world.approve_as_needed(share)
    now("approved")
    lease = world.seal(share)
    now("sealed")
    if moment == "uploading":
        world.happens_while_uploading = lambda: disturb(world, share)
    if lease is not None:
        world.send(share, lease)
    now("sent")
    world.judge_copies()
    if later:
        world.pass_time(days=1)
    world.settle_down()
    world.judge_copies()
    if is_in_order and disturbance in {"nothing", "sleep", "two_leases", "restore", "token_ends"}:
        world.judge_arrival(share)
    clean_up(world, share)
    world.judge_copies()


def clean_up(world: World, share):
    """Put the company in order again; what was only stopped now goes on, by the same rules."""
    remote = world.remote_of(share)
    remote.moods.clear()
    remote.network.blind_looks = 0
    world.happens_while_uploading = None
    world.open_gate()
    world.open_destination(share)
    world.be_loud()
    world.lenient_when_off = False
    world.relax()
    world.short_link_leads = OUTSIDE
    type(share.destination).objects.filter(pk=share.destination_id).update(remote_account="acme", speaker="Acme")
    type(world.ann).objects.update(is_active=True)
    type(world.channel).objects.filter(pk=world.channel.pk).update(is_private=False)
    world.mend_files()
    world.mend_tokens()
    world.settle_down()
