"""Try a policy version on the posts and shares of the last days, in the background, with progress."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from corpblog.desk.models import Simulation, SimulationQuerySet
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, NotAllowed
from corpblog.people.models import Person
from corpblog.policy import access, reading, selectors
from corpblog.policy.effect_records import to_record
from corpblog.policy.engine import Policy
from corpblog.policy.models import PolicyVersion
from corpblog.policy.simulation import PastText, effect
from corpblog.posts import past as posts
from corpblog.sharing import past as shares

log = structlog.get_logger(__name__)

LONGEST_DAYS: Final = 365
# A worker that was killed leaves its simulation running; another one begins it anew.
GIVEN_UP: Final = timedelta(seconds=60)
KEPT: Final = timedelta(days=90)


class Stopped(Exception):
    """Somebody cancelled it, or another worker took it over."""


def simulate(*, by: Person, number: int, days: int) -> Simulation:
    """Ask for a simulation of a version against the one in force; the same question is asked once at a time."""
    version = selectors.version_for(by, number)
    if reading.read(version.source, version.dictionaries).policy is None:
        raise Conflict(_("The YAML of this version cannot be read, so there is nothing to count."))
    current = selectors.version_in_force(by)
    against = current if current and current != version else None
    same = Simulation.objects.of(version, against, days)
    try:
        with transaction.atomic():
            return same.open().first() or Simulation.objects.create(
                version=version,
                digest=version.digest,
                against=against,
                against_digest=against.digest if against else "",
                days=min(max(days, 1), LONGEST_DAYS),
                by=by,
                asked_at=clock.now(),
            )
    except IntegrityError:
        # Two tabs asked at the same instant.
        return same.open().get()


def cancel_simulation(*, by: Person, simulation_id: int) -> None:
    """Stop a simulation; what was counted so far is dropped. Whoever may read policies may stop one."""
    if not access.can_read(by):
        raise NotAllowed(_("Policies are open to policy admins, compliance officers and auditors."))
    Simulation.objects.open().filter(pk=simulation_id).update(state=Simulation.State.CANCELLED, finished_at=clock.now())


def is_asked_for() -> bool:
    """Whether one waits for a worker: asked every second, so one look at a partial index."""
    return _takeable().exists()


def run_simulations() -> None:
    """Run what is waiting, one after the other."""
    while (simulation := _take()) is not None:
        try:
            _run(simulation)
        except Stopped:
            log.info("simulation_stopped", simulation=simulation.pk)
        except Exception:
            log.exception("simulation_failed", simulation=simulation.pk)
            _mine(simulation).update(state=Simulation.State.FAILED, finished_at=clock.now())


def forget_old_simulations() -> None:
    """Delete what nobody looks at any more."""
    Simulation.objects.filter(asked_at__lt=clock.now() - KEPT).delete()


def _takeable() -> SimulationQuerySet:
    abandoned = Q(state=Simulation.State.RUNNING, beat_at__lt=clock.now() - GIVEN_UP)
    found: SimulationQuerySet = Simulation.objects.filter(Q(state=Simulation.State.WAITING) | abandoned)
    return found


@transaction.atomic
def _take() -> Simulation | None:
    locked = connection.features.has_select_for_update_skip_locked
    found = _takeable().order_by("pk").select_for_update(skip_locked=locked).first()
    if found is not None:
        found.state, found.done, found.beat_at = Simulation.State.RUNNING, 0, clock.now()
        found.save()
    return found


def _mine(simulation: Simulation) -> SimulationQuerySet:
    running: SimulationQuerySet = Simulation.objects.filter(pk=simulation.pk, state=Simulation.State.RUNNING)
    return running


def _run(simulation: Simulation) -> None:
    policy, against = _policy(simulation.version), None
    if simulation.against is not None:
        against = _policy(simulation.against)
    since = clock.now() - timedelta(days=simulation.days)
    _mine(simulation).update(total=posts.count_since(since) + shares.count_since(since))
    before = 0

    def told(done: int) -> None:
        if not _mine(simulation).update(done=before + done, beat_at=clock.now()):
            raise Stopped

    result = {}
    sources: dict[str, Iterator[PastText]] = {
        "posts": past_posts(simulation.by, simulation.days),
        "shares": past_shares(simulation.days),
    }
    for name, texts in sources.items():
        counted = effect(policy, texts, days=simulation.days, against=against, processes=None, told=told)
        result[name] = to_record(counted)
        before += counted.total
    _mine(simulation).update(
        state=Simulation.State.DONE, done=before, total=before, result=result, finished_at=clock.now()
    )


def past_posts(person: Person | None, days: int) -> Iterator[PastText]:
    """Give the posts of the last days, newest first. All are counted; shown are those that `person` may read."""
    return map(_past_text, posts.texts_since(person=person, since=clock.now() - timedelta(days=days)))


def sampled_posts(person: Person, days: int, most: int) -> tuple[int, Iterator[PastText]]:
    """Return how many posts the last days have, and `most` of them at most, by chance."""
    population, found = posts.sample_since(person=person, since=clock.now() - timedelta(days=days), most=most)
    return population, map(_past_text, found)


def _past_text(post: posts.PastPost) -> PastText:
    return PastText(
        post.created_at,
        post.author_id,
        post.text,
        post.author_name,
        may_show=post.may_read,
        post_id=post.post_id,
        language=post.language,
        classification=post.classification,
        attachment_kinds=frozenset(),
    )


def past_shares(days: int) -> Iterator[PastText]:
    """Yield what people asked to share in the last days, each as it would have left, with what reviewers ruled."""
    for share in shares.shares_since(clock.now() - timedelta(days=days)):
        yield PastText(
            share.created_at,
            share.author_id,
            share.fields.get("text", ""),
            may_show=False,
            fields=share.fields,
            destination=share.kind,
            destination_name=share.destination,
            ruling=share.ruling,
            language=share.language,
            classification=share.classification,
            attachment_kinds=frozenset(),
        )


def _policy(version: PolicyVersion) -> Policy:
    policy = reading.read(version.source, version.dictionaries).policy
    if policy is None:
        raise Stopped
    return policy
