"""What the desk shows an author: messages, and a wording to take. Never who wrote them."""

from corpblog.desk.models import Proposal, Remark
from corpblog.people.models import Person
from corpblog.sharing.models import Share


def messages_to(person: Person, share: Share) -> list[Remark]:
    """Return what officers wrote to the author, oldest first; nothing to anybody else."""
    if person.pk != share.author_id:
        return []
    return list(Remark.objects.filter(share=share, kind=Remark.Kind.MESSAGE).order_by("id"))


def proposal_for(person: Person, share: Share) -> Proposal | None:
    """Return the wording that the author may take now."""
    if person.pk != share.author_id or share.state != Share.State.CHANGES_ASKED:
        return None
    return Proposal.objects.filter(revision=share.revision, answer=Proposal.Answer.OPEN).first()
