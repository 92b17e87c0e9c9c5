"""What somebody keeps for themselves: searches to ask again, hashtags to follow."""

from django.db import models

from corpblog.people.models import Person


class SavedSearch(models.Model):
    """A question that somebody asks again and again; nobody else sees it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_searches")
    query = models.CharField(max_length=200)
    seen = models.BigIntegerField(default=0, help_text="The newest post that was there when its person last looked.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "query"], name="a_search_is_saved_once")]


class FollowedTag(models.Model):
    """A hashtag, folded, whose posts somebody wants to see."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="followed_tags")
    tag = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "tag"], name="a_tag_is_followed_once")]


class Folder(models.Model):
    """Where somebody puts bookmarks."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="bookmark_folders")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="one_folder_per_name")]
