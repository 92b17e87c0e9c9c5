"""Files: add them to a draft, remove them there, and read them where they were posted."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from corpblog.kernel.errors import Invalid
from corpblog.posts import files as bounds
from corpblog.posts import selectors as posts
from corpblog.posts import services
from corpblog.web import file_answers
from corpblog.web.views.asking import person_of


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Keep one file; answers with its row in the composer."""
    sent = request.FILES.get("file")
    if sent is None:
        raise Invalid(_("No file arrived. Choose it again."))
    if (sent.size or 0) > bounds.LARGEST:
        raise Invalid(_("This file is larger than 25 MB. Make it smaller, or put a link to it."))
    place = request.POST.get("place", "")
    made = services.attach(by=person_of(request), place=place, name=sent.name or "", data=sent.read())
    row = render_to_string("posts/_draft_file.html", {"file": made}, request)
    return JsonResponse({"id": str(made.pk), "html": row}, status=201)


@require_POST
def remove(request: HttpRequest, file_id: int) -> HttpResponse:
    """Take a file out of a draft."""
    services.detach(by=person_of(request), file_id=file_id)
    return HttpResponse(status=204)


@require_safe
def file(request: HttpRequest, file_id: int, name: str) -> HttpResponse:
    """The bytes. The name in the address is for people; the file's own is what a browser keeps it under."""
    found = posts.file_for(person_of(request), file_id)
    return file_answers.answer(digest=found.sha256, kind=found.kind, name=found.name)


@require_safe
def small(request: HttpRequest, file_id: int) -> HttpResponse:
    """A picture's thumbnail."""
    found = posts.file_for(person_of(request), file_id)
    if not found.thumbnail:
        return file_answers.answer(digest=found.sha256, kind=found.kind, name=found.name)
    return file_answers.answer(digest=found.thumbnail, kind="image/webp", name=f"{found.name}.webp")
