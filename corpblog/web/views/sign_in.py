"""Signing in and out."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.generic import View

from corpblog.kernel.errors import CorpblogError
from corpblog.people import services
from corpblog.people.models import Person
from corpblog.web.views.browser import back, remember


@method_decorator([login_not_required, never_cache, sensitive_post_parameters("password")], name="dispatch")
class SignIn(View):
    """The door. What was typed stays, but for the password; the answer says why it stayed shut."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, Person):
            return HttpResponseRedirect(_safe_next(request))
        return self._page(request, {"next": request.GET.get("next", "")})

    def post(self, request: HttpRequest) -> HttpResponse:
        username = request.POST.get("username", "")
        try:
            person = services.sign_in(request=request, username=username, password=request.POST.get("password", ""))
        except CorpblogError as error:
            context = {"next": request.POST.get("next", ""), "username": username[:150], "failure": error.message}
            response = self._page(request, context, status=error.status)
            if retry_after := getattr(error, "retry_after", None):
                response["Retry-After"] = str(retry_after)
            return response
        return remember(back(request), request, language=person.language or None, theme=person.theme)

    def _page(self, request: HttpRequest, context: dict[str, str], status: int = 200) -> HttpResponse:
        return render(request, "web/sign_in.html", context, status=status)


def _safe_next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()) else "/"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this browser's session; other browsers stay signed in."""
    services.sign_out(request=request)
    answer = HttpResponseRedirect("/sign-in/")
    # The next person at this machine finds neither pages nor words nor pushes of this one.
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer
