from datetime import timedelta

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "corpblog.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from corpblog.desk import services
        from corpblog.desk.services.simulating import forget_old_simulations
        from corpblog.kernel import periodic

        periodic.on_demand(services.is_asked_for, services.run_simulations, name="simulations")
        periodic.every(timedelta(days=1), forget_old_simulations, name="forget_old_simulations")
