"""Which files the gate still needs: those that were decided about, as evidence, and those on the press page."""

import json

from corpblog.sharing.models import ShareRevision


def needed(digests: set[str]) -> set[str]:
    """Return those of these digests that stand in a revision; what is on show was one. See `blobs.kept_by`."""
    forms = ShareRevision.objects.filter(canonical__contains='"sha256":"').values_list("canonical", flat=True)
    found: set[str] = set()
    for form in forms.iterator(500):
        found.update(file["sha256"] for file in json.loads(form)["attachments"])
    return found & digests
