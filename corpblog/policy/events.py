"""What the layers above learn about policies."""

from dataclasses import dataclass
from typing import Literal

from corpblog.kernel.events import Event

Step = Literal["proposed", "in_force", "refused", "broken", "list_shrank", "list_unread"]


@dataclass(frozen=True)
class PolicyChanged:
    """A version took a step that others must know about.

    weaker: whether it lowers protection; then reviewers are told before it can be put in force.
    """

    number: int
    step: Step
    actor_id: int | None
    weaker: bool = False


policy_changed: Event[PolicyChanged] = Event("policy_changed")
