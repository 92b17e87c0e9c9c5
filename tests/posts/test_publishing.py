"""Posting: what is kept, who may, and that a retry never doubles."""

import pytest

from corpblog.posts import selectors
from corpblog.posts.models import *
from corpblog.posts.services import delete, edit, react

pytestmark = pytest.mark.django_db


def test_smoke(say, alice, bruno, engineering):
    a = say("Hello **world** @bruno #Café https://acme.example/x")
    r = say("I see", by=bruno, answers=a)
    assert selectors.home(bruno).items == [a]
    assert selectors.home(bruno, cursor=a.pk + 1).items == [a]
    assert selectors.search(bruno, "wor").items == [a]
    assert selectors.tag_page(bruno, "cafe").items == [a]
    t = selectors.thread(bruno, r.pk)
    assert t.root == a and t.replies == [r] and t.root.reply_count == 1
    e = edit(by=alice, post_id=a.pk, text="Changed", version=1)
    assert selectors.search(bruno, "wor").items == []
    assert selectors.search(bruno, "chang").items == [a]
    react(by=bruno, post_id=a.pk, emoji="👍")
    delete(by=alice, post_id=a.pk)
    assert selectors.search(bruno, "chang").items == []
    delete(by=bruno, post_id=r.pk)
    assert [e.seq for e in selectors.events_after(engineering.pk, 0)] == [1, 2, 3, 4, 5, 6, 7, 8]
    print(a.html)
