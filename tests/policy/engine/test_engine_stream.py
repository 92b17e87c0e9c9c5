"""The engine at the command line, by both doors."""

import io
import json
import re
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

import pytest

from corpblog.policy.engine import stream
from tests.policy.engine.engine_policies import policy_text, rule

ROOT = Path(__file__).parents[3]


@pytest.fixture
def policy_file(tmp_path: Path) -> Path:
    (tmp_path / "birds.txt").write_text("# birds\nKestrel\n", encoding="utf-8")
    words = {"keywords": {"terms": ["Falcon", "Projet Été"], "dictionary": "birds.txt"}}
    file = tmp_path / "policy.yaml"
    file.write_text(
        policy_text(
            rule(detect=[words], until="2027-01-01T00:00:00+00:00"),
            rule(id="soft", detect=[{"identifier": {"kinds": ["email"]}}], outcome="warn"),
        ),
        encoding="utf-8",
    )
    return file


def run(policy: Path, given: bytes, *arguments: str) -> tuple[int, list[dict], str]:
    parser = ArgumentParser()
    stream.add_arguments(parser)
    options = parser.parse_args(["--policy", str(policy), "--now", "2026-11-23T12:00:00+00:00", *arguments])
    sink, errors = io.StringIO(), io.StringIO()
    code = stream.run(options, io.BytesIO(given), sink, errors)
    return code, [json.loads(line) for line in sink.getvalue().splitlines()], errors.getvalue()


def test_each_line_gets_one_line(policy_file):
    code, answers, _ = run(policy_file, "hello\n\nle projet  e\u0301te\u0301 part\r\nkestrel".encode())
    assert code == 1
    assert [answer["outcome"] for answer in answers] == ["allow", "allow", "block", "block"]
    assert answers[2]["findings"] == [
        {"rule": "a-rule", "term": "Projet Été", "field": "text", "start": 3, "end": 16, "view": "A", "confidence": 1.0}
    ]


def test_the_exit_code_is_zero_when_all_may_go(policy_file):
    assert run(policy_file, b"hello\nwrite to a@b.fr\n")[0] == 0
    assert run(policy_file, b"")[0] == 0


def test_json_lines_have_fields(policy_file):
    lines = [{"text": "hello", "fields": {"alt": "a Falcon"}}, {"fields": {"poll": "Falcon?"}}, {"text": "x", "id": 7}]
    _, answers, _ = run(policy_file, "\n".join(map(json.dumps, lines)).encode(), "--jsonl")
    assert [[finding["field"] for finding in answer["findings"]] for answer in answers] == [["alt"], ["poll"], []]


FACTS = policy_text(
    rule(id="closed", detect=[{"keywords": {"terms": ["Falcon"]}}], classification={"at_least": "confidential"}),
    rule(id="french", detect=[{"keywords": {"terms": ["Kestrel"]}}], languages=["fr"]),
    rule(id="files", attachments=["archive"]),
    rule(id="sales", detect=[{"keywords": {"terms": ["Heron"]}}], groups=["sales"]),
)


@pytest.mark.parametrize(
    ("text", "arguments", "rules"),
    [
        ("Falcon", (), ["closed"]),
        ("Falcon", ("--classification", "internal"), []),
        ("Kestrel", ("--language", "en"), []),
        ("Kestrel", ("--language", "fr-CA"), ["french"]),
        ("Heron", (), ["sales"]),
        ("Heron", ("--group", "all"), []),
        ("hello", (), []),
    ],
)
def test_facts_about_all_lines_are_arguments(tmp_path, text, arguments, rules):
    file = tmp_path / "policy.yaml"
    file.write_text(FACTS, encoding="utf-8")
    _, (answer,), _ = run(file, text.encode(), *arguments)
    assert [finding["rule"] for finding in answer["findings"]] == rules


@pytest.mark.parametrize(
    ("facts", "rules"),
    [
        ({}, ["closed", "french", "files"]),
        ({"attachments": []}, ["closed", "french"]),
        ({"attachments": ["pdf"], "classification": "public"}, ["french"]),
        ({"attachments": ["archive"], "classification": "restricted", "language": "de"}, ["closed", "files"]),
    ],
)
def test_facts_about_one_post_stand_in_its_line_and_the_unknown_exempts_nobody(tmp_path, facts, rules):
    file = tmp_path / "policy.yaml"
    file.write_text(FACTS, encoding="utf-8")
    _, (answer,), _ = run(file, json.dumps({"text": "Falcon, Kestrel"} | facts).encode(), "--jsonl")
    assert [finding["rule"] for finding in answer["findings"]] == rules


@pytest.mark.parametrize(
    "line",
    [
        '{"text": "a", "attachments": "pdf"}',
        '{"text": "a", "attachments": ["zip"]}',
        '{"text": "a", "language": 1}',
        '{"text": "a", "attachments": [[]]}',
        '{"text": "a", "classification": ["public"]}',
        "",
        "nonsense",
        "[]",
        "{}",
        '{"text": 1}',
        '{"text": "a", "fields": []}',
        '{"fields": {"a": null}}',
        "[" * 9999,
    ],
)
def test_a_line_that_is_no_post_is_held(policy_file, line):
    code, (answer,), _ = run(policy_file, line.encode() + b"\n", "--jsonl")
    assert (code, answer["outcome"]) == (1, "hold")


def test_broken_utf_8_hides_nothing(policy_file):
    _, (answer,), _ = run(policy_file, b"\xff\xfe Fal\xc3con \xe2\x82\n")
    assert [(finding["start"], finding["end"]) for finding in answer["findings"]] == [(3, 10)]


def test_lone_surrogates_in_json_come_back_as_json(policy_file):
    _, (answer,), _ = run(policy_file, rb'{"fields": {"\ud800": "Falcon"}}' + b"\n", "--jsonl")
    assert answer["findings"][0]["field"] == "\ud800"


def test_a_line_longer_than_any_post_is_held_and_the_next_is_read(policy_file, monkeypatch):
    monkeypatch.setattr(stream, "_MAX_LINE", 100)
    _, answers, _ = run(policy_file, b"x" * 1000 + b"\nFalcon\n" + b"y" * 100)
    assert [answer["outcome"] for answer in answers] == ["hold", "block", "allow"]


def test_the_embargo_ends_with_the_time_given(policy_file):
    assert run(policy_file, b"Falcon\n", "--now", "2027-01-01T00:00:00Z")[0] == 0


def test_a_policy_that_is_wrong_scans_nothing(policy_file):
    policy_file.write_text(policy_file.read_text(encoding="utf-8").replace("birds.txt", "fish.txt"), encoding="utf-8")
    code, answers, errors = run(policy_file, b"hello\n")
    assert (code, answers) == (2, [])
    assert "There is no dictionary “fish.txt”. Did you mean “birds.txt”?" in errors


def test_a_policy_that_is_not_there_is_said(tmp_path):
    code, answers, errors = run(tmp_path / "none.yaml", b"hello\n")
    assert (code, answers) == (2, [])
    assert "cannot be read" in errors


@pytest.mark.parametrize("door", [["-m", "corpblog.policy.engine"], ["manage.py", "scan"]])
def test_both_doors_answer_alike(policy_file, door):
    done = subprocess.run(
        [sys.executable, *door, "--policy", str(policy_file), "--now", "2026-11-23T12:00:00+00:00"],
        input="Falcon é\n".encode(),
        capture_output=True,
        cwd=ROOT,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert json.loads(done.stdout)["findings"][0]["end"] == 6


def test_a_long_stream_takes_no_more_memory_than_a_short_one(policy_file):
    """Every character beyond the tables, words never seen before and findings: nothing of them is kept."""
    command = [sys.executable, "-m", "corpblog.policy.engine", "--policy", str(policy_file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:

        def peak_after(first, last):
            """The most kilobytes that it ever had, once it has answered these lines."""
            for number in range(first, last):
                rare = chr(0x10000 + number % 0xFFFF)
                process.stdin.write(f"{number:x} Falcon {number * 7} {rare} a{number}@b.fr %4{number % 9}\n".encode())
                if number % 100 == 99:
                    process.stdin.flush()
                    for _ in range(100):
                        assert process.stdout.readline()
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
            return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])

        short = peak_after(0, 4_000)
        assert peak_after(4_000, 24_000) - short < 4_000
        process.stdin.close()


def test_usage_errors_have_their_own_code():
    done = subprocess.run(
        [sys.executable, "-m", "corpblog.policy.engine"], capture_output=True, cwd=ROOT, check=False, timeout=60
    )
    assert done.returncode == 2


def test_the_engine_imports_neither_django_nor_the_network():
    listed = "import sys, corpblog.policy.engine.__main__; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", listed], capture_output=True, cwd=ROOT, check=True, timeout=60)
    loaded = {name.split(b".")[0] for name in done.stdout.split()}
    assert loaded.isdisjoint({b"django", b"httpx", b"requests", b"urllib3", b"aiohttp", b"structlog"})
