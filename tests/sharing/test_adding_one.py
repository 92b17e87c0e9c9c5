"""The connector that `docs/connectors.md` shows is all that it takes: it is run here, as it stands there."""

import re
from pathlib import Path

import pytest

from corpblog.kernel.errors import Invalid
from corpblog.sharing import connectors, services
from corpblog.sharing.errors import TooLongThere
from corpblog.sharing.models import Receipt, Share
from corpblog.sharing.services.sending import target_of
from tests.servers.recorder import Reply, recorder

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).resolve().parents[2] / "docs" / "connectors.md"


@pytest.fixture
def board(monkeypatch, settings):
    """The board, and the connector of the docs in its place."""
    (source,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    names = {}
    exec(compile(source, str(DOCS), "exec"), names)
    made = names["NoticeBoard"]()
    monkeypatch.setitem(connectors.CONNECTORS, made.kind, made)
    notices = {}

    def behave(request):
        if request.headers.get("Authorization") != "Bearer key":
            return Reply(401)
        if request.method == "POST":
            notices[str(len(notices) + 1)] = request.json()["words"]
            return Reply(201, {"number": len(notices)})
        if request.method == "DELETE":
            return Reply(204 if notices.pop(request.route.rpartition("/")[2], None) else 404)
        return Reply(200, {"name": "board@acme", "company": "Acme"})

    with recorder(behave) as place:
        settings.EGRESS_PRIVATE = [place.place]
        place.notices, place.connector = notices, made
        yield place


def connect(board, irene, token="key"):
    answers = {"url": board.base, "token": token}
    return services.connect(by=irene, slug="board", name="Board", kind="notice-board", answers=answers)


def test_it_can_be_chosen_and_filled_in_without_another_line(board, irene, browser_of):
    admin = browser_of(irene)
    assert "Notice board" in admin.get("/destinations/new/").content.decode()
    told = {"name": "Board", "review": "flagged", "cap": "internal", "answer_url": board.base, "answer_token": "key"}
    answer = admin.post("/destinations/new/notice-board/", told, follow=True)
    assert "Board is connected as board@acme." in answer.content.decode()


def test_it_sends_what_was_sealed_and_takes_it_back(board, irene, sent_there):
    destination = connect(board, irene)
    assert sent_there(destination, "Hello board").state == "sent"
    assert board.notices == {"1": "Hello board"}
    for _time in range(2):
        board.connector.delete(Receipt.objects.get().remote_id, target_of(destination))
    assert board.notices == {}


@pytest.mark.gate("G18")
def test_a_lost_answer_is_for_a_person(board, irene, sent_there, work, travel):
    destination = connect(board, irene)
    board.next(Reply(500), after_acting=True)
    assert sent_there(destination, "Once").state == "unknown"
    travel(hours=3)
    work()
    assert board.notices == {"1": "Once"}


def test_it_says_what_is_wrong(board, irene, write, alice):
    with pytest.raises(Invalid, match="token"):
        connect(board, irene, token="wrong")
    destination = connect(board, irene)
    with pytest.raises(TooLongThere):
        services.request_share(by=alice, post=write("x" * 201), destination=destination)
    assert not Share.objects.exists()
