"""Times that the database sets by itself, put where the story has them."""

from django.db.models import Model

from corpblog.kernel import clock


def backdate(*columns: tuple[type[Model], str]) -> None:
    """Set what was written since the standing clock's moment to that moment: columns with `auto_now` know no other."""
    moment = clock.now()
    for model, field in columns:
        model._default_manager.filter(**{f"{field}__gt": moment}).update(**{field: moment})
