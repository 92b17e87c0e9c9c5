"""Praise: who is praised in a post. What for is in the post's part."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person
from corpblog.posts.models.posts import Post


class PraisedPerson(models.Model):
    """Somebody who is praised."""

    class For(models.TextChoices):
        """What for; each has a picture, `praise-…` in frontend/icons/."""

        DONE = "done", _("Well done")
        THANKS = "thanks", _("Thank you")
        HELP = "help", _("There when needed")
        TEAM = "team", _("Team player")
        IDEA = "idea", _("Great idea")
        GROWTH = "growth", _("Learns and teaches")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="praised")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="praised_in")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "person"], name="a_post_praises_somebody_once")]
        indexes = [models.Index(fields=["person", "-post"], name="praise_by_person")]
