"""The company's public press page: part of Corpblog, so it is always there and never unclear."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from corpblog.kernel import clock
from corpblog.sharing.connectors.base import (
    USUAL,
    Account,
    Arrived,
    Correction,
    Question,
    Refused,
    Repeat,
    Takes,
    Target,
    Trial,
)
from corpblog.sharing.marks import ALL
from corpblog.sharing.models.press import PressItem
from corpblog.sharing.seals import SealedPayload


class PressPage:
    kind = "press"
    title: str | Promise = _("Press page")
    repeat = Repeat.KEY
    correction = Correction(in_place=True, repeat=Repeat.KEY)
    marks = ALL
    takes = Takes(most=10, largest=25 * 1024 * 1024, pictures_only=False)
    trial = Trial.TAKEN_BACK
    patience = USUAL
    questions: tuple[Question, ...] = ()

    def longest(self, config: Mapping[str, Any]) -> int | None:
        return None

    def length(self, text: str) -> int:
        return len(text)

    def publish(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        """Put the sealed bytes on show; the job's id is the key, so a repetition finds them there."""
        PressItem.objects.get_or_create(
            pk=payload.job_id,
            defaults={
                "destination_id": target.destination_id,
                "sealed": payload.body,
                "digest": payload.digest,
                "published_at": clock.now(),
            },
        )
        return _arrived(payload.job_id)

    def correct(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        """Put the corrected bytes on show in the same place; the item says since when."""
        item = int(payload.content["corrects"]["remote_id"])
        now_there = {"sealed": payload.body, "digest": payload.digest, "corrected_at": clock.now()}
        if not PressItem.objects.filter(pk=item, withdrawn_at__isnull=True).update(**now_there):
            raise Refused("gone_there", for_good=True)
        return _arrived(item)

    def find(self, payload: SealedPayload, target: Target, *, since: datetime, known: frozenset[str]) -> Arrived | None:
        return _arrived(payload.job_id) if PressItem.objects.filter(pk=payload.job_id).exists() else None

    def delete(self, remote_id: str, target: Target) -> None:
        PressItem.objects.filter(pk=int(remote_id), withdrawn_at__isnull=True).update(withdrawn_at=clock.now())

    def verify(self, target: Target) -> Account:
        return Account(account="press", name="", url="/press/", longest=None)


def _arrived(item_id: int) -> Arrived:
    return Arrived(remote_id=str(item_id), url=f"/press/{item_id}/")
