"""What the layers above learn about shares."""

from dataclasses import dataclass

from corpblog.kernel.events import Event


@dataclass(frozen=True)
class ShareChanged:
    """A share moved; `people` are those whose pages show it."""

    share_id: int
    state: str
    author_id: int
    requester_id: int

    @property
    def people(self) -> frozenset[int]:
        return frozenset({self.author_id, self.requester_id})


share_changed: Event[ShareChanged] = Event("share_changed")
