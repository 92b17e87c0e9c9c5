"""How somebody wants to see Corpblog."""

from django.conf import settings
from django.utils.translation import gettext as _

from corpblog.kernel.errors import Invalid
from corpblog.people.models import Person


def save_preferences(
    *, person: Person, language: str | None = None, theme: str | None = None, single_keys: bool | None = None
) -> None:
    """Keep what is given; what is not given stays. Raises Invalid for a language or theme that does not exist."""
    changes: dict[str, str | bool] = {}
    if language is not None:
        changes["language"] = known(language, [code for code, _name in settings.LANGUAGES])
    if theme is not None:
        changes["theme"] = known(theme, Person.Theme.values)
    if single_keys is not None:
        changes["single_keys"] = single_keys
    for name, value in changes.items():
        setattr(person, name, value)
    person.save(update_fields=list(changes))


def known(value: str, choices: list[str]) -> str:
    """The value, if it is one of the choices."""
    if value not in choices:
        raise Invalid(_("This choice does not exist."))
    return value
