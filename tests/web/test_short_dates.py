"""Short days and months are written as the reader's language writes them."""

from datetime import date

import pytest
from django.utils import translation

from corpblog.web.short_dates import short_day, short_month

OCTOBER = date(2026, 10, 28)


@pytest.mark.parametrize(("language", "day", "month"), [("en", "28 Oct", "Oct 2026"), ("fr", "28 oct.", "oct. 2026")])
def test_a_month_is_short_in_each_language(language, day, month):
    with translation.override(language):
        assert (short_day(OCTOBER), short_month(OCTOBER)) == (day, month)
