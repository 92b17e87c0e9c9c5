from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SharingConfig(AppConfig):
    name = "corpblog.sharing"
    label = "sharing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from corpblog.kernel import blobs, periodic
        from corpblog.people import exports
        from corpblog.people.events import CutOff, person_cut_off
        from corpblog.posts.events import PostChanged, post_changed
        from corpblog.sharing import exporting
        from corpblog.sharing.keeping import needed
        from corpblog.sharing.services import follow_person, follow_post, watch
        from corpblog.sharing.services.watching import EVERY

        def on_post(changed: PostChanged) -> None:
            if changed.kind in {"edited", "deleted", "changed"}:
                follow_post(changed.post_id)

        def on_cut_off(cut: CutOff) -> None:
            follow_person(cut.person_id)

        post_changed.subscribe(on_post)
        person_cut_off.subscribe(on_cut_off)
        blobs.kept_by(needed)
        exports.told_by(exporting.gather)
        periodic.every(EVERY, watch, name="drift_watch", asks_outside=True)
        post_migrate.connect(_furnish, sender=self)


def _furnish(**_kwargs: Any) -> None:
    """The press page and the gate's one row are there from the first migration on."""
    from corpblog.sharing.models import GateState
    from corpblog.sharing.services import ensure_press_page

    ensure_press_page()
    GateState.objects.get_or_create(pk=1)
