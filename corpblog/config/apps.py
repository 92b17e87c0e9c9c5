from django.apps import AppConfig


class CompositionConfig(AppConfig):
    """Holds the commands that run Corpblog as a whole."""

    name = "corpblog.config"
    label = "config"
