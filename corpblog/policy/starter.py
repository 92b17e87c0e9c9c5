"""The policy that a first draft starts from."""

from functools import cache

from corpblog.policy.documents import add_rules
from corpblog.policy.ready_made import PACKS

_EMPTY = """\
# What leaves the company, and what a person looks at first.
# Every rule has examples: a version in which one of them does not hold cannot be put in force.
policy: 1
name: Starter policy
# Say what is your own: domains of your e-mail addresses, and hosts that only your network knows.
# company: {domains: [acme.example], internal_hosts: [intranet.acme.example]}
rules: []

default: {external: allow, internal: allow}
"""
_FIRST = ("secrets", "payment-data", "internal-links-and-markings")


@cache
def starter() -> str:
    """Return the YAML of a policy that suits most companies on their first day."""
    text = _EMPTY
    for name in _FIRST:
        text, _added = add_rules(text, PACKS[name].source)
    return text
