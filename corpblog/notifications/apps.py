from datetime import timedelta

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "corpblog.notifications"
    label = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from corpblog.kernel import periodic
        from corpblog.notifications import checks, exporting, push  # noqa: F401  (registers itself)
        from corpblog.notifications.listening import (
            hear_of_best,
            hear_of_member,
            hear_of_policy,
            hear_of_poll,
            hear_of_post,
            hear_of_reminder,
            hear_of_report,
            hear_of_request,
            hear_of_return,
        )
        from corpblog.notifications.mail import send_due
        from corpblog.people import exports
        from corpblog.policy.events import policy_changed
        from corpblog.posts.events import (
            best_chosen,
            poll_closed,
            post_changed,
            post_reported,
            reminder_due,
            schedule_returned,
        )
        from corpblog.teams.events import join_asked, membership_changed

        post_changed.subscribe(hear_of_post)
        reminder_due.subscribe(hear_of_reminder)
        schedule_returned.subscribe(hear_of_return)
        best_chosen.subscribe(hear_of_best)
        poll_closed.subscribe(hear_of_poll)
        policy_changed.subscribe(hear_of_policy)
        membership_changed.subscribe(hear_of_member)
        join_asked.subscribe(hear_of_request)
        post_reported.subscribe(hear_of_report)
        periodic.every(timedelta(minutes=1), send_due, name="mail_notices")
        periodic.on_demand(push.is_asked_for, push.send_due, name="pushes")
        exports.told_by(exporting.gather)
