"""A small company around the real gate, with its own memory of what was allowed.

Every byte that reaches a remote, and every seal, is judged here by other means than the gate's: by a list of words, by
a ledger of who approved which digest, and by what is true at that instant. Whatever is wrong raises `Broken`.
"""

import hashlib
import itertools
import json
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from corpblog.kernel import blobs, clock, egress
from corpblog.kernel.errors import CorpblogError
from corpblog.kernel.models import LimitCounter
from corpblog.people.models import Person, RoleGrant
from corpblog.policy import services as policy
from corpblog.policy.engine import Outcome, Verdict
from corpblog.policy.extraction import VERSION
from corpblog.policy.models import FileText, PolicyVersion
from corpblog.posts.models import Post, PostRevision
from corpblog.sharing import canonical, connectors, credentials, services
from corpblog.sharing import worker as sending_worker
from corpblog.sharing.models import Destination, GateState, Job, Recall, Share, ThreadPart, Timetable
from corpblog.sharing.refusals import REFUSALS
from corpblog.sharing.services import renewing
from corpblog.sharing.wishes import AS_POSTED
from corpblog.sharing.worker import Worker
from corpblog.teams.models import Channel, Membership
from tests.sharing import advocacy_stories
from tests.sharing.conftest import POLICY, put_in_force, stricter
from tests.sharing.wired import LONGEST, Wired

TEXTS = {
    "clean": "We open an office in Lyon",
    "flagged": "Falcon flies on Monday",
    "grave": "The takeover is near",
    "short": "See https://bit.ly/plan",
    "later": "We meet Condor",  # clean until the policy becomes stricter
    # These leave as threads.
    "long": "Our office in Lyon opens on Monday. All are welcome there. We have a garden and call it Condor.",
    "long_flagged": "Our office in Lyon opens on Monday. All are welcome there. It has a garden, and Falcon too.",
}
COMMENT = "More: https://public.example/lyon"
OUTSIDE, INSIDE = "https://public.example/", "http://10.1.2.3/plan"
MOVING = ("cleared", "approved", "sending")
REMOTES = ("key", "readable", "blind")


class Broken(AssertionError):
    """The promise does not hold; the text begins with the number of the property."""


class World:
    """People, a channel, three remotes, and the ledger."""

    def __init__(self, monkeypatch, wires):
        self.patch = monkeypatch
        self.wires = wires
        wires.forget()
        self.offset = timedelta(0)
        self.numbers = itertools.count(1)
        self.ledger = defaultdict(dict)  # digest: who approved these bytes, and when
        self.rejected = defaultdict(dict)  # digest: in which share, and by whom
        self.said = defaultdict(list)  # remote and author: when, and what they said there
        self.violations = []
        self.quiet = {}  # destination: between which instants it is quiet, every day
        self.hands = defaultdict(set)  # share: who wrote, asked or edited
        self.leases = {}
        self.begun = {}  # job: in which bytes its thread began
        self.files = {}  # digest: the words in it, and why there may be more
        self.lenient_when_off = False
        self.happens_while_uploading = None
        self.short_link_leads = OUTSIDE
        self._people()
        self._places()
        self._clocks()
        self._scanner()
        self._shortener()

    # The company ------------------------------------------------------------------------------------------------

    def _people(self):
        def person(name, *roles):
            somebody = Person.objects.create(username=name, display_name=name.title(), directory_id=name)
            RoleGrant.objects.bulk_create(RoleGrant(person=somebody, role=role) for role in roles)
            return somebody

        # Everybody who writes is an officer as well: nothing but the guards keeps them from their own shares.
        self.ann = person("ann", "compliance")
        self.ben = person("ben", "compliance")
        self.omar, self.lena = person("omar", "compliance"), person("lena", "compliance")
        self.cora = person("cora", "compliance", "communications")
        self.irene = person("irene", "connector_admin", "system_admin")
        self.officers = {"omar": self.omar, "lena": self.lena, "ben": self.ben, "ann": self.ann, "cora": self.cora}

    def _places(self):
        self.channel = Channel.objects.create(slug="news", name="News")
        self.company = Channel.objects.create(slug="company", name="Company", kind="company")
        for channel, member in itertools.product((self.channel, self.company), (self.ann, self.ben, self.cora)):
            Membership.objects.create(person=member, channel=channel)
        # Cora speaks for the company; ann and ben only follow its account.
        Membership.objects.filter(person=self.cora, channel=self.company).update(role="owner")
        put_in_force(POLICY)
        GateState.objects.get_or_create(pk=1)
        self.remotes = {}
        self.destinations = {}
        for repeat, (network, port) in self.wires.networks.items():
            remote = self.remotes[repeat] = Wired(repeat, network, port, self)
            self.patch.setitem(connectors.CONNECTORS, remote.kind, remote)
            account = {"remote_account": "acme", "speaker": "Acme", "config": remote.config}
            destination = Destination.objects.create(slug=remote.kind, name=remote.kind, kind=remote.kind, **account)
            self.destinations[repeat] = destination
            self.connect_anew(repeat)
        private = [f"127.0.0.1:{port}" for _network, port in self.wires.networks.values()]
        self.patch.setattr(settings, "EGRESS_PRIVATE", private)

    def connect_anew(self, repeat):
        """A connector admin connects the account again: a token for two hours, and what renews it."""
        told, destination = self.remotes[repeat].network.issue(), self.destinations[repeat]
        until = clock.now() + timedelta(seconds=told["expires_in"])
        secrets = {"token": told["access_token"], "refresh": told["refresh_token"], "until": until.isoformat()}
        sealed = credentials.sealed(secrets, of=credentials.destination_name(destination.pk))
        Destination.objects.filter(pk=destination.pk).update(credentials=sealed, renew_at=renewing.before(until))

    def mend_tokens(self):
        """Where what we keep is not what the network gave out last, somebody connects anew."""
        for repeat, remote in self.remotes.items():
            if not self._is_renewable(repeat):
                # Also where a renewal was refused a moment ago: it is not tried again for two minutes.
                remote.network.refuses_renewals = False
                self.connect_anew(repeat)

    def _is_renewable(self, repeat):
        """Whether the network gives out another token for the renewal that is kept here."""
        network, destination = self.remotes[repeat].network, Destination.objects.get(pk=self.destinations[repeat].pk)
        kept = credentials.opened(destination.credentials, of=credentials.destination_name(destination.pk))
        return kept["refresh"] in network.renewals and not network.refuses_renewals

    def _clocks(self):
        now = lambda: timezone.now() + self.offset  # noqa: E731
        self.patch.setattr(clock, "now", now)
        self.patch.setattr(clock, "database_now", now)

    def _scanner(self):
        real = policy.scan

        def scan(**question):
            # A policy layer with a bug: switched off, it finds nothing to object to.
            if self.lenient_when_off and not PolicyVersion.objects.in_force().exists():
                return Verdict(Outcome.ALLOW)
            return real(**question)

        self.patch.setattr(policy, "scan", scan)

    def _shortener(self):
        real = egress.send

        def send(method, url, **more):
            if "bit.ly" in url:
                return egress.Answer(301, {"location": self.short_link_leads}, b"", url)
            return egress.Answer(200, {}, b"", url) if url == OUTSIDE else real(method, url, **more)

        self.patch.setattr(egress, "send", send)

    # What people do ---------------------------------------------------------------------------------------------

    def write(self, text, by=None, to=None, files=()):
        post = Post.objects.create(
            channel=to or self.channel,
            author=by or self.ann,
            number=next(self.numbers),
            text=text,
            html=text,
            files=list(files),
            created_at=clock.now(),
        )
        self._revision(post, post.author)
        return post

    def file(self, words, reasons=(), alt="A picture of the office"):
        """A file of these words, read; what a reader outside would find in it is known here, too."""
        digest = blobs.write(words.encode())
        facts = {"kind": "image/png", "text": words, "reasons": list(reasons), "version": VERSION}
        FileText.objects.update_or_create(digest=digest, defaults=facts)
        self.files[digest] = (words, reasons)
        shown = {"alt": alt, "width": None, "height": None, "id": "1"}
        return {"name": "a.png", "kind": "image/png", "sha256": digest, "size": len(words), **shown}

    def _revision(self, post, editor):
        PostRevision.objects.create(
            post=post, version=post.version, text=post.text, html=post.text, editor=editor, created_at=clock.now()
        )

    def edit(self, share, text, by=None, is_told=True):
        """Change the post; `is_told` False is an edit whose news got lost in a crash."""
        post = Post.objects.get(pk=share.post_id)
        if post.deleted_at is not None:
            return
        post.text, post.version = text, post.version + 1
        post.save()
        self._revision(post, by or post.author)
        self.hands[share.pk].add((by or post.author).pk)
        if is_told:
            self.act(services.follow_post, post.pk)

    def plan(self, share, wish, by=None):
        """Ask for other words or another time; whoever may not is refused."""
        planner = by or Person.objects.get(pk=share.requester_id)
        if self.act(services.plan, by=planner, share=self.again(share), wish=wish) is not None:
            self.hands[share.pk].add(planner.pk)

    def correct(self, share, words):
        """Ask for other words in the place of those that are out; return the correction, or None."""
        LimitCounter.objects.all().delete()
        share = self.again(share)
        asker = Person.objects.get(pk=share.requester_id)
        made = self.act(services.correct, by=asker, share=share, words=words, reason="It was wrong")
        if made is not None:
            self.hands[made.pk] |= {asker.pk, share.author_id}
        return made

    def recall(self, share):
        self.act(services.recall, by=self.omar, share=self.again(share), reason="It was wrong")

    def delete(self, share, is_told=True):
        Post.objects.filter(pk=share.post_id).update(deleted_at=clock.now(), text="", html="")
        if is_told:
            self.act(services.follow_post, share.post_id)

    def ask(self, post, repeat, by=None, **more):
        LimitCounter.objects.all().delete()
        # Where nobody could say at which part it broke off, nobody asks for a thread.
        if len(post.text) > LONGEST and repeat != "blind":
            more["wish"] = replace(more.get("wish", AS_POSTED), as_thread=True, comment=COMMENT)
        asker = by or post.author
        share = self.act(services.request_share, by=asker, post=post, destination=self.destinations[repeat], **more)
        if share is not None:
            self.hands[share.pk] |= {asker.pk, post.author_id}
        return share

    def decide(self, share, who, ruling="approve", digest=None):
        """Rule on what one saw (`digest`), which is what is there now unless the page was old."""
        share = self.again(share)
        seen = digest or share.digest
        ruled = self.act(
            services.decide,
            by=self.officers[who],
            share_id=share.pk,
            revision_digest=seen,
            ruling=ruling,
            reason="because",
            authenticated_at=clock.now(),
        )
        if ruled is None:
            return
        if self.officers[who].pk in self.hands[share.pk]:
            raise Broken(f"I3: {who} decided on a share that they had a hand in")
        if ruling == "approve":
            self.ledger[seen][self.officers[who].pk] = clock.now()
        elif ruling == "reject":
            self.rejected[seen][share.pk] = self.officers[who].pk

    def lift(self, share, who):
        """Take a colleague's rejection back, as an appeal's answer; other shares of the same words stay rejected."""
        share = self.again(share)
        rejection = share.revision.decisions.filter(ruling="reject", undone_at__isnull=True).first()
        if rejection is None:
            return
        lifter = self.officers[who]
        facts = {"by": lifter, "share_id": share.pk, "decision_id": rejection.pk}
        if self.act(services.lift_rejection, **facts) is None:
            return
        if lifter.pk in self.hands[share.pk]:
            raise Broken(f"I3: {who} lifted the rejection of a share that they had a hand in")
        self.rejected[rejection.digest].pop(share.pk, None)

    def approve_as_needed(self, share):
        for who in ("omar", "lena"):
            if self.again(share).state == "held":
                self.decide(share, who)

    def act(self, service, *args, **kwargs):
        """Call a service; a refusal in words is an answer, and anything else is a failure of the gate."""
        try:
            with transaction.atomic():
                return service(*args, **kwargs)
        except CorpblogError:
            return None
        except IntegrityError as error:
            raise Broken(f"the database had to refuse what a service should have refused: {error}") from error

    # What the machinery does --------------------------------------------------------------------------------------

    def seal(self, share, worker="w"):
        job = Job.objects.filter(share_id=share.pk).first()
        if job is None:
            return None
        # As the worker does: a token that will soon be over is renewed before anything is sealed.
        sending_worker.renew_if_due(share.destination_id)
        lease = self.act(services.seal, job_id=job.pk, worker=worker)
        if lease is not None:
            self.leases[job.pk] = lease
            self._judge_seal(self.again(share), Job.objects.get(pk=job.pk))
        return lease

    def send(self, share, lease):
        job = Job.objects.get(share_id=share.pk)
        remote = self.remote_of(share)
        before = len(remote.received)
        expired = job.lease_until is None or job.lease_until <= clock.now()
        self.act(services.send, job_id=job.pk, lease=lease)
        if len(remote.received) > before and (lease != self.leases[job.pk] or expired):
            raise Broken("I2: a stale lease sent")

    def while_uploading(self):
        """What happens after a file was handed over, once."""
        happens, self.happens_while_uploading = self.happens_while_uploading, None
        if happens is not None:
            happens()

    def work(self, rounds=1):
        for _round in range(rounds):
            worker = Worker("w")
            worker.round()

    def settle_down(self):
        """Let time pass until nothing moves any more."""
        for minutes in (2, 2, 2, 60, 2, 2):
            # Whoever is still held or has ended moves no more, whatever the time.
            if not Job.objects.exclude(state__in=Job.FINAL).filter(share__state__in=MOVING).exists():
                return
            self.pass_time(minutes=minutes)
            self.work()

    def pass_time(self, **by):
        self.offset += timedelta(**by)

    def again(self, share):
        # Only what nearly every step looks at: the rest is read when it is asked for.
        return Share.objects.select_related("destination", "revision").get(pk=share.pk)

    def remote_of(self, share):
        return self.remotes[share.destination.kind.removeprefix("remote-")]

    # What may go wrong around it ----------------------------------------------------------------------------------

    def put_into_a_closed_thread(self, share):
        """The post turns out to answer something restricted."""
        facts = {"name": "Closed", "classification": "restricted"}
        closed, _is_new = Channel.objects.get_or_create(slug=f"closed-{share.pk}", defaults=facts)
        root = self.write("What only few may know", to=closed)
        Post.objects.filter(pk=share.post_id).update(root=root, answers=root, number=None, is_listed=False)

    def close_gate(self):
        self.act(services.close_gate, by=self.irene, reason="leak")

    def open_gate(self):
        self.act(services.open_gate, by=self.irene, reason="fine")

    def close_destination(self, share):
        self.act(services.close_destination, by=self.irene, destination=share.destination)

    def be_quiet(self, share):
        """Make the destination quiet from an hour ago to an hour from now."""
        here = clock.now()
        hours = ((here - timedelta(hours=1)).time(), (here + timedelta(hours=1)).time())
        times = services.Times("UTC", quiet_hours=hours)
        self.act(services.set_times, by=self.irene, destination=share.destination, times=times)
        self.quiet[share.destination_id] = (here - timedelta(hours=1), here + timedelta(hours=1))

    def be_loud(self):
        Timetable.objects.all().delete()
        self.quiet.clear()

    def open_destination(self, share):
        self.act(services.open_destination, by=self.irene, destination=share.destination)

    def swap_account(self, share):
        Destination.objects.filter(pk=share.destination_id).update(remote_account="mallory")

    def tighten(self):
        put_in_force(stricter("Condor"))

    def relax(self):
        put_in_force(POLICY)

    def switch_policy_off(self):
        PolicyVersion.objects.in_force().update(state=PolicyVersion.State.RETIRED)
        self.lenient_when_off = True

    def tamper(self, share):
        """Somebody with the database's password changes the stored revision."""
        refusal = next(refusal for refusal in REFUSALS if refusal.name == "revision_is_never_changed")
        changed = self.again(share).revision.canonical.replace("open", "sell").replace("flies", "is mine")
        with connection.cursor() as cursor:
            cursor.execute(refusal.drop(connection.vendor))
            cursor.execute(
                "UPDATE sharing_sharerevision SET canonical = %s WHERE id = %s",
                [changed, self.again(share).revision_id],
            )
            cursor.execute(refusal.create(connection.vendor))

    def flip_a_byte(self, share):
        """Somebody with the disk changes a file that was approved."""
        for file in self.again(share).post.files:
            path = Path(default_storage.path(blobs.name_of(file["sha256"])))
            path.write_bytes(b"?" + path.read_bytes()[1:])

    def mend_files(self):
        for words, _reasons in self.files.values():
            blobs.write(words.encode())

    def restore_what_was_before_sending(self):
        """A backup is made, what waits goes out, and two hours later the backup is restored: nobody remembers."""
        backup, made = transaction.savepoint(), clock.now()
        self.work()
        self.pass_time(hours=2)
        transaction.savepoint_rollback(backup)
        self.act(services.doubt_since, made)
        # A renewal that was used since is in no backup.
        self.mend_tokens()

    def ask_for_descriptions(self, share):
        """From now on no picture goes there undescribed."""
        Destination.objects.filter(pk=share.destination_id).update(needs_alt=True)

    # The judge ------------------------------------------------------------------------------------------------------

    def _judge_seal(self, share, job):
        """I1, I3, I4, I5, I6 at the instant of sealing."""
        post = Post.objects.select_related("channel").get(pk=share.post_id)
        sealed = canonical.read(job.sealed)
        digest = canonical.digest(job.sealed)
        self._judge_words(share, post, job)
        if share.send_at and share.send_at > clock.now():
            raise Broken("I1: sealed before its time")
        needed = self._approvals_needed(job.sealed)
        if needed == 0 and self._completes_a_word(share, "\n".join(canonical.parts(sealed))):
            needed = 1
        approved = dict(self.ledger[digest])
        if share.revoices_id is not None:
            rides_on = advocacy_stories.clearance_of(share, sealed["text"])
            needed = max(needed, 1) if needed is not None and rides_on is None else needed
            approved |= self.ledger[rides_on]
        recent = {who for who, when in approved.items() if when > clock.now() - timedelta(days=7.5)}
        given = recent - self.hands[share.pk]
        asks = Destination.objects.get(pk=share.destination_id).needs_alt and share.corrects_id is None
        if asks and not all(file["alt"] for file in sealed["attachments"]):
            raise Broken("I4: a picture went without the description that the destination asks for")
        if post.channel.is_private:
            raise Broken("I4: it went although the channel is private")
        if post.answers is not None and post.answers.channel.classification == "restricted":
            raise Broken("I4: it went although it answers something restricted")
        if needed is None or len(given) < needed:
            raise Broken(f"I5: {needed} approvals are needed under the policy in force, {len(given)} people gave one")
        plain = {name: part for name, part in sealed.items() if name != "corrects"}
        words = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        if any(self.rejected[name] for name in (digest, hashlib.sha256(words.encode()).hexdigest())):
            raise Broken("I6: rejected bytes were sealed")
        self._judge_stops(share, post, sealed)

    def _judge_words(self, share, post, job):
        """I1: what is sealed is what the post says now."""
        if ThreadPart.objects.filter(job=job).exists():
            # Judged when it arrives: it goes on in the bytes that it began with.
            return
        said, wanted = canonical.parts(canonical.read(job.sealed)), share.words or post.text
        if share.revoices_id is not None:
            wanted = advocacy_stories.said_by_us(share)
        if share.comment and said.pop() != share.comment:
            raise Broken("I1: the first comment is another one")
        if len(said) > 1:
            numbers = [part.rpartition(" ")[2] for part in said]
            if numbers != [f"{number}/{len(said)}" for number in range(1, len(said) + 1)]:
                raise Broken("I1: the parts of the thread are not numbered")
            said = [" ".join(part.rpartition(" ")[0] for part in said)]
        if said != [wanted]:
            raise Broken("I1: the sealed words are not the post's")

    def _judge_stops(self, share, post, sealed):
        destination = Destination.objects.get(pk=share.destination_id)
        people = Person.objects.filter(pk__in=[share.author_id, share.requester_id])
        stops = {
            "the gate is closed": GateState.objects.get(pk=1).is_closed,
            "the destination is closed": not destination.is_open,
            "the destination is quiet": self._is_quiet(destination),
            "another account took its place": sealed["destination"]["account"] != destination.remote_account,
            "the post is deleted": post.deleted_at is not None,
            "what it corrects is wanted back": Recall.objects.filter(share__corrections=share).exists(),
            "the author left": not all(person.is_active for person in people),
            "who asked speaks for the company no longer": self._is_unauthorised(share, post),
            "the share was withdrawn": share.state in {"withdrawn", "rejected", "held", "changes_asked", "void"},
        } | advocacy_stories.stops(share, destination)
        for reason, is_so in stops.items():
            if is_so:
                raise Broken(f"I4: it went although {reason}")

    def _is_unauthorised(self, share, post):
        if post.channel_id != self.company.pk or post.root_id or share.revoices_id:
            return False
        return not Membership.objects.filter(person=share.requester_id, channel=self.company, role="owner").exists()

    def _is_quiet(self, destination):
        start, end = self.quiet.get(destination.pk, (None, None))
        # Also on the days after: quiet hours come back.
        return start is not None and (clock.now() - start) % timedelta(days=1) < end - start

    def _completes_a_word(self, share, text):
        said = self.said[share.destination_id, share.author_id]
        before = "".join(words for when, words in said if when > clock.now() - timedelta(hours=20))
        return any(word in before + text and word not in before and word not in text for word in ("Falcon", "takeover"))

    def _approvals_needed(self, form):
        """Judge by a list of words, over everything that somebody outside would read."""
        version = PolicyVersion.objects.in_force().first()
        if version is None:
            return None
        carried = [self.files[file["sha256"]] for file in canonical.read(form)["attachments"]]
        words = " ".join([*canonical.outgoing_strings(form).values(), *(text for text, _reasons in carried)])
        if "takeover" in words:
            return 2
        is_flagged = "bit.ly" in words and self.short_link_leads != OUTSIDE
        is_flagged |= "Falcon" in words or ("Condor" in words and "Condor" in version.source)
        is_flagged |= any(reasons for _text, reasons in carried)
        return 1 if is_flagged else 0

    def arrived(self, payload, request, media):
        """Judge bytes the moment they arrive, and say so later: the gate survives whatever a connector raises."""
        try:
            self._judge_bytes(payload, request, media)
            self._judge_share(payload)
        except Broken as broken:
            self.violations.append(broken)

    def _judge_bytes(self, payload, request, media):
        sealed = canonical.read(payload.body)
        told = {name: values[0] for name, values in request.form.items() if name != "media_ids[]"}
        language = {"language": sealed["language"]} if sealed["language"] else {}
        shown = [hashlib.sha256(media[name]).hexdigest() for name in request.form.get("media_ids[]", [])]
        files = [file["sha256"] for file in sealed["attachments"]] if not payload.above else []
        # An edit changes nobody's sight of it.
        seen = {} if request.method == "PUT" else {"visibility": "public"}
        seen |= {"in_reply_to_id": payload.above[-1]} if payload.above else {}
        words = canonical.parts(sealed)[len(payload.above)]
        if told != {"status": words} | seen | language or shown != files:
            raise Broken(f"I1: {request.raw!r} was on the wire, which is not what was sealed")

    def _judge_share(self, payload):
        job = Job.objects.select_related("share__destination").get(pk=payload.job_id)
        share = self.again(job.share)
        if payload.body != job.sealed:
            raise Broken("I1: other bytes than the sealed ones arrived")
        if canonical.digest(payload.body) != job.revision.digest:
            raise Broken("I1: the arrived bytes were never judged")
        if not payload.above:
            self.begun[job.pk] = payload.digest
        elif self.begun[job.pk] != payload.digest:
            raise Broken("I1: a thread goes on in other words than it began with")
        post = Post.objects.get(pk=share.post_id)
        sealed = canonical.read(payload.body)
        self.said[share.destination_id, share.author_id].append((clock.now(), payload.words))
        self._judge_stops(share, post, sealed)

    def judge_copies(self):
        """Nothing is there twice, and nothing that arrived was wrong when it did."""
        for violation in self.violations:
            raise violation
        if self.wires.visits:
            raise Broken("I1: a redirect into the house was followed")
        for remote in self.remotes.values():
            # Copies appear with a call only, and nothing was wrong at the last look.
            if len(remote.network.accepted) == remote.counted:
                continue
            remote.counted = len(remote.network.accepted)
            # Counted by words: two shares of the same words cannot be told apart out there, and may both be there; one
            # that was never called may have found the other's copy, which is then sent anew.
            for share in Share.objects.filter(state="sent", destination__kind=remote.kind).for_rows():
                for part in canonical.parts(canonical.read(share.revision.canonical)):
                    remote.asked[part].add(share.pk)
            shown = Counter(post["text"] for post in remote.shown.values())
            for text, copies in shown.items():
                if copies > len(remote.asked[text]):
                    raise Broken(f"I2: {copies} copies for {len(remote.asked[text])} shares on {remote.kind}")

    def is_in_order(self, share):
        """Whether nothing that was disturbed earlier keeps this share from going."""
        destination = Destination.objects.get(pk=share.destination_id)
        return (
            not GateState.objects.get(pk=1).is_closed
            and destination.is_open
            and destination.remote_account == "acme"
            and not Person.objects.filter(is_active=False).exists()
            and not Channel.objects.filter(pk=self.channel.pk, is_private=True).exists()
            and PolicyVersion.objects.in_force().exists()
            and self._is_renewable(destination.kind.removeprefix("remote-"))
        )

    def judge_arrival(self, share):
        """I7: what was cleared is sent in the end, without bothering a person where the remote can tell."""
        share = self.again(share)
        remote = self.remote_of(share)
        # Of a thread, whether more is there than was written down: the part that it failed at.
        keys = {request.headers["idempotency-key"] for job, request in remote.received if job == share.job.pk}
        has_arrived = len(keys) > ThreadPart.objects.filter(job=share.job).count()
        is_blind = remote.repeat.value == "blind" and share.state == "unknown"
        # A token that was revoked is for a connector admin, and then nothing arrived.
        is_refused = (share.state, share.note) == ("failed", "token") and remote.network.took_back and not has_arrived
        if share.state != "sent" and not is_blind and not is_refused:
            raise Broken(f"I7: it is {share.state} ({share.note}) in the end")
        if share.state == "sent":
            self._judge_chain(share, remote)

    def _judge_chain(self, share, remote):
        """I7: every part is there, under the one before."""
        ids = list(ThreadPart.objects.filter(job=share.job).values_list("remote_id", flat=True))
        ids = ids or [share.job.receipt.remote_id]
        there = [remote.shown.get(name, {"text": None, "in_reply_to_id": None}) for name in ids]
        if [post["text"] for post in there] != canonical.parts(canonical.read(share.revision.canonical)):
            raise Broken("I7: not every part is there")
        if [post["in_reply_to_id"] for post in there] != [None, *ids[:-1]]:
            raise Broken("I7: a part hangs under another one")

    def later(self):
        """A day from now, for what is scheduled."""
        return clock.now() + timedelta(days=1)
