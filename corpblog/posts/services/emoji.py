"""Add emoji of the company's own, and retire them. Whoever administers the installation does."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import blobs, clock
from corpblog.kernel.errors import Conflict, Invalid, NotFound
from corpblog.people.models import Person
from corpblog.policy import files as readings
from corpblog.posts import access, custom_emoji, files
from corpblog.posts.models import CustomEmoji


def add_emoji(*, by: Person, name: str, data: bytes) -> CustomEmoji:
    """Offer a picture under a name, written anew and small; raise Invalid or Conflict in words.

    data: of the picture, at most half a megabyte.
    """
    access.must_administer_emoji(by)
    cleaned = custom_emoji.clean_name(name)
    if not data:
        raise Invalid(_("Choose a picture."))
    if len(data) > custom_emoji.LARGEST:
        raise Invalid(_("This picture is larger than 512 kB. Make it smaller, then add it again."))
    if not readings.picture_kind(data):
        raise Invalid(_("This is no picture. Choose a PNG, JPEG, GIF or WebP file."))
    small = files.encoded(data, side=custom_emoji.SIDE).thumbnail
    try:
        return _stored(by, cleaned, blobs.write(small))
    except IntegrityError as error:
        # Two at once: the database let one of them through.
        raise _taken(cleaned) from error


@transaction.atomic
def _stored(by: Person, name: str, picture: str) -> CustomEmoji:
    rows = CustomEmoji.objects
    if rows.filter(name=name).exists():
        raise _taken(name)
    same = rows.offered().filter(picture=picture).first()
    if same is not None:
        raise Conflict(_("This picture is there already, as %(code)s.") % {"code": same.code}, emoji=same.name)
    if rows.offered().count() >= custom_emoji.MOST:
        raise Invalid(_("There are %(most)s emoji. Retire one, then add this one.") % {"most": custom_emoji.MOST})
    made: CustomEmoji = rows.create(name=name, picture=picture, made_by=by)
    record(action="emoji.added", actor_id=by.pk, subject=f"emoji:{name}", picture=picture)
    return made


def _taken(name: str) -> Conflict:
    message = _("“%(name)s” is or was the name of another emoji, which old posts show. Choose another name.")
    return Conflict(message % {"name": name}, emoji=name)


@transaction.atomic
def retire_emoji(*, by: Person, name: str) -> CustomEmoji:
    """Offer an emoji no longer; it stays where it stands. Retiring it twice is retiring it."""
    access.must_administer_emoji(by)
    row: CustomEmoji | None = CustomEmoji.objects.select_for_update().filter(name=name).first()
    if row is None:
        raise NotFound(_("There is no emoji by that name."))
    if row.retired_at is None:
        row.retired_at = clock.now()
        row.save(update_fields=["retired_at"])
        record(action="emoji.retired", actor_id=by.pk, subject=f"emoji:{name}")
    return row


def needed_pictures(digests: set[str]) -> set[str]:
    """Return those of these digests that an emoji shows, retired ones too; see `blobs.kept_by`."""
    return set(CustomEmoji.objects.filter(picture__in=digests).values_list("picture", flat=True))
