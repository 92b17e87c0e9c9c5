"""Forget who somebody was; their number stays, for it stands in what others wrote and in the audit log."""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

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
    locked.email = locked.department = locked.title = locked.time_zone = ""
    locked.language = locked.asked_language = ""
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
    for relation in own_relations():
        if relation.related_model not in sparing:
            rows = relation.related_model._default_manager.filter(**{relation.field.name: person})
            gone[relation.related_model._meta.label_lower] += rows.delete()[0]
    return +gone


def own_relations() -> Iterator[Any]:
    """Give the relations of all packages whose rows would go with a person's row."""
    # Hidden ones, too: a table whose rows nobody asks a person for is hidden, and as personal as the others.
    for relation in Person._meta.get_fields(include_hidden=True):
        if relation.auto_created and getattr(relation, "on_delete", None) is models.CASCADE:
            yield relation
