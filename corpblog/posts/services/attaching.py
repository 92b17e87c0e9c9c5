"""Add files to a draft, remove them there, and give them to a post, described and in an order."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from corpblog.kernel import blobs, clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.kernel.limits import Limit
from corpblog.people.models import Person
from corpblog.policy import files as readings
from corpblog.posts import access, files
from corpblog.posts.errors import Undescribed, no_such_file
from corpblog.posts.files import Wish
from corpblog.posts.models import Attachment, Post
from corpblog.posts.services.drafting import check_place, forget_removed

UPLOADS: Final = Limit("uploads", 60, timedelta(minutes=10))
# What was added and never posted; the composer shows it until then.
DRAFTS_KEEP_FILES: Final = timedelta(days=14)


def attach(*, by: Person, place: str, name: str, data: bytes) -> Attachment:
    """Keep a file for the draft of a place and read what it says.

    Pictures are written anew, so that nothing of where and by whom they were taken is kept.
    """
    check_place(place)
    if not by.is_active:
        raise NotAllowed(_("You cannot add files."))
    if not data:
        raise Invalid(_("This file is empty. Choose another one."))
    if len(data) > files.LARGEST:
        raise Invalid(_("This file is larger than 25 MB. Make it smaller, or put a link to it."))
    _check_room(by, place)
    UPLOADS.hit(str(by.pk))
    clean = files.clean_name(name)
    made = Attachment(owner=by, place=place, name=clean)
    kept = _keep_picture(made, data) if readings.picture_kind(data) else _keep_file(made, data)
    read = readings.learn(kept, digest=made.sha256, name=clean)
    # What was encoded by us is what we say it is; of everything else the reader knows.
    made.kind = made.kind or read.kind
    return _stored(made)


def _keep_picture(made: Attachment, data: bytes) -> bytes:
    picture = files.encoded(data)
    made.kind, made.width, made.height = picture.kind, picture.width, picture.height
    made.size, made.sha256 = len(picture.data), blobs.write(picture.data)
    made.thumbnail = blobs.write(picture.thumbnail)
    made.name = files.named_as(made.name, picture.kind)
    return picture.data


def _keep_file(made: Attachment, data: bytes) -> bytes:
    made.size, made.sha256 = len(data), blobs.write(data)
    return data


@transaction.atomic
def _stored(made: Attachment) -> Attachment:
    # One at a time: ten that arrive at once must not each see nine.
    Person.objects.select_for_update(no_key=True).get(pk=made.owner_id)
    _check_room(made.owner, made.place)
    last = _of_draft(made.owner, made.place).aggregate(last=Max("position"))["last"]
    made.position = 0 if last is None else last + 1
    made.save(force_insert=True)
    return made


def _check_room(by: Person, place: str) -> None:
    if _of_draft(by, place).count() >= files.MOST:
        raise Invalid(_("A post takes ten files. Remove one, then add this one."))


def _of_draft(by: Person, place: str) -> QuerySet[Attachment]:
    return Attachment.objects.filter(owner=by, place=place, post__isnull=True, removed_at__isnull=True)


@transaction.atomic
def detach(*, by: Person, file_id: int) -> None:
    """Remove a file from a draft; removing it twice is removing it.

    It goes for good once no version of the draft has it any more: another device may have written one that does.
    """
    there = Attachment.objects.filter(pk=file_id, owner=by, post__isnull=True)
    if there.filter(removed_at__isnull=True).update(removed_at=clock.now()) and (file := there.first()):
        forget_removed(by, file.place)


def carried(by: Person, wishes: Sequence[Wish]) -> list[files.Facts]:
    """Return what a post would carry of a draft's files as they are now, without those that are gone: for a preview."""
    rows = Attachment.objects.select_related("post__channel").in_bulk([wish.file_id for wish in wishes])
    facts: list[files.Facts] = []
    for wish in wishes:
        row = rows.get(wish.file_id)
        if row is not None and access.can_describe_file(by, row):
            row.alt = "" if wish.is_decorative else wish.alt[: files.LONGEST_ALT]
            facts.append(row.facts)
    return facts


def wished(by: Person, wishes: Sequence[Wish]) -> list[Attachment]:
    """Return the files of these wishes, described, in their order; raise where one is not the person's to post."""
    if len(wishes) > files.MOST or len({wish.file_id for wish in wishes}) != len(wishes):
        raise Invalid(_("A post takes ten files, each once."))
    rows = Attachment.objects.in_bulk([wish.file_id for wish in wishes])
    found = [_described(by, rows.get(wish.file_id), wish) for wish in wishes]
    if any(row.is_image and not (row.alt or row.is_decorative) for row in found):
        raise Undescribed
    return found


def _described(by: Person, row: Attachment | None, wish: Wish) -> Attachment:
    if row is None or not access.can_change_file(by, row):
        raise Conflict(_("One of the files is not there any more. Remove it, and add it again."), file=wish.file_id)
    row.alt = "" if wish.is_decorative else files.clean_alt(wish.alt)
    row.is_decorative = wish.is_decorative
    return row


def redescribed(by: Person, post: Post, wishes: Sequence[Wish]) -> list[Attachment]:
    """Return a post's files in their order, with what the wishes say of them; those that none names stay as they are.

    Raises NotFound for a file of another post, Undescribed for a picture that would lose its description.
    """
    rows = {row.pk: row for row in Attachment.objects.filter(post=post).select_related("post__channel")}
    for wish in wishes:
        row = rows.get(wish.file_id)
        if row is None or not access.can_describe_file(by, row):
            raise no_such_file()
        row.alt, row.is_decorative = "" if wish.is_decorative else files.clean_alt(wish.alt), wish.is_decorative
        row.name = files.clean_name(wish.name) if wish.name else row.name
        if row.is_image and not (row.alt or row.is_decorative):
            raise Undescribed
    return sorted(rows.values(), key=lambda row: (row.position, row.pk))


def bind(post: Post, attachments: Sequence[Attachment]) -> None:
    """Give the files to the post, in its transaction; raise where another post was faster."""
    for position, row in enumerate(attachments):
        free = Attachment.objects.filter(pk=row.pk, owner=post.author_id, post__isnull=True)
        # Another device may have removed it from its version of the draft; this one posts it.
        changed = {"alt": row.alt, "is_decorative": row.is_decorative, "position": position, "removed_at": None}
        if not free.update(post=post.pk, **changed):
            raise Conflict(_("One of the files was just posted elsewhere. Add it again."), file=row.pk)


def forget_old_files() -> int:
    """Drop what was added and not posted for two weeks; the worker calls this daily."""
    old = Attachment.objects.filter(post__isnull=True, created_at__lt=clock.now() - DRAFTS_KEEP_FILES)
    # A scheduled post may wait for a year.
    return old.exclude(place__startswith="scheduled:").delete()[0]


def needed(digests: set[str]) -> set[str]:
    """Return those of these digests that a file of a post or a draft has; see `blobs.kept_by`."""
    wholes = Attachment.objects.filter(sha256__in=digests).values_list("sha256", flat=True)
    smalls = Attachment.objects.filter(thumbnail__in=digests).values_list("thumbnail", flat=True)
    return {*wholes, *smalls}
