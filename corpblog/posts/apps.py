from datetime import timedelta

from django.apps import AppConfig


class PostsConfig(AppConfig):
    name = "corpblog.posts"
    label = "posts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from corpblog.kernel import periodic
        from corpblog.posts.services.publishing import forget_old_keys

        periodic.every(timedelta(days=1), forget_old_keys, name="forget_old_keys")
