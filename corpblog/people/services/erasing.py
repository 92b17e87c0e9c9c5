"""Forget who somebody was; their number stays, for it stands in what others wrote and in the audit log."""

from collections import Counter
from collections.abc import Collection

from django.conf import settings
from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from corpblog.people.models import Person
from corpblog.people.services.cut_off import end_sessions


@transaction.atomic
def erase_profile(person: Person, *, sparing: Collection[type[models.Model]] = ()) -> Counter[str]:
    """Replace everything that names somebody by a number, and delete what is theirs alone; return how much, by table.

    Theirs alone is what would be deleted with their row (CASCADE), in whichever package; what is evidence is protected
    there (PROTECT) and stays. sparing: tables that the layers above deal with themselves.
    """
    end_sessions(person=person)
    locked = Person.objects.get_queryset().select_for_update().get(pk=person.pk)
    with translation.override(settings.LANGUAGE_CODE):
        locked.display_name = _("Former colleague")
    locked.username = f"erased-{locked.pk}"
    locked.email = locked.department = locked.title = locked.language = locked.time_zone = ""
    locked.manager, locked.is_leader = None, False
    if locked.directory_id is not None:
        # Who comes back under the same entry is somebody new here.
        locked.directory_id = f"erased-{locked.pk}"
    locked.is_active, locked.inactive_because = False, Person.Inactive.ADMIN
    locked.set_unusable_password()
    locked.save()
    locked.directory_groups.clear()
    return _delete_own(locked, sparing)


def _delete_own(person: Person, sparing: Collection[type[models.Model]]) -> Counter[str]:
    gone: Counter[str] = Counter()
    for relation in Person._meta.related_objects:
        rows, field = relation.related_model, relation.field
        if getattr(relation, "on_delete", None) is not models.CASCADE or rows in sparing:
            continue
        count = rows._default_manager.filter(**{field.name: person}).delete()[0]
        gone[rows._meta.label_lower] += count
    return +gone
