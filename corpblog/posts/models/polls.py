"""A poll: what can be chosen, and who chose. Who voted is kept so that nobody votes twice; what for, no page shows."""

from django.db import models
from django.db.models import Q

from corpblog.people.models import Person
from corpblog.posts.models.posts import Post

MOST_OPTIONS = 10


class Poll(models.Model):
    """The question is the post's text."""

    post = models.OneToOneField(Post, primary_key=True, on_delete=models.CASCADE, related_name="poll")
    is_multiple = models.BooleanField(default=False, help_text="Several answers may be chosen.")
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, help_text="When the worker ended it and told its voters.")

    class Meta:
        indexes = [models.Index(fields=["ends_at"], condition=Q(closed_at__isnull=True), name="poll_open")]


class PollOption(models.Model):
    """One answer."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "position"], name="one_answer_per_place"),
            models.CheckConstraint(condition=Q(position__lt=MOST_OPTIONS), name="a_poll_has_ten_places"),
            models.CheckConstraint(condition=~Q(text=""), name="an_answer_says_something"),
        ]


class Ballot(models.Model):
    """Somebody voted. The row is what makes a second vote impossible."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="ballots")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "person"], name="everybody_votes_once")]


class BallotChoice(models.Model):
    """What somebody chose."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="choices")
    option = models.ForeignKey(PollOption, on_delete=models.CASCADE, related_name="+")
    is_only = models.BooleanField(help_text="The poll takes one answer; written here so that the database minds it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ballot", "option"], name="an_answer_is_chosen_once"),
            models.UniqueConstraint(
                fields=["ballot"], condition=Q(is_only=True), name="one_answer_where_one_may_be_chosen"
            ),
        ]
