"""How one is called outside: the names that take the place of an internal @mention."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from corpblog.kernel.errors import Invalid
from corpblog.sharing import services
from corpblog.web.views.asking import person_of


class PublicNames(View):
    """My names on other networks."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return _form(request, services.names_of(person_of(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = {kind: request.POST.get(kind, "") for kind in services.NETWORKS}
        try:
            services.name_oneself(by=person_of(request), names=typed)
        except Invalid as error:
            return _form(request, typed, error)
        messages.success(request, _("Saved. Mentions of you that leave from now on say it so."))
        return HttpResponseRedirect(reverse("web:public_names"))


def _form(request: HttpRequest, names: dict[str, str], error: Invalid | None = None) -> HttpResponse:
    fields = [(kind, title, example, names.get(kind, "")) for kind, (_s, title, example) in services.NETWORKS.items()]
    context = {"fields": fields, "failure": error.message if error else ""}
    return render(request, "shares/public_names.html", context, status=error.status if error else 200)
