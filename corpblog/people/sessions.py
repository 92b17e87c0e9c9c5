"""Sessions in the database, tied to their person."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from corpblog.kernel import clock

USER_AGENT = "_user_agent"
SIGNED_IN_AT = "_signed_in_at"
CONFIRMED_AT = "confirmed_at"
ACTED_AT = "acted_at"


class SessionStore(DatabaseStore):
    """Django's database sessions with the person beside them."""

    def _validate_session_key(self, key: str | None) -> bool:
        """Ours are letters and digits; anything else (PostgreSQL refuses to look for a NUL) is no session."""
        # The stubs do not know this method of Django.
        return bool(super()._validate_session_key(key)) and str(key).isalnum()  # type: ignore[misc]

    @classmethod
    def get_model_class(cls) -> Any:
        from corpblog.people.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        session: Any = super().create_model_instance(data)
        person = data.get("_auth_user_id")
        session.person_id = int(person) if person else None
        session.user_agent = str(data.get(USER_AGENT, ""))[:200]
        # The row is written anew at each save, so the moment has to travel with the data.
        since = data.get(SIGNED_IN_AT)
        session.signed_in_at = datetime.fromisoformat(since) if since else clock.now()
        return session
