"""English for readers on both sides of the Atlantic: the day first, the month by its name, hours to 24.

Django's own are American: `11/26/2026` is no day in London, and `6/7/2026` another one. Scripts go further and write as
the reader's browser does.
"""

DATE_FORMAT = SHORT_DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j M Y, H:i"
MONTH_DAY_FORMAT = "j F"
YEAR_MONTH_FORMAT = "F Y"
FIRST_DAY_OF_WEEK = 1
