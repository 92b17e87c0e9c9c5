"""One post to a thousand sockets: the whole product path against npm ws and against Channels as in its tutorial.

    python tests/bench/bench_fanout.py [--sockets 1000] [--posts 60]

The product's row is the whole path: commit in another process, wake-up through Redis, read, render, encode, write. The
others broadcast the very same bytes and do nothing else. Ratios hold on any machine, milliseconds on this one.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent / "fanout"
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "corpblog.config.settings")

import django

django.setup()

from django.conf import settings

from tests.bench.fanout.crowd import Crowd
from tests.realtime.wire import Company, masked
from tests.servers.children import free_port, is_listening, wait_until
from tests.servers.daphne import Daphne, Database, daphne, database, environment_for
from tests.servers.redis import redis_server

PATIENCE = 60.0
RATE = 20.0
Post = Callable[[], float]


@dataclass
class Figures:
    """What one server did."""

    name: str
    sockets: int
    last: list[float] = field(default_factory=list)
    rush: list[float] = field(default_factory=list)
    deliveries: int = 0
    cpu: float = 0.0
    lost: int = 0
    memory: float = 0.0
    at_once: float = 0.0

    @property
    def median(self) -> float:
        return statistics.median(self.last) if self.last else float("inf")

    @property
    def rate(self) -> float:
        return self.sockets / self.median

    @property
    def cpu_each(self) -> float:
        return self.cpu / max(1, self.deliveries) * 1e6

    def row(self) -> str:
        p99 = f"{sorted(self.rush)[int(len(self.rush) * 0.99)] * 1000:8.1f}" if self.rush else "   never"
        return (
            f"{self.name:<34} {self.rate:>12,.0f} {self.median * 1000:>9.1f} {self.cpu_each:>10.1f} {p99:>10} "
            f"{self.at_once:>12,.0f} {self.lost:>7} {self.memory / 1000:>9.1f}"
        )


HEADER = (
    f"{'server':<34} {'deliveries/s':>12} {'last ms':>9} {'µs CPU':>10} {'p99 20/s':>10} {'pipelined/s':>12} "
    f"{'lost':>7} {'kB/socket':>9}"
)


def cpu_of(pid: int) -> float:
    """Seconds of processor time a process used so far."""
    words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def measure(figures: Figures, crowd: Crowd, pid: int, posts: int, post: Post, burst: Callable[[int], None]) -> Figures:
    """Closed loop for the rate and the processor, an open loop at RATE posts a second, then as fast as it goes."""
    try:
        for _ in range(5):
            post()
            crowd.wait(len(crowd), PATIENCE)
        before = cpu_of(pid)
        for _ in range(posts):
            committed = post()
            figures.last.append(crowd.wait(len(crowd), PATIENCE) - committed)
            figures.deliveries += len(crowd)
        figures.cpu = cpu_of(pid) - before
        figures.rush = open_loop(crowd, posts, post)
        started = time.monotonic()
        burst(posts)
        figures.at_once = posts * len(crowd) / (crowd.wait(posts * len(crowd), PATIENCE) - started)
    except TimeoutError as error:
        figures.lost = int(str(error).split()[0])
    return figures


def open_loop(crowd: Crowd, posts: int, post: Post) -> list[float]:
    """One post every 1/RATE seconds. One that has to wait until the one before has arrived is late, and that counts.

    What the commit itself took does not: it is not what a reader waits for.
    """
    found = []
    due = free = time.monotonic()
    for _ in range(posts):
        pause = due - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        late = max(0.0, free - due)
        committed = post()
        free = crowd.wait(len(crowd), PATIENCE)
        found.append(free - committed + late)
        due = max(due + 1 / RATE, committed)
    return found


# The servers ----------------------------------------------------------------------------------------------------------


def product(sockets: int, posts: int, *, direct: bool = True) -> tuple[Figures, bytes]:
    """The whole path, and one frame's payload as it was on the wire."""
    environment = {"DIRECT_SOCKETS": str(direct).lower()}
    with database() as base, redis_server() as redis, daphne(base, {**environment, "REDIS_URL": redis.url}) as web:
        with base.opened(), company_without_limits() as (company, channel_id, authors, cookies):
            assert web.child
            before = resident(web.child.pid)
            crowd = Crowd()
            wish = b'{"t":"sub","channels":[%d]}' % channel_id
            for number in range(sockets):
                crowd.join(web.port, "/live/", headers(web, cookies[number // 20]), masked(1, wish))
            crowd.settle()
            figures = Figures(f"Corpblog, {'direct' if direct else 'through the transport'}", sockets)
            figures.memory = (resident(web.child.pid) - before) / sockets
            with poster(base, redis.url, channel_id, authors) as (post, burst):
                measure(figures, crowd, web.child.pid, posts, post, burst)
            payload = sample(web, company, channel_id, authors, cookies[-1])
            crowd.leave()
            return figures, payload


@contextlib.contextmanager
def company_without_limits() -> Iterator[tuple[Company, int, list[int], list[str]]]:
    company = Company()
    owner = company.person("alice")
    channel = company.channel(owner)
    # A session has at most twenty sockets, and a person two hundred.
    people = [company.newcomer() for _ in range(10)]
    cookies = [company.cookie(person) for person in people for _ in range(6)]
    yield company, channel.pk, [owner.pk], cookies


def headers(web: Daphne, cookie: str) -> dict[str, str]:
    return {"Origin": web.origin, "Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}


@contextlib.contextmanager
def poster(
    base: Database, redis_url: str, channel_id: int, authors: list[int]
) -> Iterator[tuple[Post, Callable[[int], None]]]:
    command = [sys.executable, "-m", "tests.bench.fanout.poster"]
    environment = environment_for(base, REDIS_URL=redis_url)
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin and child.stdout
        stdin, stdout = child.stdin, child.stdout

        def burst(times: int) -> None:
            stdin.write("post\n" * times)
            stdin.flush()

        def post() -> float:
            burst(1)
            return float(stdout.readline())

        stdin.write(" ".join(map(str, [channel_id, *authors])) + "\n")
        stdin.flush()
        yield post, burst
        stdin.close()


def sample(web: Daphne, company: Company, channel_id: int, authors: list[int], cookie: str) -> bytes:
    """The bytes of one post's message."""
    from corpblog.people.models import Person
    from corpblog.teams.models import Channel
    from tests.realtime.wire import following

    channel = Channel.objects.get(pk=channel_id)
    with following(web, cookie, channel) as page:
        company.post(Person.objects.get_queryset().get(pk=authors[0]), channel, "The build is green again. " * 8)
        page.until(lambda message: message["t"] == "post")
        text = page.last
    return text.encode()


def reference(
    name: str, command: list[str], port: int, payload: bytes, sockets: int, posts: int, *, echoes: bool
) -> Figures:
    """A server that only broadcasts what one socket says. echoes: the speaker hears itself as well."""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        try:
            wait_until(lambda: is_listening(port), seconds=60, alive=lambda: child.poll() is None)
            before = resident(child.pid)
            crowd = Crowd()
            for _ in range(sockets - echoes):
                crowd.join(port, "/", {})
            mouth = crowd if echoes else Crowd()
            speaker: socket.socket = mouth.join(port, "/", {}).socket
            crowd.settle()
            figures = Figures(name, sockets, memory=(resident(child.pid) - before) / sockets)
            wire = masked(1, payload)

            def burst(times: int) -> None:
                speaker.setblocking(True)
                for _ in range(times):
                    speaker.sendall(wire)
                speaker.setblocking(False)

            def post() -> float:
                started = time.monotonic()
                burst(1)
                return started

            return measure(figures, crowd, child.pid, posts, post, burst)
        finally:
            child.terminate()


def npm_ws(payload: bytes, sockets: int, posts: int) -> Figures:
    port = free_port()
    if not (HERE / "node_modules" / "ws").exists():
        subprocess.run(["npm", "ci", "--silent"], cwd=HERE, check=True)
    return reference("npm ws", ["node", str(HERE / "ws.mjs"), str(port)], port, payload, sockets, posts, echoes=False)


def tutorial(payload: bytes, sockets: int, posts: int) -> Figures:
    port = free_port()
    command = [sys.executable, "-m", "daphne", "-v0", "-p", str(port), "tests.bench.fanout.tutorial:application"]
    return reference("Channels as in its tutorial", command, port, payload, sockets, posts, echoes=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--posts", type=int, default=60)
    given = parser.parse_args()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    ours, payload = product(given.sockets, given.posts)
    print(f"{given.sockets} sockets, {len(payload)} bytes a message\n{HEADER}\n{ours.row()}", flush=True)
    transport, _ = product(given.sockets, given.posts, direct=False)
    print(transport.row(), flush=True)
    ws = npm_ws(payload, given.sockets, given.posts)
    print(ws.row(), flush=True)
    lesson = tutorial(payload, given.sockets, max(5, given.posts // 10))
    print(lesson.row(), flush=True)
    print(
        f"\nagainst npm ws: {ours.rate / ws.rate:.2f} of its deliveries a second (target 0.8), pipelined "
        f"{ours.at_once / ws.at_once:.2f}; {ours.cpu_each / ws.cpu_each:.2f} times its CPU (target at most 1.2)\n"
        f"against the tutorial: {ours.rate / lesson.rate:.0f} times (target 25)\n"
        f"memory of an idle socket: {ours.memory / 1000:.0f} kB (target at most 100)"
    )


if __name__ == "__main__":
    main()
