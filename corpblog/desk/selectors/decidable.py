"""Which cases an officer may rule on."""

from corpblog.desk.models import Appeal, CaseFile
from corpblog.people.models import Person
from corpblog.sharing.models import Decision
from corpblog.sharing.models.shares import ShareQuerySet


def decidable(rows: ShareQuerySet, officer: Person) -> ShareQuerySet:
    """Those that neither the officer's own words, nor an earlier ruling, nor having passed it up forbid.

    A ruling counts here also where it was lifted after an appeal."""
    ruled = Decision.objects.filter(undone_at__isnull=True, reviewer=officer).values("revision")
    passed_up = CaseFile.objects.filter(escalated_by=officer).values("share")
    overruled = Appeal.objects.filter(decision__reviewer=officer, answer=Appeal.Answer.LIFTED).values("revision")
    rows = rows.exclude(revision__in=overruled)
    return rows.exclude(hands__person=officer).exclude(revision__in=ruled).exclude(pk__in=passed_up)
