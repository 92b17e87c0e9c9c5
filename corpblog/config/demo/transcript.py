"""Reads the conversations of the demo company from text files that a person can write.

# platform                     the channel; `# @alice` is a storyline, `# alice, karim` a conversation of theirs
18d 10:15 alice                18 working days ago at 10:15; `25m alice` is 25 minutes ago
What she wrote,
on as many lines as she likes.
= relay                        a name, so that a share can refer to this post
+ 👍 karim emily · 🎉 thomas   who reacted
! karim                        who keeps it
: question                     its kind; or `: praise help karim`, or `: announcement lena`, who knows of it already,
: poll 9d                      or a poll that ends in so many days, with a line for each answer and who chose it
: - Tea = emily karim
: best                         under an answer: it is the best one
> +12m oliver                  an answer, 12 minutes later (`+3h`; `> 12m oliver` is 12 minutes before now)
Well done.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

_POST = re.compile(r"(?:(?P<days>\d+)d (?P<hour>\d\d):(?P<minute>\d\d)|(?P<ago>\d+)m) (?P<author>[a-z]+)")
_REPLY = re.compile(r"> (?:\+(?P<later>\d+)(?P<unit>[mh])|(?P<ago>\d+)m) (?P<author>[a-z]+)")
_UNITS = {"m": "minutes", "h": "hours"}
_SHORTEST = timedelta(minutes=1)
_NEWS = timedelta(days=4)


class BadTranscript(ValueError):
    """The text says which file and line cannot be read."""


@dataclass
class Said:
    """One post of a conversation."""

    channel: str
    author: str
    at: datetime
    answers: "Said | None" = None
    lines: list[str] = field(default_factory=list)
    name: str = ""
    reactions: dict[str, list[str]] = field(default_factory=dict)
    kept_by: list[str] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    options: dict[str, list[str]] = field(default_factory=dict)
    is_best: bool = False
    is_news: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()


def read_transcripts(folder: Path, now: datetime) -> list[Said]:
    """Everything that was said, oldest first."""
    said = [post for path in sorted(folder.glob("*.txt")) for post in _read(path, now)]
    for post in said:
        post.is_news = post.at > now - _NEWS
    return sorted(said, key=lambda post: post.at)


def _read(path: Path, now: datetime) -> Iterator[Said]:
    channel, root, current = "", None, None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        started = _start(line, channel, root, now)
        if line.startswith("# "):
            channel, root, current = line[2:].strip(), None, None
        elif started is not None:
            root, current = (root, started) if started.answers else (started, started)
            yield current
        elif current is not None:
            _continue(current, line)
        elif line.strip():
            raise BadTranscript(f"{path.name}, line {number}: nobody says this: {line!r}")


def _start(line: str, channel: str, root: Said | None, now: datetime) -> Said | None:
    if post := _POST.fullmatch(line):
        return Said(channel, post["author"], _moment(post, now))
    if (reply := _REPLY.fullmatch(line)) and root is not None:
        if reply["ago"]:
            at = now - timedelta(minutes=int(reply["ago"]))
        else:
            at = root.at + timedelta(**{_UNITS[reply["unit"]]: int(reply["later"])})
        # A reply to a post of this afternoon may not come from the future, nor before what it answers.
        return Said(channel, reply["author"], max(root.at + _SHORTEST, min(at, now - _SHORTEST)), answers=root)
    return None


def _moment(post: re.Match[str], now: datetime) -> datetime:
    if post["ago"]:
        return now - timedelta(minutes=int(post["ago"]))
    day = working_day(int(post["days"]), now)
    return day.replace(hour=int(post["hour"]), minute=int(post["minute"]))


def working_day(back: int, now: datetime) -> datetime:
    """The last complete working day, or the one `back` days before it, at midnight."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if now.hour < 19:
        day -= timedelta(days=1)
    while True:
        if day.weekday() < 5:
            if back == 0:
                return day
            back -= 1
        day -= timedelta(days=1)


def _continue(said: Said, line: str) -> None:
    mark, _space, rest = line.partition(" ")
    if mark == "=":
        said.name = rest.strip()
    elif mark == "!":
        said.kept_by = rest.split()
    elif mark == ":" and rest == "best":
        said.is_best = True
    elif mark == ":" and rest.startswith("- "):
        option, _equals, voters = rest[2:].partition(" = ")
        said.options[option] = voters.split()
    elif mark == ":":
        said.kind = rest.split()
    elif mark == "+":
        for group in rest.split("·"):
            emoji, *people = group.split()
            said.reactions[emoji] = people
    else:
        said.lines.append(line)
