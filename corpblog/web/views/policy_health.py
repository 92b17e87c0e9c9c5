"""The policy's health: which process runs what, which rules are slow, silent, or upheld less often."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from corpblog.policy import reading, selectors
from corpblog.policy.engine import ENGINE_VERSION, NORMALISER_VERSION, Policy
from corpblog.policy.running import running
from corpblog.web import policy_health
from corpblog.web.policy_words import CONDITIONS
from corpblog.web.views.asking import person_of


@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """What can be said at once; the times come in a part of their own, for they have to be measured."""
    person = person_of(request)
    processes = running(person)
    policy = _policy_in_force(request)
    current = selectors.version_in_force(person)
    followed = selectors.followed_sources(current) if current else {}
    context: dict[str, Any] = {
        "version": current,
        # What fails comes first.
        "followed": sorted(followed.items(), key=lambda item: (item[1].problem is None, item[0])),
        "policy": policy,
        "engine": ENGINE_VERSION,
        "normaliser": NORMALISER_VERSION,
        "processes": [(item, *CONDITIONS[item.condition]) for item in processes],
        "all_current": bool(processes) and all(item.condition == "current" for item in processes),
        "days": policy_health.SILENT_FOR.days,
    }
    if policy is not None:
        context |= {
            "silent": policy_health.silent_rules(person, policy),
            "fallen": policy_health.fallen_rules(person, policy),
        }
    return render(request, "web/policies/health.html", context)


@require_GET
def times(request: HttpRequest) -> HttpResponse:
    """How long each rule takes on recent posts, measured now, in three seconds at most."""
    policy = _policy_in_force(request)
    context: dict[str, Any] = {"policy": policy}
    if policy is not None:
        found, rows = policy_health.measured(person_of(request), policy)
        context |= {"times": found, "rows": rows}
    return render(request, "web/policies/_rule_times.html", context)


def _policy_in_force(request: HttpRequest) -> Policy | None:
    current = selectors.version_in_force(person_of(request))
    return reading.read(current.source, current.dictionaries).policy if current else None
