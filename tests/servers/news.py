"""A web server whose pages say what they are about, for previews of links."""

import contextlib
import io
from collections.abc import Iterator

from PIL import Image

from tests.servers.recorder import Recorder, Reply, recorder

STORY = """<!doctype html><html><head><title>Harbour news</title>
<meta property="og:title" content="Crane falls into the harbour">
<meta property="og:description" content="Nobody was hurt, and it floats.">
<meta property="og:image" content="/crane.png"></head><body><h1>Crane</h1></body></html>"""


@contextlib.contextmanager
def news_site() -> Iterator[Recorder]:
    """Serve `/story` with its picture; every other page is not there."""
    buffer = io.BytesIO()
    Image.new("RGB", (320, 240), (26, 120, 150)).save(buffer, "PNG")
    pages = {
        "/story": Reply(body=STORY.encode(), headers={"Content-Type": "text/html; charset=utf-8"}),
        "/crane.png": Reply(body=buffer.getvalue(), headers={"Content-Type": "image/png"}),
    }
    with recorder(lambda request: pages.get(request.path, Reply(404))) as site:
        yield site
