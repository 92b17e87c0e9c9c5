"""Connect an account outside: ask who we are there, keep its secrets sealed, and let nobody swap a target alone."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from secrets import token_hex
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.text import slugify
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.notifications.models import Notice
from corpblog.notifications.services import notify
from corpblog.people.models import Person, Role
from corpblog.sharing import access, credentials
from corpblog.sharing.connectors import CONNECTORS, connector_for
from corpblog.sharing.connectors.base import Account, Connector, Refused, Target, Unclear
from corpblog.sharing.models import Destination, TargetChange
from corpblog.sharing.models.destinations import place_in
from corpblog.sharing.services import locks, renewing, sight
from corpblog.sharing.wording import worded

PRESS = "press"
State = TargetChange.State


@dataclass(frozen=True)
class Wish:
    """What an admin wants connected, beside the answers to the connector's questions."""

    slug: str
    name: str
    kind: str
    review: str = Destination.Review.FLAGGED
    cap: str = "internal"
    needs_alt: bool = True

    @property
    def is_own(self) -> bool:
        """Whether it is an employee's own account: that gets no short name of anybody's choice."""
        return not self.slug

    def record(self) -> dict[str, Any]:
        return {name: value if isinstance(value, bool) else str(value) for name, value in asdict(self).items()}


def connect(
    *,
    by: Person,
    slug: str,
    name: str,
    kind: str,
    answers: Mapping[str, str],
    review: str = Destination.Review.FLAGGED,
    cap: str = "internal",
    needs_alt: bool = True,
) -> Destination:
    """Connect an account outside, or connect it anew; return the destination.

    Another account in the place of the old one, another server for it, or less protection than the destination has
    waits for a second person (`destination.changes`). Once it is there, what was approved for the old account is void.
    answers: to the connector's questions, by their names. needs_alt: whether no picture goes there undescribed.
    """
    wish = Wish(slug, name.strip(), kind, review, cap, needs_alt)
    check_wish(by, wish)
    config, secrets = answered(wish, answers)
    return take(by, wish, config, secrets)


def check_wish(by: Person, wish: Wish) -> None:
    """Raise unless this person may connect this: before anything is asked of the network."""
    if wish.is_own:
        access.check_may_connect_own(by, wish.kind)
        return
    access.check_may_connect(by)
    if wish.kind not in CONNECTORS or wish.kind == PRESS:
        raise Invalid(_("There is no connector of that kind."))
    if not wish.name:
        raise Invalid(_("Fill in: %(what)s.") % {"what": _("Name")}, field="name")
    found = Destination.objects.filter(slug=wish.slug).first()
    if found is not None and found.owner_id is not None:
        raise access.no_such_destination()
    if found is not None and found.kind != wish.kind:
        raise Conflict(_("There is a destination of another kind under this short name. Choose another."))


@dataclass(frozen=True)
class Found:
    """What an admin wants, and whom the network says the secrets belong to."""

    wish: Wish
    account: Account
    config: dict[str, Any]
    secrets: Mapping[str, str] = field(repr=False)

    @property
    def speaker(self) -> str:
        return (self.account.name or settings.COMPANY)[:80]


def take(by: Person, wish: Wish, config: dict[str, Any], secrets: Mapping[str, str]) -> Destination:
    """Ask the network who these secrets belong to, and keep them: at once, or for a second person to confirm."""
    account = _ask_who_we_are(wish.kind, config, secrets)
    if account.longest:
        config["longest"] = account.longest
    if account.limits:
        config["limits"] = dict(account.limits)
    found = Found(wish, account, config, secrets)
    if wish.is_own:
        return _taken_as_own(by, found)
    with transaction.atomic():
        destination = Destination.objects.select_for_update().filter(slug=wish.slug).first()
        if destination is None:
            return _connected(by, found)
        if _needs_second(destination, found):
            _asked(by, destination, found)
        else:
            _put(destination, found)
            _note("destination.reconnected", by, destination)
        return destination


def _connected(by: Person, found: Found) -> Destination:
    wish = found.wish
    destination = Destination.objects.create(slug=wish.slug, kind=wish.kind, name=wish.name)
    _put(destination, found)
    _note("destination.connected", by, destination)
    _tell_second_people(by, destination, "connected")
    return destination


# On which networks an account can be an employee's own.
OWN_KINDS: Final = ("mastodon", "bluesky", "x", "linkedin")


def connect_own(*, by: Person, kind: str, answers: Mapping[str, str]) -> Destination:
    """Connect an account of one's own, or connect it anew; nobody else sees or uses it.

    Raises NotAllowed where admins do not let such accounts be used, Conflict for an account that is the company's.
    """
    wish = own_wish(kind)
    check_wish(by, wish)
    config, secrets = _own_answers(kind, answers)
    return take(by, wish, config, secrets)


def _own_answers(kind: str, answers: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what an employee answers, with what the company's own account answers for them: its application there."""
    lent = [question for question in CONNECTORS[kind].questions if question.own == "company"]
    if not lent:
        return _sorted_out(CONNECTORS[kind], answers)
    lender = Destination.objects.company().open().filter(kind=kind).order_by("pk").first()
    if lender is None:
        raise Invalid(_("The company has to connect its own account on this network first. Ask your connector admin."))
    try:
        kept = credentials.opened(lender.credentials, of=credentials.destination_name(lender.pk))
    except credentials.CredentialsUnreadable as error:
        raise Invalid(worded("token")) from error
    of_company = {each.name: str((kept if each.is_secret else lender.config).get(each.name, "")) for each in lent}
    own = {each.name: answers.get(each.name, "") for each in CONNECTORS[kind].questions if each.own == "owner"}
    return _sorted_out(CONNECTORS[kind], own | of_company)


def own_wish(kind: str) -> Wish:
    """Return what an employee wants connected for themselves; they cannot describe the company's pictures."""
    return Wish(slug="", name="", kind=kind, needs_alt=False)


@transaction.atomic
def _taken_as_own(by: Person, found: Found) -> Destination:
    kind, account = found.wish.kind, found.account
    if Destination.objects.company().filter(kind=kind, remote_account=account.account).exists():
        raise Conflict(_("This is the company’s account. Sign in there with your own."))
    destination, _is_new = Destination.objects.select_for_update().get_or_create(
        # Chance, not a name: it stands in addresses and in the log.
        owner=by,
        kind=kind,
        remote_account=account.account,
        defaults={"slug": f"own-{token_hex(8)}"},
    )
    destination.is_open = True
    name = f"{(account.name or account.account)[:60]} ({CONNECTORS[kind].title})"
    _put(destination, replace(found, wish=replace(found.wish, name=name)))
    record(action="destination.own_connected", actor_id=by.pk, subject=f"destination:{destination.pk}", kind=kind)
    return destination


def _put(destination: Destination, found: Found) -> None:
    wish = found.wish
    destination.name, destination.review, destination.cap = wish.name, wish.review, wish.cap
    destination.needs_alt = wish.needs_alt
    destination.remote_account, destination.config = found.account.account, found.config
    destination.speaker = found.speaker
    keep_secrets(destination, found.secrets)
    destination.save()
    sight.forget(destination)


def keep_secrets(destination: Destination, secrets: Mapping[str, str]) -> None:
    """Seal the secrets into the row, and note when they have to be renewed; the caller saves."""
    destination.credentials = credentials.sealed(secrets, of=credentials.destination_name(destination.pk))
    until = parse_datetime(secrets.get("until", ""))
    destination.token_until = until
    destination.renew_at = renewing.before(until) if until and secrets.get("refresh") else None


def _needs_second(destination: Destination, found: Found) -> bool:
    is_looser = Destination.Review(found.wish.review).approvals < destination.least_approvals
    is_wider = destination.cap == "public" and found.wish.cap != "public"
    is_elsewhere = place_in(found.config) != destination.place
    return found.account.account != destination.remote_account or is_elsewhere or is_looser or is_wider


def _asked(by: Person, destination: Destination, found: Found) -> None:
    if destination.changes.filter(state=State.WAITING).exists():
        raise Conflict(_("Another change of this destination waits for a second person. It has to be decided first."))
    change = TargetChange.objects.create(
        destination=destination,
        asked_by=by,
        asked_at=clock.now(),
        name=found.wish.name,
        account=found.account.account,
        speaker=found.speaker,
        review=found.wish.review,
        cap=found.wish.cap,
        needs_alt=found.wish.needs_alt,
        config=found.config,
    )
    change.sealed = credentials.sealed(found.secrets, of=change_name(change.pk))
    change.save(update_fields=["sealed"])
    _note("destination.change_asked", by, destination, account=change.account, review=change.review, cap=change.cap)
    _tell_second_people(by, destination, "change_asked")


@transaction.atomic
def decide_change(
    *, by: Person, change_id: int, confirm: bool, authenticated_at: datetime | None = None
) -> Destination:
    """Confirm or refuse what somebody else asked; who asked may only take it back.

    authenticated_at: when the door saw the person's password; confirming needs that within ten minutes.
    """
    change = TargetChange.objects.select_for_update().select_related("asked_by").get(pk=change_id)
    if confirm or by.pk != change.asked_by_id:
        access.check_may_decide_change(by, change)
    if confirm:
        access.check_was_there(authenticated_at)
    destination = locks.destination(change.destination_id)
    if change.state != State.WAITING:
        raise Conflict(_("This change was decided already."))
    if confirm and not change.asked_by.is_active:
        raise NotAllowed(_("Who asked for this no longer works here. Refuse it, and connect anew."))
    change.state = State.CONFIRMED if confirm else State.REFUSED
    change.decided_by, change.decided_at = by, clock.now()
    secrets = credentials.opened(change.sealed, of=change_name(change.pk))
    # Either they are the destination's now, or nobody's.
    change.sealed = ""
    change.save()
    if confirm:
        wish = Wish(destination.slug, change.name, destination.kind, change.review, change.cap, change.needs_alt)
        account = Account(change.account, change.speaker, "", None)
        _put(destination, Found(wish, account, change.config, secrets))
    _note(f"destination.change_{change.state}", by, destination, account=change.account, asked_by=change.asked_by_id)
    _tell_second_people(by, destination, f"change_{change.state}")
    return destination


def change_name(change_id: int) -> str:
    """Return what a change's secrets are sealed as."""
    return f"target change {change_id}"


def answered(wish: Wish, answers: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what may be shown and what must not.

    Secrets that are left empty stay what they are, but only where nothing else about the target changes: a kept token
    never goes to another server.
    """
    if wish.is_own:
        return _own_answers(wish.kind, answers)
    connector = CONNECTORS[wish.kind]
    there = Destination.objects.filter(slug=wish.slug).first()
    if there is not None and not any(
        answers.get(question.name) for question in connector.questions if question.is_secret
    ):
        shown = [question for question in connector.questions if not question.is_secret]
        config = {question.name: answers.get(question.name, "").strip() or question.default for question in shown}
        if all(there.config.get(name) == answer for name, answer in config.items()):
            return config, credentials.opened(there.credentials, of=credentials.destination_name(there.pk))
    return _sorted_out(connector, answers)


def free_slug(name: str, kind: str) -> str:
    """Return a short name for a new destination that nothing has yet, as it stands in addresses."""
    first = slugify(name)[:36] or kind
    taken = {*_NO_SLUGS, *Destination.objects.values_list("slug", flat=True)}
    return next(slug for slug in (first, *(f"{first}-{number}" for number in range(2, 1000))) if slug not in taken)


# Words that addresses below /destinations/ begin with.
_NO_SLUGS = frozenset({"new", "back", "gate"})


def _sorted_out(connector: Connector, answers: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what may be shown and what must not; raise Invalid for a question without its answer."""
    config: dict[str, Any] = {}
    secrets: dict[str, str] = {}
    for question in connector.questions:
        answer = answers.get(question.name, "").strip() or question.default
        if question.is_needed and not answer:
            raise Invalid(_("Fill in: %(what)s.") % {"what": question.label}, field=question.name)
        (secrets if question.is_secret else config)[question.name] = answer
    unasked = set(answers) - {question.name for question in connector.questions}
    if unasked:
        raise Invalid(_("This connector does not ask for: %(what)s.") % {"what": ", ".join(sorted(unasked))})
    return config, secrets


def _ask_who_we_are(kind: str, config: dict[str, Any], secrets: Mapping[str, str]) -> Account:
    target = Target(destination_id=0, account="", config=config, secrets=secrets)
    try:
        return connector_for(kind).verify(target)
    except (Refused, Unclear) as problem:
        raise Invalid(worded(problem.code, told=problem.told), code=problem.code) from problem


def _note(action: str, by: Person, destination: Destination, **facts: Any) -> None:
    told = {"kind": destination.kind, "account": destination.remote_account, "review": destination.review}
    record(
        action=action,
        actor_id=by.pk,
        subject=f"destination:{destination.pk}",
        **(told | {"cap": destination.cap} | facts),
    )


def _tell_second_people(by: Person, destination: Destination, step: str) -> None:
    """Every officer and every other connector admin hears of it: a target is never swapped in silence."""
    people = Person.objects.active()
    for person in people.filter(roles__role__in=[Role.COMPLIANCE, Role.CONNECTOR_ADMIN]).distinct():
        notify(
            person=person,
            kind=Notice.Kind.DESTINATION,
            actor=by,
            facts={"destination": destination.name, "step": step},
            url=f"/destinations/{destination.slug}/",
        )
