"""The policy of the demo company: written by one IT admin, put in force by the other."""

from pathlib import Path

from corpblog.config.demo.people_and_places import Cast
from corpblog.policy import services as policy
from corpblog.policy.models import PolicyVersion

_PACK = Path(policy.__file__).resolve().parents[1] / "packs" / "acme.yaml"


def put_in_force(cast: Cast) -> None:
    """As two people, like every company must."""
    if PolicyVersion.objects.in_force().exists():
        return
    draft = policy.create_draft(by=cast["irene"])
    draft = policy.edit_draft(
        by=cast["irene"],
        number=draft.number,
        edit=draft.edit,
        source=_PACK.read_text(encoding="utf-8") if _PACK.exists() else draft.source,
    )
    policy.propose(
        by=cast["irene"], number=draft.number, edit=draft.edit, note="What leaves Acme, and what is looked at first."
    )
    policy.put_in_force(by=cast["ivan"], number=draft.number, replacing=None)
