"""Files through a real nginx, by the part of the example that sends them: asked of Corpblog, sent by nginx."""

import http.client
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from corpblog.kernel import blobs
from corpblog.people.models import Person
from corpblog.posts.files import Wish
from corpblog.posts.models import Attachment
from corpblog.posts.services import attach, publish
from corpblog.teams.services import create_channel
from tests.servers.children import free_port, is_listening, place_of_its_own, running
from tests.sharing.conftest import POLICY, put_in_force

EXAMPLE = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
CONF = """
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        {location}
        location / {{ proxy_pass {upstream}; proxy_set_header Host $proxy_host; }}
    }}
}}
"""


@pytest.fixture
def nginx(live_server: LiveServer, settings: object) -> Iterator[tuple[int, Path]]:
    """Give the port of an nginx in front of the program, and the folder of the files that it sends."""
    found = re.search(r"    location /_files/ \{.*?\n    \}\n", EXAMPLE.read_text(), re.DOTALL)
    assert found
    settings.FILES_BY_NGINX = True  # type: ignore[attr-defined]
    with place_of_its_own("nginx") as folder:
        port = free_port()
        location = found[0].replace("/var/lib/corpblog/uploads/", f"{folder}/files/")
        conf = folder / "nginx.conf"
        conf.write_text(CONF.format(folder=folder, port=port, location=location, upstream=live_server.url))
        program = "/usr/sbin/nginx" if Path("/usr/sbin/nginx").exists() else "nginx"
        with running([program, "-c", conf], until=lambda: is_listening(port), log=folder / "said"):
            yield port, folder / "files"


def ask(port: int, path: str, client: Client) -> tuple[http.client.HTTPResponse, bytes]:
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    wire.request("GET", path, headers={"Cookie": client.cookies.output(header="", sep=";").strip()})
    answer = wire.getresponse()
    return answer, answer.read()


def test_nginx_sends_what_corpblog_allows_and_nothing_else(
    nginx: tuple[int, Path], person: Callable[[str], Person], browser_of: Callable[[Person], Client]
) -> None:
    port, folder = nginx
    put_in_force(POLICY)
    alice, bruno = person("alice"), person("bruno")
    room = create_channel(by=alice, name="Board", is_private=True)
    file: Attachment = attach(by=alice, place="new", name="a.html", data=b"<!doctype html><script>x</script>")
    publish(by=alice, channel=room, text="Look", files=[Wish(file.pk)])
    name = blobs.name_of(file.sha256)
    # nginx's folder is that of the files; a test's own belongs to its user alone.
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_bytes(blobs.read(file.sha256))
    subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
    address = f"/files/{file.pk}/of/a.html"

    answer, body = ask(port, address, browser_of(alice))
    assert (answer.status, body) == (200, b"<!doctype html><script>x</script>")
    assert answer.getheader("Content-Type") == "application/octet-stream"
    assert answer.getheader("Content-Disposition") == 'attachment; filename="a.html"'
    assert answer.getheader("Content-Security-Policy") == "sandbox; default-src 'none'"
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert answer.getheader("Cache-Control") == "private, no-store"
    assert answer.getheader("X-Accel-Redirect") is None
    for path, client in ((address, browser_of(bruno)), (f"/_files/{name}", browser_of(alice))):
        answer, body = ask(port, path, client)
        assert answer.status == 404
        assert b"script>x" not in body
