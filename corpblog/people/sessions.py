"""Sessions in the database, tied to their person."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """Django's database sessions with the person beside them."""

    @classmethod
    def get_model_class(cls) -> Any:
        from corpblog.people.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        session = super().create_model_instance(data)
        person = data.get("_auth_user_id")
        session.person_id = int(person) if person else None
        return session
