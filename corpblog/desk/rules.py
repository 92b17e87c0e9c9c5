"""The rules that decide now, by what officers call them."""

from collections.abc import Mapping

from django.utils.translation import get_language

from corpblog.policy import selectors as policy


def rules_in_force() -> Mapping[str, str]:
    """Return the ids of the rules in force, each with its title in the reader's language."""
    found = policy.in_force().policy
    if found is None:
        return {}
    return {rule.id: rule.title.in_language(get_language() or "en") or rule.id for rule in found.rules}
