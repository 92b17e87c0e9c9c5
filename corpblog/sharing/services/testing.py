"""Try a destination with a sentence of our own: an ordinary share, judged, held and sealed as any other."""

from django.utils import timezone
from django.utils.translation import gettext as _

from corpblog.people.models import Person
from corpblog.posts.services import publish
from corpblog.sharing import access
from corpblog.sharing.models import Destination, Share
from corpblog.sharing.services.asking import request_share
from corpblog.sharing.wishes import Wish
from corpblog.teams.services import ensure_storyline


def send_test(*, by: Person, destination: Destination) -> Share:
    """Post the sentence on the admin's own storyline and ask that it leave; nothing about it skips the gate.

    It is as private there as the network can (`Trial`).
    """
    access.check_may_connect(by)
    moment = timezone.localtime().strftime("%Y-%m-%d %H:%M:%S")
    text = _("This is a test of %(name)s. Please ignore it. %(moment)s") % {"name": destination.name, "moment": moment}
    post = publish(by=by, channel=ensure_storyline(by), text=text)
    return request_share(by=by, post=post, destination=destination, wish=Wish(is_trial=True))
