"""What the desk shows an author: messages, and a wording to take. Never who wrote them."""

from corpblog.desk.models import Appeal, Proposal, Remark
from corpblog.people.models import Person
from corpblog.sharing.models import Share


def messages_to(person: Person, share: Share) -> list[Remark]:
    """Return what officers wrote to the author, oldest first; nothing to anybody else."""
    if person.pk != share.author_id:
        return []
    return list(Remark.objects.filter(share=share, kind=Remark.Kind.MESSAGE).order_by("id"))


def appeal_of(person: Person, share: Share) -> Appeal | None:
    """Return the author's appeal about the words as they are."""
    return Appeal.objects.filter(revision=share.revision).first() if person.pk == share.author_id else None


def may_appeal(person: Person, share: Share) -> bool:
    """Whether the author may contest a rejection of these words: once."""
    return person.pk == share.author_id and share.state == Share.State.REJECTED and appeal_of(person, share) is None


def proposal_for(person: Person, share: Share) -> Proposal | None:
    """Return the wording that the author may take now."""
    if person.pk != share.author_id or share.state != Share.State.CHANGES_ASKED:
        return None
    return Proposal.objects.filter(revision=share.revision, answer=Proposal.Answer.OPEN).first()
