"""What a revision's verdict found, in order, and in the reader's language."""

from django.utils.translation import get_language

from corpblog.policy.engine import Finding, Verdict, explain
from corpblog.sharing.models import ShareRevision


def findings_of(revision: ShareRevision) -> list[Finding]:
    """Return the findings, gravest first, then as they stand in the text."""
    found = Verdict.from_record(revision.verdict).findings
    return sorted(found, key=lambda finding: (-finding.outcome.rank, -finding.score, finding.field, finding.start))


def explained(finding: Finding) -> dict[str, str]:
    return dict(explain(finding, get_language() or "en"))  # type: ignore[arg-type]
