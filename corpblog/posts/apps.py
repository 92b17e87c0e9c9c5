from datetime import timedelta

from django.apps import AppConfig


class PostsConfig(AppConfig):
    name = "corpblog.posts"
    label = "posts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from corpblog.kernel import blobs, periodic
        from corpblog.people import exports
        from corpblog.posts import exporting, passages, search
        from corpblog.posts.events import post_changed
        from corpblog.posts.services import announcing, emoji, linking, scheduling
        from corpblog.posts.services.attaching import forget_old_files, needed
        from corpblog.posts.services.publishing import forget_old_keys
        from corpblog.posts.services.quoting import follow_quotes
        from corpblog.posts.services.voting import close_due, is_due
        from corpblog.teams.events import channel_changed

        channel_changed.subscribe(passages.follow_channel)
        post_changed.subscribe(follow_quotes)
        periodic.on_demand(passages.is_asked_for, passages.read_channels, name="closed_channels")
        periodic.on_demand(search.is_asked_for, search.read_old_posts, name="words_of_old_posts")
        periodic.on_demand(is_due, close_due, name="polls")
        periodic.on_demand(announcing.is_due, announcing.remind_due, name="reminders")
        periodic.on_demand(linking.is_due, linking.fetch_due, name="link_previews")
        periodic.on_demand(scheduling.is_due, scheduling.post_due, name="scheduled_posts")

        periodic.every(timedelta(days=1), search.compact, name="compact_search")
        periodic.every(timedelta(days=1), forget_old_keys, name="forget_old_keys")
        periodic.every(timedelta(days=1), forget_old_files, name="forget_old_files")
        periodic.every(timedelta(days=1), linking.forget_unlinked, name="forget_unlinked_pages")
        blobs.kept_by(needed)
        blobs.kept_by(linking.needed_pictures)
        blobs.kept_by(emoji.needed_pictures)
        exports.told_by(exporting.gather)
