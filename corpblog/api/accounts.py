"""Who the token's person is."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from corpblog.api.bearer import bearer
from corpblog.people.models import AccessToken, Person, Scope


@require_GET
@bearer(Scope.READ)
def verify_credentials(request: HttpRequest, token: AccessToken) -> JsonResponse:
    """Tell a client whose token it holds."""
    return JsonResponse(account_of(token.person))


def account_of(person: Person) -> dict[str, object]:
    """Return a person as the Mastodon client API writes an account."""
    return {
        "id": str(person.pk),
        "username": person.username,
        "acct": person.username,
        "display_name": person.display_name,
        "url": f"{settings.ORIGINS[0]}{reverse('web:person', args=[person.username])}",
        "created_at": person.created_at.isoformat(),
        "bot": False,
        "locked": False,
        "note": "",
        "emojis": [],
        "fields": [],
    }
