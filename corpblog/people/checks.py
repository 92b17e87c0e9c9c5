"""What must be right before anybody may sign in through the directory."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from corpblog.people.directory.flavours import FLAVOURS
from corpblog.people.directory.settings import DirectorySettings
from corpblog.people.models import Role
from corpblog.people.services.directory_people import LEADER


@register(Tags.security)
def check_directory(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Errors, which stop the start, for a directory that would be asked in the clear, or by wrong questions."""
    directory: DirectorySettings | None = settings.DIRECTORY
    if directory is None:
        return []
    problems = [*_transport_problems(directory), *_question_problems(directory)]
    return [Error(text, hint=hint, id=f"people.E{number:03}") for number, text, hint in problems]


def _transport_problems(directory: DirectorySettings) -> list[tuple[int, str, str]]:
    problems = []
    plain = directory.uri.lower().startswith("ldap://")
    if directory.demo is None and not directory.speaks_tls_first and not (plain and directory.start_tls):
        hint = "Use ldaps://…, or ldap://… with CORPBLOG_LDAP_START_TLS on."
        problems.append((1, "Passwords would go to the directory without TLS.", hint))
    if directory.demo is None and not Path(directory.ca_file or "/nowhere").is_file():
        hint = "Set CORPBLOG_LDAP_CA_FILE to a readable file with the authority of the directory's certificate."
        problems.append((2, "Nothing says which directory certificates to trust.", hint))
    if not directory.bind_dn or (directory.demo is None and not directory.bind_password):
        hint = "Set CORPBLOG_LDAP_BIND_DN and CORPBLOG_LDAP_BIND_PASSWORD_FILE."
        problems.append((3, "Corpblog has no account of its own in the directory.", hint))
    return problems


def _question_problems(directory: DirectorySettings) -> list[tuple[int, str, str]]:
    problems = []
    if not directory.people_base or not directory.groups_base:
        problems.append(
            (4, "Where people and groups are is not set.", "Set CORPBLOG_LDAP_PEOPLE_BASE and …GROUPS_BASE.")
        )
    # Anything else after a percent sign would be formatted unescaped, or stop each sign-in with an error.
    if not re.fullmatch(r"\((?:[^%]|%\(user\)s)*%\(user\)s(?:[^%])*\)", directory.people_filter):
        hint = "Use for example (uid=%(user)s)."
        problems.append((5, "CORPBLOG_LDAP_PEOPLE_FILTER is no filter with %(user)s in it.", hint))
    if directory.flavour not in FLAVOURS:
        problems.append((6, "CORPBLOG_LDAP_FLAVOUR is unknown.", f"Use one of: {', '.join(FLAVOURS)}."))
    unknown = {role for roles in directory.roles.values() for role in roles} - {*Role.values, LEADER}
    if unknown:
        hint = f"Roles are: {', '.join([*Role.values, LEADER])}."
        problems.append((7, f"CORPBLOG_LDAP_ROLES names unknown roles: {', '.join(sorted(unknown))}.", hint))
    return problems
