"""docs/policy-format.md names every key and every kind, and none that does not exist."""

import re
from pathlib import Path

import pytest

from corpblog.policy.engine import check_examples, load_policy
from corpblog.policy.engine.identifiers import GROUPS
from corpblog.policy.engine.identifiers import KINDS as IDENTIFIERS
from corpblog.policy.engine.links import KINDS as LINKS
from corpblog.policy.engine.markings import KINDS as MARKINGS
from corpblog.policy.engine.model import ATTACHMENT_KINDS, DAYS
from corpblog.policy.engine.reader.keys import KEYS
from corpblog.policy.engine.secrets import KINDS as SECRETS
from corpblog.policy.engine.verdict import Outcome

DOCUMENT = (Path(__file__).parents[2] / "docs" / "policy-format.md").read_text(encoding="utf-8")


def tables(what: str) -> dict[str, list[str]]:
    """What stands in the first column of the tables under `### Keys of …` or `### Kinds of …`, by the name there."""
    found: dict[str, list[str]] = {}
    for section in re.split(r"^#{2,3} ", DOCUMENT, flags=re.MULTILINE)[1:]:
        heading = re.match(rf"{what} of (?:the |a )?`(\w+)`\n", section)
        if heading:
            found[heading[1]] = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
    return found


def test_every_key_is_documented_and_every_documented_key_exists() -> None:
    assert {place: sorted(keys) for place, keys in tables("Keys").items()} == {
        place: sorted(keys) for place, keys in KEYS.items()
    }


@pytest.mark.parametrize(
    ("detector", "kinds"),
    [
        ("identifier", {*GROUPS, *IDENTIFIERS}),
        ("secret", {"any", *SECRETS}),
        ("links", {"any", *LINKS}),
        ("marking", {"any", *MARKINGS}),
        ("attachments", set(ATTACHMENT_KINDS)),
    ],
)
def test_every_kind_is_documented_and_every_documented_kind_exists(detector: str, kinds: set[str]) -> None:
    documented = tables("Kinds")[detector]
    assert sorted(documented) == sorted(kinds)


def test_outcomes_have_the_scores_that_the_document_says() -> None:
    section = DOCUMENT.split("## Outcomes")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (\d+) \|", section, re.MULTILINE)
    assert {name: int(score) for name, score in rows} == {outcome.value: outcome.usual_score for outcome in Outcome}


def test_days_are_named() -> None:
    assert all(f"`{day}`" in DOCUMENT for day in DAYS)


def test_the_example_is_a_policy_and_proves_itself() -> None:
    example = DOCUMENT.split("```yaml\n")[1].split("```")[0]
    policy = load_policy(example, {"code-names.txt": ["Kestrel"]})
    assert check_examples(policy) == []
