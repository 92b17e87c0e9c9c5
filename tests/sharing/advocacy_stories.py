"""Stories of the gate in which a colleague says the company's words on their own account, and how those are judged."""

from corpblog.kernel import clock
from corpblog.kernel.models import LimitCounter
from corpblog.sharing import canonical, credentials, services
from corpblog.sharing.models import Destination, Job, Offer, OwnKind, Share
from tests.servers.faults import TOKEN

TAG = "\n\n#employee"
# What a copy may say that the company did not.
OPENING = "Proud to say: "
HARMLESS = frozenset({"proud", "to", "say", "#employee"})


def own_account(world, repeat):
    """Ben's own account, on the network of that remote."""
    remote = world.remotes[repeat]
    OwnKind.objects.update_or_create(kind=remote.kind, defaults={"is_open": True})
    facts = {"kind": remote.kind, "owner": world.ben, "remote_account": "ben", "config": remote.config}
    account, is_new = Destination.objects.get_or_create(slug=f"own-{repeat}", defaults=facts)
    if is_new:
        account.credentials = credentials.sealed({"token": TOKEN}, of=credentials.destination_name(account.pk))
        account.save()
    return account


def revoice(world, share, words):
    """Offer what is out, and have ben say it so; return his copy, or None."""
    account = own_account(world, share.destination.kind.removeprefix("remote-"))
    LimitCounter.objects.all().delete()
    everybody = services.Audience()
    offer = world.act(services.offer, by=world.cora, share=world.again(share), audience=everybody)
    if offer is None:
        return None
    copy = world.act(services.revoice, by=world.ben, offer=offer, destination=account, words=words)
    if copy is not None:
        world.hands[copy.pk] |= {world.ben.pk, share.post.author_id}
    return copy


def _said(world, share, words, *, before_it_leaves=lambda copy: None):
    copy = revoice(world, share, words)
    if copy is None:
        return
    before_it_leaves(copy)
    lease = world.seal(copy)
    if lease is not None:
        world.send(copy, lease)


def _ended(_copy):
    Offer.objects.update(ended_at=clock.now(), end="closed")


def _switched_off(_copy):
    OwnKind.objects.update(is_open=False)


def _own_words(share):
    return OPENING + share.post.text


REVOICINGS = {
    "revoice": lambda world, share: _said(world, share, _own_words(share)),
    "revoice_beyond": lambda world, share: _said(world, share, share.post.text.replace("Lyon", "Nantes")),
    "revoice_what_is_offered_no_longer": lambda world, share: _said(
        world, share, _own_words(share), before_it_leaves=_ended
    ),
    "revoice_while_switched_off": lambda world, share: _said(
        world, share, _own_words(share), before_it_leaves=_switched_off
    ),
}


def said_by_us(share):
    """What a copy has to say beside its author's words."""
    return share.words + TAG


def clearance_of(share, text):
    """The digest whose approvals count for a copy too: what it re-voices, where every word of it was said there."""
    original = Job.objects.get(share=share.revoices_id)
    before = canonical.read(original.sealed)["text"]
    new = {word.strip(":.,").lower() for word in text.split()} - {word.strip(":.,").lower() for word in before.split()}
    return canonical.digest(original.sealed) if new <= HARMLESS else None


def stops(share, destination):
    """What keeps a copy back."""
    if share.revoices_id is None:
        return {"a company share went to somebody's own account": destination.owner_id is not None}
    return {
        "it is offered no longer": not Offer.objects.filter(share=share.revoices_id, ended_at=None).exists(),
        "own accounts are switched off": not OwnKind.objects.filter(kind=destination.kind, is_open=True).exists(),
        "the company's words are not out": Share.objects.get(pk=share.revoices_id).state != "sent",
        "the account is somebody else's": destination.owner_id != share.author_id,
    }
