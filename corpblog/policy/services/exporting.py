"""Give a version out as a file. Its terms are what nobody should read outside, so the log says who took it."""

from typing import Final, Literal

from corpblog.audit.services import record
from corpblog.people.models import Person
from corpblog.policy import exchange
from corpblog.policy.selectors import version_for

Format = Literal["yaml", "zip"]
FORMATS: Final[tuple[Format, ...]] = ("yaml", "zip")


def export(*, by: Person, number: int, as_: Format) -> bytes:
    """Return the version as its YAML alone, or as a ZIP with its word lists; whoever may read it may take it."""
    version = version_for(by, number)
    body = exchange.archive(version) if as_ == "zip" else version.source.encode()
    record(action="policy.exported", actor_id=by.pk, subject=f"policy:{number}", digest=version.digest, as_=as_)
    return body
