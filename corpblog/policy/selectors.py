"""What policies there are, and which one decides now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models.functions import Substr
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from corpblog.kernel.errors import NotAllowed, NotFound
from corpblog.people.models import Person
from corpblog.policy import access, scanners
from corpblog.policy.engine import Policy, Scanner
from corpblog.policy.engine.fingerprints import is_fingerprint
from corpblog.policy.engine.records import is_records
from corpblog.policy.models import DictionaryText, PolicyVersion, SourceState
from corpblog.policy.sources import PROBLEMS, Source, kinds


@dataclass(frozen=True)
class InForce:
    """What decides now. Without a scanner nothing may leave: there is no policy, or `broken` says what is wrong."""

    version_number: int | None = None
    digest: str = ""
    scanner: Scanner | None = None
    policy: Policy | None = None
    broken: str = ""


def in_force() -> InForce:
    """Return the policy in force: one small query a call, so that a swap counts at once in every process."""
    row = PolicyVersion.objects.in_force().values_list("number", "digest").first()
    if row is None:
        return InForce()
    made = scanners.known(row[1])
    return _described(*row, made) if made is not None else _loaded()


def _loaded() -> InForce:
    # Asked for again as a whole: it may have been swapped since the small query.
    version = PolicyVersion.objects.in_force().first()
    return _described(version.number, version.digest, scanners.made_of(version)) if version else InForce()


def _described(number: int, digest: str, made: scanners.Compiled | scanners.Broken) -> InForce:
    if isinstance(made, scanners.Broken):
        return InForce(number, digest, broken=made.reason)
    return InForce(number, digest, made.scanner, made.policy)


def internal_hosts() -> tuple[str, ...]:
    """Return the company's own hosts, as the policy in force names them; none where there is no policy to ask."""
    policy = in_force().policy
    return tuple(host.casefold() for host in policy.company.internal_hosts) if policy else ()


# Pages ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Overview:
    """The console's first page: what decides, what waits for a second person, what is written, and all that was."""

    current: PolicyVersion | None
    proposals: list[PolicyVersion]
    drafts: list[PolicyVersion]
    past: list[PolicyVersion]


def overview(person: Person, *, most: int = 30) -> Overview:
    """Return the versions worth a look, by state; `most` bounds those that are over."""
    _require_reader(person)
    versions = PolicyVersion.objects.with_people().without_text().newest_first()
    state = PolicyVersion.State
    live = list(versions.filter(state__in=[state.IN_FORCE, state.PROPOSED, state.DRAFT]))
    over = versions.filter(state__in=[state.RETIRED, state.REFUSED, state.DISCARDED])
    return Overview(
        current=next((version for version in live if version.is_in_force), None),
        proposals=[version for version in live if version.is_proposed],
        drafts=[version for version in live if version.is_draft],
        past=list(over[:most]),
    )


def version_for(person: Person, number: int) -> PolicyVersion:
    """Return one version with its text; raise NotFound where there is none, NotAllowed where it is not for them."""
    _require_reader(person)
    version: PolicyVersion | None = PolicyVersion.objects.with_people().filter(number=number).first()
    if version is None:
        raise NotFound(_("There is no such version."))
    return version


def version_in_force(person: Person) -> PolicyVersion | None:
    """Return what decides now, with its text."""
    _require_reader(person)
    version: PolicyVersion | None = PolicyVersion.objects.with_people().in_force().first()
    return version


def version_before(person: Person, version: PolicyVersion) -> PolicyVersion | None:
    """Return what decided until this version came in force."""
    _require_reader(person)
    earlier = PolicyVersion.objects.filter(in_force_at__lt=version.in_force_at).order_by("-in_force_at", "-number")
    found: PolicyVersion | None = earlier.first()
    return found


def moments_in_force(numbers: Collection[int]) -> dict[int, datetime]:
    """Return when each of these versions came in force."""
    rows = PolicyVersion.objects.filter(number__in=numbers, in_force_at__isnull=False)
    return {number: moment for number, moment in rows.values_list("number", "in_force_at") if moment}


def rules_changed_at() -> dict[str, datetime]:
    """Return for each rule in force when the version that changed it last came in force; the reader was asked for."""
    numbers: dict[str, int] = PolicyVersion.objects.in_force().values_list("rule_versions", flat=True).first() or {}
    moments = moments_in_force(set(numbers.values()))
    return {rule: moments[number] for rule, number in numbers.items() if number in moments}


def number_in_force() -> int | None:
    """Return which version decides now, for commands."""
    number: int | None = PolicyVersion.objects.in_force().values_list("number", flat=True).first()
    return number


def version_by_number(number: int) -> PolicyVersion | None:
    """Return a version for an operator's command, which asks nobody's leave."""
    version: PolicyVersion | None = PolicyVersion.objects.filter(number=number).first()
    return version


def word_list(person: Person, version: PolicyVersion, name: str) -> DictionaryText:
    """Return one word list of the version."""
    _require_reader(person)
    text = DictionaryText.objects.filter(digest=version.dictionaries.get(name, "")).first()
    if text is None:
        raise NotFound(_("This version has no such word list."))
    return text


@dataclass(frozen=True)
class WordList:
    """A list without its terms: how many terms or rows it has, and whether it is words, a document or a table."""

    count: int = 0
    kind: Literal["words", "document", "records"] = "words"
    followed: "Followed | None" = None


def _kind_of(begins: str) -> Literal["words", "document", "records"]:
    return "document" if is_fingerprint([begins]) else "records" if is_records([begins]) else "words"


def word_list_sizes(version: PolicyVersion) -> dict[str, WordList]:
    """Return what each list of the version is, by name."""
    texts = DictionaryText.objects.filter(digest__in=version.dictionaries.values())
    # A list may have megabytes: only its beginning is read.
    rows = texts.values_list("digest", "count", Substr("terms", 1, 20))
    known = {digest: (count, _kind_of(begins)) for digest, count, begins in rows}
    followed = followed_sources(version)
    return {
        name: WordList(*known.get(digest, (0, "words")), followed.get(name))
        for name, digest in sorted(version.dictionaries.items())
    }


@dataclass(frozen=True)
class Followed:
    """A list's source with what came of reading it; `problem` says why that fails now, and since when."""

    source: Source
    title: Promise
    state: SourceState | None
    problem: Promise | None


def followed_sources(version: PolicyVersion) -> dict[str, Followed]:
    """Return what the version's lists follow, by the name of the list."""
    sources = {name: Source(**facts) for name, facts in version.sources.items()}
    states = SourceState.objects.in_bulk([source.key for source in sources.values()]) if sources else {}
    return {name: _followed(source, states.get(source.key)) for name, source in sources.items()}


def _followed(source: Source, state: SourceState | None) -> Followed:
    problem = PROBLEMS.get(state.problem) if state else None
    return Followed(source, kinds().get(source.kind, gettext_lazy("something that is gone")), state, problem)


def who_decides() -> list[Person]:
    """Return everybody who may put a version in force or refuse it: they are told of every step."""
    return list(Person.objects.active().filter(roles__role__in=access.DECIDERS).distinct().order_by("pk"))


def _require_reader(person: Person) -> None:
    if not access.can_read(person):
        raise NotAllowed(
            _("Policies are for policy admins, compliance officers and auditors: they name what is secret.")
        )
