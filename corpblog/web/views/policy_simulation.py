"""The simulation of a version on all posts and shares of the last days: ask for it, watch it, stop it, read it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from corpblog.desk import services
from corpblog.desk.selectors import simulation_of
from corpblog.policy import reading, selectors
from corpblog.policy.engine import Policy
from corpblog.policy.models import PolicyVersion
from corpblog.web import policy_effect
from corpblog.web.views.asking import person_of
from corpblog.web.views.browser import is_htmx


@require_http_methods(["GET", "POST"])
def simulation(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for one (POST), or show how far it is; a script asks every second while it runs."""
    shown = selectors.version_for(person_of(request), number)
    days = days_of(request)
    if request.method == "POST":
        services.simulate(by=person_of(request), number=number, days=days)
    return _panel(request, shown, days)


@require_POST
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Stop the one that runs."""
    shown = selectors.version_for(person_of(request), number)
    days = days_of(request)
    running = simulation_of(person_of(request), shown, days)
    if running is not None:
        services.cancel_simulation(by=person_of(request), simulation_id=running.pk)
    return _panel(request, shown, days)


def state_of(request: HttpRequest, shown: PolicyVersion, policy: Policy, days: int) -> dict[str, Any]:
    """What `_simulation.html` needs."""
    person = person_of(request)
    found = simulation_of(person, shown, days)
    context: dict[str, Any] = {"version": shown, "days": days, "simulation": found}
    if found is not None and found.state == found.State.DONE:
        panel, shares = policy_effect.simulated(person, policy, found)
        context |= {
            "simulated": panel,
            "simulated_changes": changes(panel),
            "shares": shares,
            "share_rows": policy_effect.share_rows(policy, shares),
        }
    return context


def _panel(request: HttpRequest, shown: PolicyVersion, days: int) -> HttpResponse:
    policy = reading.read(shown.source, shown.dictionaries).policy
    if policy is None or not is_htmx(request):
        return redirect(f"{reverse('web:policy_effect', args=[shown.number])}?days={days}#simulation")
    return render(request, "web/policies/_simulation.html", state_of(request, shown, policy, days))


def days_of(request: HttpRequest) -> int:
    wanted = request.GET.get("days", "")
    return int(wanted) if wanted in {str(days) for days in policy_effect.DAYS} else policy_effect.DAYS[0]


def changes(panel: policy_effect.EffectPanel) -> list[dict[str, Any]]:
    counted = panel.effect.changes.most_common()
    return [
        {"before": before.value, "after": after.value, "count": panel.effect.in_all(count)}
        for (before, after), count in counted
    ]
