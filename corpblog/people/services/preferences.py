"""How somebody wants to see Corpblog."""

from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext as _

from corpblog.kernel.errors import Invalid
from corpblog.people.models import Person


def save_preferences(
    *,
    person: Person,
    language: str | None = None,
    theme: str | None = None,
    single_keys: bool | None = None,
    time_zone: str | None = None,
    is_compact: bool | None = None,
) -> None:
    """Keep what is given; what is not given stays. Raises Invalid for what does not exist.

    An empty language or time zone is none of one's own: the browser's, and the company's.
    """
    changes: dict[str, str | bool] = {}
    if language is not None:
        changes["language"] = known(language, ["", *(code for code, _name in settings.LANGUAGES)])
    if theme is not None:
        changes["theme"] = known(theme, Person.Theme.values)
    if time_zone is not None:
        changes["time_zone"] = known(time_zone, ["", *time_zones()])
    if single_keys is not None:
        changes["single_keys"] = single_keys
    if is_compact is not None:
        changes["is_compact"] = is_compact
    for name, value in changes.items():
        setattr(person, name, value)
    person.save(update_fields=list(changes))


def note_asked_language(*, person: Person, language: str) -> None:
    """Note what the person's browser asks for; writes only what is new."""
    if language == person.asked_language or language not in dict(settings.LANGUAGES):
        return
    person.asked_language = language
    person.save(update_fields=["asked_language"])


def time_zones() -> list[str]:
    """Return the names of places with a clock of their own, without the abbreviations of old."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))


def known(value: str, choices: list[str]) -> str:
    """The value, if it is one of the choices."""
    if value not in choices:
        raise Invalid(_("This choice does not exist."))
    return value
