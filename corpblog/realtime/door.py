"""Where sockets come in."""

from channels.routing import URLRouter

websocket = URLRouter([])
