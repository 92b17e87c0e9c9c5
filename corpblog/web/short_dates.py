"""Days and months as charts and lists have room for them, in the reader's language.

Django's `M` is a capital in every language; French writes `28 oct.`.
"""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import pgettext


def short_day(day: date) -> str:
    """Return `28 Oct`."""
    return date_format(day, pgettext("Django’s date format for a day without its year", "j M"))


def short_month(day: date) -> str:
    """Return `Oct 2026`."""
    return date_format(day, pgettext("Django’s date format for a short month and its year", "M Y"))
