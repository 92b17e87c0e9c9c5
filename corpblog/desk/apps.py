from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class DeskConfig(AppConfig):
    name = "corpblog.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from corpblog.desk import covering, services
        from corpblog.desk.services.simulating import forget_old_simulations
        from corpblog.kernel import blobs, periodic
        from corpblog.policy import sources
        from corpblog.sharing.events import share_changed
        from corpblog.teams.selectors import private_titles

        # Policies and teams do not know each other; this package knows both.
        sources.offer("private-channels", gettext_lazy("the names of private channels"), private_titles)
        blobs.kept_by(covering.needed)
        share_changed.subscribe(services.share_moved)
        periodic.on_demand(services.is_asked_for, services.run_simulations, name="simulations")
        periodic.every(timedelta(minutes=1), services.take_samples, name="take_samples")
        periodic.every(timedelta(minutes=5), services.carry_out_erasures, name="carry_out_erasures")
        periodic.every(timedelta(minutes=5), services.retain, name="retain")
        periodic.every(timedelta(days=1), forget_old_simulations, name="forget_old_simulations")
