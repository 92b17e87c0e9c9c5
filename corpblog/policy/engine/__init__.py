"""The policy engine: text and rules in, findings out. Pure Python: no Django, no database, no network."""

from corpblog.policy.engine.examples import check_examples
from corpblog.policy.engine.explaining import Explanation, explain
from corpblog.policy.engine.folding import NORMALISER_VERSION
from corpblog.policy.engine.model import Policy
from corpblog.policy.engine.offsets import utf16_offsets
from corpblog.policy.engine.problems import PolicyError, Problem
from corpblog.policy.engine.reader import load_policy, terms_of_lines
from corpblog.policy.engine.scanner import Scanner, compile_policy
from corpblog.policy.engine.verdict import ENGINE_VERSION, Field, Finding, Outcome, Scan, SeenAs, Verdict, fail_closed
from corpblog.policy.engine.writer import dump_policy

__all__ = [
    "ENGINE_VERSION",
    "NORMALISER_VERSION",
    "Explanation",
    "Field",
    "Finding",
    "Outcome",
    "Policy",
    "PolicyError",
    "Problem",
    "Scan",
    "Scanner",
    "SeenAs",
    "Verdict",
    "check_examples",
    "compile_policy",
    "dump_policy",
    "explain",
    "fail_closed",
    "load_policy",
    "terms_of_lines",
    "utf16_offsets",
]
