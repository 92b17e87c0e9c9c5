"""Ask the policy in force about a text. Whatever goes wrong, the answer is to hold."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong

import structlog
from django.db import transaction

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.people.models import Person
from corpblog.policy.engine import NORMALISER_VERSION, Field, Policy, Scan, Verdict, fail_closed
from corpblog.policy.engine.fingerprints import KnownText
from corpblog.policy.engine.model import ChannelWords
from corpblog.policy.engine.verdict import Audience
from corpblog.policy.events import PolicyChanged, policy_changed
from corpblog.policy.models import PolicyVersion
from corpblog.policy.selectors import InForce, in_force

log = structlog.get_logger(__name__)

# The engine is linear, so a short text is bounded by its length and is scanned where we are. A long one gets a thread
# that we stop waiting for; were short ones to queue there too, a few slow scans would hold everybody's posts.
SHORT = 10_000
LONGEST = 1_000_000
BUDGET_SECONDS = 2.0
_long_scans = ThreadPoolExecutor(max_workers=2, thread_name_prefix="scan")


def scan(
    *,
    fields: Mapping[str, str] | str,
    audience: Audience,
    destination: str | None = None,
    destination_name: str | None = None,
    by: Person | None = None,
    channel_classification: str | None = None,
    language: str | None = None,
    attachment_kinds: frozenset[str] | None = None,
    earlier: tuple[str, ...] = (),
    known_texts: Callable[[Sequence[str]], tuple[KnownText, ...]] | None = None,
) -> Verdict:
    """Return what the policy in force says. Never raises: no policy, an error and a timeout all answer hold.

    destination: the connector's kind; destination_name: the destination's own name. The other facts are those of the
    engine's `Scan`: one that is not known exempts nobody, and `earlier` is what readers
    see just before the fields. known_texts: what closed channels have of these texts; asked where a rule asks for it.
    """
    current = InForce()
    try:
        current = in_force()
        if current.scanner is None or current.policy is None:
            return _nothing_to_scan_with(current)
        named = {"text": fields} if isinstance(fields, str) else fields
        question = Scan(
            fields=tuple(Field(name, text) for name, text in named.items()),
            audience=audience,
            destination=destination,
            destination_name=destination_name,
            groups=_groups(current.policy, by),
            now=clock.now(),
            channel_classification=channel_classification,
            language=language or None,
            attachment_kinds=attachment_kinds,
            earlier=earlier,
            known=known_texts(tuple(named.values())) if known_texts and _asks_for_channels(current.policy) else (),
        )
        return dataclasses.replace(_answer(current, question), policy_digest=current.digest)
    except TookTooLong:
        log.error("scan_took_too_long", version=current.version_number)
        return _hold("timeout", current)
    except Exception:
        log.exception("scan_failed", version=current.version_number)
        return _hold("error", current)


def _answer(current: InForce, question: Scan) -> Verdict:
    assert current.scanner is not None
    size = sum(len(field.text) for field in question.fields)
    if size > LONGEST:
        return _hold("too long", current)
    if size <= SHORT:
        return current.scanner.answer(question)
    return _long_scans.submit(current.scanner.answer, question).result(timeout=BUDGET_SECONDS)


def _groups(policy: Policy, by: Person | None) -> frozenset[str] | None:
    """Return the author's directory groups, asked for only where a rule looks at them."""
    if by is None:
        return None
    if all(rule.groups == ("any",) for rule in policy.rules):
        return frozenset()
    return frozenset(by.directory_groups.values_list("name", flat=True))


def _asks_for_channels(policy: Policy) -> bool:
    return any(isinstance(detector, ChannelWords) for detector in policy.detectors())


def _hold(reason: str, current: InForce) -> Verdict:
    return fail_closed(reason, policy_digest=current.digest, normaliser_version=NORMALISER_VERSION)


def _nothing_to_scan_with(current: InForce) -> Verdict:
    if current.version_number is None:
        return _hold("no policy in force", current)
    _tell_that_it_is_broken(current.version_number, current)
    return _hold("policy cannot be used", current)


@transaction.atomic
def _tell_that_it_is_broken(number: int, current: InForce) -> None:
    """Write down once, for all processes, that what is in force cannot be loaded."""
    if PolicyVersion.objects.filter(number=number, broken_at__isnull=True).update(broken_at=clock.now()):
        facts = {"digest": current.digest, "reason": current.broken}
        record(action="policy.broken", actor_id=None, subject=f"policy:{number}", **facts)
        policy_changed.publish(PolicyChanged(number=number, step="broken", actor_id=None))
