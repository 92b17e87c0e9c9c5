"""Try a policy: one text on the bench, or the posts of the last days."""

from dataclasses import dataclass
from typing import Any, cast, get_args

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from corpblog.kernel import clock
from corpblog.people.selectors import group_names
from corpblog.policy import reading, selectors
from corpblog.policy.engine import Field, Policy, Scan, Verdict, compile_policy, explain, utf16_offsets
from corpblog.policy.engine.conditions import unmet
from corpblog.policy.engine.verdict import Audience
from corpblog.policy.models import PolicyVersion
from corpblog.policy.simulation import marked
from corpblog.posts.language import guess
from corpblog.sharing.selectors import Offer, destinations_for
from corpblog.web import policy_effect
from corpblog.web.policy_words import CLASSIFICATIONS, DECIDED, UNMET, language, rule_title
from corpblog.web.views import policy_simulation
from corpblog.web.views.asking import person_of
from corpblog.web.views.browser import wants_json
from corpblog.web.views.policies import shell_context

LONGEST = 20_000
# What only a composer needs of an answer.
_NOT_POSTED = {"review": False, "reason": False, "suggestion": ""}


@dataclass(frozen=True)
class Step:
    """One line of the trace: a rule, why it was not asked, what it found, and what follows; nothing does in shadow."""

    id: str
    title: str
    asked: str
    finds: tuple[str, ...]
    outcome: str


@require_http_methods(["GET", "POST"])
def bench(request: HttpRequest, number: int) -> HttpResponse:
    """Paste a text, choose whom it is for, and see what the version would decide and why."""
    shown = selectors.version_for(person_of(request), number)
    policy = reading.read(shown.source, shown.dictionaries).policy
    text = request.POST.get("text", "")[:LONGEST].replace("\r\n", "\n")
    result = _tried(policy, text, request) if policy and text.strip() else {}
    if wants_json(request):
        return _answer(request, result)
    context = shell_context(request, shown, "bench") | {
        "policy": policy,
        "text": text,
        "audience": _audience(request),
        "destinations": [offer.destination for offer in _destinations(request)],
        "destination": request.POST.get("destination", ""),
        "classifications": CLASSIFICATIONS,
        "classification": request.POST.get("classification", ""),
        "groups": group_names(),
        "group": request.POST.get("group", ""),
        "longest": LONGEST,
    }
    return render(request, "web/policies/bench.html", context | result)


@require_GET
def effect(request: HttpRequest, number: int) -> HttpResponse:
    """What a version would have done to past posts, and which verdicts it changes."""
    shown = selectors.version_for(person_of(request), number)
    policy = reading.read(shown.source, shown.dictionaries).policy
    current = selectors.version_in_force(person_of(request))
    context: dict[str, Any] = shell_context(request, shown, "effect") | {
        "days": policy_simulation.days_of(request),
        "choices": policy_effect.DAYS,
        "current": current,
        "policy": policy,
    }
    if policy is not None:
        against = _policy_of(current) if current and current != shown else None
        context["panel"] = policy_effect.panel_for(person_of(request), policy, days=context["days"], against=against)
        context["examples"] = policy_effect.named(policy, context["panel"].effect.examples)
        context["changed_examples"] = policy_effect.named(policy, context["panel"].effect.changed_examples)
        context["compared"] = against is not None
        context["changes"] = policy_simulation.changes(context["panel"])
        context |= policy_simulation.state_of(request, shown, policy, context["days"])
    return render(request, "web/policies/effect.html", context)


def _tried(policy: Policy, text: str, request: HttpRequest) -> dict[str, Any]:
    wanted = request.POST.get("destination", "")
    found = next((offer.destination for offer in _destinations(request) if offer.destination.slug == wanted), None)
    classification, group = request.POST.get("classification", ""), request.POST.get("group", "")
    question = Scan(
        (Field("text", text),),
        _audience(request),
        # As the gate asks: a rule names a destination, or all of a kind.
        found.kind if found else None,
        found.name if found else None,
        groups=frozenset({group}) if group else None,
        now=clock.now(),
        channel_classification=classification if classification in CLASSIFICATIONS else None,
        language=guess(text) or None,
    )
    verdict = compile_policy(policy).answer(question)
    return {
        "verdict": verdict,
        "outcome": verdict.outcome.value,
        "does": DECIDED[verdict.outcome.value],
        "segments": marked(text, verdict.findings),
        "finds": [
            explain(finding, language())
            | {"rule": finding.rule, "found": text[finding.start : finding.end] or finding.term}
            for finding in verdict.findings
        ],
        "trace": _trace(policy, verdict, question),
    }


def _trace(policy: Policy, verdict: Verdict, question: Scan) -> list[Step]:
    steps = []
    for rule in policy.rules:
        found = (item.term for item in (*verdict.findings, *verdict.shadowed) if item.rule == rule.id)
        finds = tuple(dict.fromkeys(term or _("the post itself") for term in found))
        asked = str(UNMET.get(unmet(rule, question), ""))
        steps.append(Step(rule.id, rule_title(rule), asked, finds, "" if rule.shadow else rule.outcome.value))
    return steps


def _answer(request: HttpRequest, result: dict[str, Any]) -> JsonResponse:
    """The verdict as the composer gets it: marks in UTF-16 code units, and the strip."""
    if not result:
        return JsonResponse({"outcome": "allow", "marks": [], "html": "", "summary": ""} | _NOT_POSTED)
    verdict: Verdict = result["verdict"]
    text = request.POST.get("text", "")[:LONGEST].replace("\r\n", "\n")
    marks = [
        {"start": start, "end": end, "outcome": item.outcome.value}
        for item in verdict.findings
        for start, end in [utf16_offsets(text, item.start, item.end)]
    ]
    html = render_to_string("web/policies/_verdict.html", result, request)
    answer = {"outcome": result["outcome"], "marks": marks, "html": html, "summary": str(result["does"])}
    return JsonResponse(answer | _NOT_POSTED)


def _destinations(request: HttpRequest) -> list[Offer]:
    return destinations_for(person_of(request))


def _audience(request: HttpRequest) -> Audience:
    wanted = request.POST.get("audience", "external")
    return cast(Audience, wanted) if wanted in get_args(Audience) else "external"


def _policy_of(version: PolicyVersion) -> Policy | None:
    return reading.read(version.source, version.dictionaries).policy
