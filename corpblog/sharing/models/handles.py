"""Who people are on other networks, as far as they say so themselves."""

from django.db import models
from django.db.models import Q

from corpblog.people.models import Person


class PublicHandle(models.Model):
    """The name under which a person wants to be mentioned on one kind of network, without its @."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, help_text="The connector's kind.")
    handle = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="one_public_name_a_network"),
            models.CheckConstraint(condition=~Q(handle=""), name="a_public_name_is_not_empty"),
        ]
