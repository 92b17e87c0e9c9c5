"""Probes: what they say, and to whom."""

from collections.abc import Iterator
from unittest import mock

import pytest
from django.db import DatabaseError
from django.test import Client
from pytest_django.fixtures import Settings

from corpblog.kernel import lifecycle


@pytest.fixture(autouse=True)
def _serving() -> Iterator[None]:
    yield
    lifecycle.forget_drain()


def test_ready_says_what_it_looked_at(client: Client, db: None) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "checks": {"serving": True, "database": True}}


def test_not_ready_without_a_database(client: Client) -> None:
    with mock.patch("corpblog.web.views.health.connection.cursor", side_effect=DatabaseError):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer.json()["checks"]["database"] is False


def test_not_ready_while_draining_but_alive(client: Client, db: None) -> None:
    with mock.patch.object(lifecycle, "_listeners", []):
        lifecycle.begin_drain(1)
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_probes_answer_under_any_host_name_and_over_plain_http(client: Client, db: None, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    for path in ("/healthz", "/readyz", "/metrics"):
        assert client.get(path, headers={"host": "10.0.0.7:8000"}).status_code == 200


def test_metrics_are_for_this_machine(client: Client) -> None:
    assert b"python_info" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 404


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-forwarded-proto", "forwarded", "x-real-ip"])
def test_what_came_through_a_proxy_is_not_from_this_machine(client: Client, header: str) -> None:
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


def test_metrics_open_to_the_token_only_where_one_is_set(client: Client, settings: Settings) -> None:
    asked = {"REMOTE_ADDR": "10.0.0.9"}
    assert client.get("/metrics", headers={"authorization": "Bearer "}, **asked).status_code == 404
    settings.METRICS_TOKEN = "s3cret"
    assert client.get("/metrics", headers={"authorization": "Bearer s3cret"}, **asked).status_code == 200
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}, **asked).status_code == 404


def test_probes_only_answer_to_reading(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
