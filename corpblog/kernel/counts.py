"""How many, as people write it."""

from django.utils.formats import number_format


class Count(int):
    """A number of things: text of it has the separators of thousands of the reader's language, `12,345`.

    For sentences and templates alone. It counts, compares and chooses plurals as any number; JSON has its plain digits.
    Django could write every number of a template so, but ids, addresses and the values of forms are numbers, too.
    """

    def __str__(self) -> str:
        return str(number_format(int(self), force_grouping=True))
