"""What Daphne serves: pages over HTTP, live frames over WebSockets."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "corpblog.config.settings")

from django.core.asgi import get_asgi_application

http = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402  (needs the apps that the line above loads)

from corpblog.realtime.door import websocket  # noqa: E402

application = ProtocolTypeRouter({"http": http, "websocket": websocket})
