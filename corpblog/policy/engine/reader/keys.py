"""Every key of the format, by the place where it stands. docs/policy-format.md lists the same; a test compares them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from corpblog.policy.engine.wording import LANGUAGES

KEYS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "document": ("policy", "name", "company", "rules", "default"),
        "company": ("domains", "internal_hosts"),
        "default": ("external", "internal"),
        "rule": (
            "id", "pack", "title", "audience", "destinations", "groups", "classification", "languages", "attachments",
            "detect", "except", "min_count", "min_distinct", "from", "until", "between",
            "shadow", "resting", "outcome", "score", "reviewers", "explain", "examples",
        ),
        "title": LANGUAGES,
        "explain": LANGUAGES,
        "classification": ("at_least", "one_of"),
        "between": ("days", "hours", "time_zone"),
        "examples": ("match", "pass"),
        "detect": (
            "keywords", "excerpt", "records", "channel_words", "regex", "identifier", "secret", "links", "marking",
            "near", "all_of", "any_of", "not",
        ),
        "keywords": ("terms", "dictionary", "whole_words", "inflect"),
        "excerpt": ("dictionary", "characters"),
        "records": ("dictionary", "columns", "words"),
        "channel_words": ("at_least", "characters"),
        "regex": ("pattern", "validator"),
        "identifier": ("kinds",),
        "secret": ("kinds",),
        "links": ("kinds",),
        "marking": ("kinds",),
        "near": ("words", "all"),
    }
)  # fmt: skip
