"""Who you are: people from the directory, their roles, the groups they are in, and their sessions."""

import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from corpblog.kernel import clock


def normal_username(username: str) -> str:
    """Return the one spelling under which a username is kept: ` ALICE` and `alice` are one person."""
    return unicodedata.normalize("NFKC", username).strip().lower()


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> "PersonQuerySet":
        return self.filter(is_active=True)

    def called(self, names: Collection[str]) -> "PersonQuerySet":
        """People by what others call them: their username, or their whole name."""
        found = models.Q(username__in=[normal_username(name) for name in names])
        for name in names:
            found |= models.Q(display_name__iexact=name)
        return self.filter(found)

    def with_role(self, role: str) -> "PersonQuerySet":
        return self.filter(roles__role=role).distinct()


class PersonManager(BaseUserManager["Person"]):
    def get_queryset(self) -> PersonQuerySet:
        return PersonQuerySet(self.model, using=self._db)

    def active(self) -> PersonQuerySet:
        return self.get_queryset().active()

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username=normal_username(username or ""))


class Person(AbstractBaseUser):
    """An employee, from the directory; or a local account that opens the door when the directory is gone."""

    class Source(models.TextChoices):
        DIRECTORY = "directory", _("Directory")
        LOCAL = "local", _("Local")

    class Inactive(models.TextChoices):
        """Why somebody is cut off. Only what the directory took can it give back."""

        DISABLED = "disabled", _("Disabled in the directory")
        MISSING = "missing", _("No longer in the directory")
        ADMIN = "admin", _("Cut off by an administrator")

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    # Whether the roles are read once and kept: for who asks in a request, see `access.held_roles`.
    keeps_roles = False

    username = models.CharField(max_length=150, unique=True)
    display_name = models.CharField(max_length=150)
    email = models.EmailField(blank=True)
    department = models.CharField(max_length=150, blank=True)
    title = models.CharField(max_length=150, blank=True)
    manager = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="team")
    is_active = models.BooleanField(default=True)
    inactive_because = models.CharField(max_length=20, choices=Inactive.choices, blank=True)
    is_leader = models.BooleanField(default=False)

    source = models.CharField(max_length=10, choices=Source.choices, default=Source.DIRECTORY)
    # entryUUID or objectGUID: survives renames, and proves that a directory entry is not somebody else of that name.
    directory_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    local_until = models.DateTimeField(null=True, blank=True, help_text="When a break-glass account stops working.")

    language = models.CharField(max_length=5, blank=True)
    asked_language = models.CharField(
        max_length=5, blank=True, help_text="What a browser of theirs asked for last, while they chose none."
    )
    theme = models.CharField(max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    time_zone = models.CharField(max_length=64, blank=True, help_text="IANA name; empty: as the installation.")
    is_compact = models.BooleanField(default=False, help_text="Lists with less room around each post.")
    single_keys = models.BooleanField(default=True, help_text="Single-key shortcuts (WCAG 2.1.4).")
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="one_person_per_username"),
            models.CheckConstraint(
                condition=models.Q(source="local") | models.Q(directory_id__isnull=False),
                name="directory_people_have_an_id",
            ),
            models.CheckConstraint(
                condition=models.Q(source="directory") | models.Q(directory_id__isnull=True),
                name="local_accounts_stay_local",
            ),
        ]

    def __str__(self) -> str:
        return self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.username = normal_username(self.username)
        super().save(*args, **kwargs)

    @property
    def has_expired(self) -> bool:
        """Whether this is a break-glass account whose time is over."""
        return self.local_until is not None and self.local_until <= clock.now()

    @property
    def spoken_language(self) -> str:
        """What to write to them in: the language they chose, or their browser asked for last, or the company's."""
        return self.language or self.asked_language or settings.LANGUAGE_CODE

    @property
    def zone(self) -> ZoneInfo:
        """Where their clock stands; the installation's where they never said."""
        return ZoneInfo(self.time_zone or settings.TIME_ZONE)

    @property
    def initials(self) -> str:
        parts = self.display_name.split() or [self.username]
        return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()

    @property
    def hue(self) -> int:
        """The avatar's colour class, 0 to 7, the same on every page."""
        return int(self.pk or 0) % 8


class Role(models.TextChoices):
    """What somebody may do beyond an employee; see docs/admin/roles.md."""

    COMPLIANCE = "compliance", _("Compliance officer")
    POLICY_ADMIN = "policy_admin", _("Policy admin")
    CONNECTOR_ADMIN = "connector_admin", _("Connector admin")
    SYSTEM_ADMIN = "system_admin", _("System admin")
    AUDITOR = "auditor", _("Auditor")
    COMMUNICATIONS = "communications", _("Communications")


class RoleGrant(models.Model):
    """A role somebody has, and where it comes from."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    source = models.CharField(max_length=10, choices=Person.Source.choices, default=Person.Source.DIRECTORY)
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "role"], name="a_role_is_granted_once")]


class DirectoryGroup(models.Model):
    """A group of the directory that Corpblog was told to mirror."""

    directory_id = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=150, unique=True)
    people = models.ManyToManyField(Person, related_name="directory_groups")

    def __str__(self) -> str:
        return self.name


class SyncRun(models.Model):
    """One round with the directory, as administrators see it; only the last ones are kept."""

    class Outcome(models.TextChoices):
        DONE = "done", _("Done")
        UNREADABLE = "unreadable", _("The directory could not be read")
        BRAKED = "braked", _("Stopped: too much would have been taken away")

    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    people = models.PositiveIntegerField(default=0, help_text="How many the directory listed.")
    report = models.JSONField(default=list, help_text="Changes, or why there were none, a line each.")

    class Meta:
        indexes = [models.Index(fields=["-at"])]


class Session(AbstractBaseSession):
    """A signed-in browser, tied to its person so that leaving cuts it off at once."""

    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="sessions")
    user_agent = models.CharField(max_length=200, blank=True)
    signed_in_at = models.DateTimeField()

    @classmethod
    def get_session_store_class(cls) -> Any:
        from corpblog.people.sessions import SessionStore

        return SessionStore


class Scope(models.TextChoices):
    """What a token is good for; the names are Mastodon's, so that phone clients know them."""

    READ = "read", _("Read what you may read")
    WRITE = "write", _("Post and act in your name")
    FOLLOW = "follow", _("Follow people and channels")
    PUSH = "push", _("Receive push notices")


class AccessToken(models.Model):
    """Lets a program act for its person. The secret is shown once; only its digest is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60, help_text="What its person calls it.")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret.")
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="a_token_lives_for_a_while"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="a_token_has_a_name"),
        ]

    @property
    def scope_names(self) -> list[str]:
        """What it is good for, in the language of who looks."""
        return [str(Scope(scope).label) for scope in self.scopes]


class DataExport(models.Model):
    """What Corpblog keeps of somebody, gathered for them to take along; dropped after a week."""

    KEPT_FOR: ClassVar = timedelta(days=7)

    class State(models.TextChoices):
        ASKED = "asked", _("Being gathered")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="exports")
    state = models.CharField(max_length=6, choices=State.choices, default=State.ASKED)
    done = models.PositiveSmallIntegerField(default=0, help_text="How many parts are gathered, of those there are.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="Digest of the ZIP's bytes.")
    size = models.PositiveBigIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0, help_text="Files whose bytes could not be read.")
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(state="asked"), name="one_export_at_a_time_each"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ready") | (models.Q(ready_at__isnull=False) & ~models.Q(sha256="")),
                name="a_ready_export_has_its_bytes",
            ),
        ]

    @property
    def ends_at(self) -> datetime:
        """When it is dropped."""
        return self.asked_at + self.KEPT_FOR
