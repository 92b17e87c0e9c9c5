"""The address in each message that ends the mail, without a sign-in: whoever holds the message may stop it."""

from typing import Final

from django.core import signing

from corpblog.notifications.wishes import stop_mail
from corpblog.people.models import Person

SALT: Final = "corpblog.unsubscribe"


def address_for(person: Person) -> str:
    """Return the path that ends somebody's mail; it does so for good, for a message may be old."""
    return f"/unsubscribe/{signing.dumps(person.pk, salt=SALT)}/"


def person_of(token: str) -> Person | None:
    """Return whose mail a token ends; None for a token that is not ours."""
    try:
        number = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return Person.objects.get_queryset().filter(pk=number).first()


def unsubscribe(token: str) -> bool:
    """End the mail that the token names; False where it names none."""
    person = person_of(token)
    if person is None:
        return False
    stop_mail(person)
    return True
