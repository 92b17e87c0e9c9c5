"""The policy console: who may enter, that nothing typed is lost, and that two people are needed."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from corpblog.desk import services as desk
from corpblog.kernel import clock
from corpblog.people.models import Person
from corpblog.policy import scanners, services
from corpblog.policy.engine import load_policy
from corpblog.policy.engine.fingerprints import read_fingerprint
from corpblog.policy.engine.folding import fold
from corpblog.policy.engine.model import Between, ChannelClass
from corpblog.policy.models import DictionaryText, PolicyVersion
from corpblog.policy.term_counts import term_counts
from corpblog.posts.models import Post
from corpblog.posts.services import publish
from corpblog.teams.models import Channel
from corpblog.teams.services import create_channel
from corpblog.web import policy_effect
from tests.policy.conftest import FALCON
from tests.policy.extraction.files import docx

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]
READERS = ("irene", "ivan", "omar", "lena", "victor")
OTHERS = ("alice", "bruno", "chloe", "helene")


@pytest.fixture(autouse=True)
def _fresh_process() -> Iterator[None]:
    scanners.forget()
    yield
    scanners.forget()


@pytest.fixture
def draft(irene: Person) -> PolicyVersion:
    made = services.create_draft(by=irene)
    return services.edit_draft(by=irene, number=made.number, edit=made.edit, source=FALCON)


@pytest.fixture
def proposal(draft: PolicyVersion, irene: Person) -> PolicyVersion:
    return services.propose(by=irene, number=draft.number, edit=draft.edit, note="A first policy.")


@pytest.fixture
def current(proposal: PolicyVersion, omar: Person) -> PolicyVersion:
    return services.put_in_force(by=omar, number=proposal.number, replacing=None)


def rule_fields(**changes: Any) -> dict[str, Any]:
    fields = {
        "title_en": "Unannounced projects",
        "title_fr": "Projets non annoncés",
        "words": "Falcon\r\nProjet Mistral",
        "match_mode": "whole",
        "outcome": "hold",
        "outside": "on",
        "min_count": "1",
        "min_distinct": "1",
        "time_zone": "Europe/Paris",
        "reviewers": "1",
        "match": "Falcon starts",
        "allow": "The falconer",
        "id": "code-names",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", answer.content.decode())))


def addresses(number: int) -> list[str]:
    plain = [
        "policy_version",
        "policy_source",
        "policy_word_lists",
        "policy_bench",
        "policy_effect",
        "policy_differences",
    ]
    rules = [reverse("web:policy_rule", args=[number, "code-names"]), reverse("web:policy_new_rule", args=[number])]
    return ["/policies/", *(reverse(f"web:{name}", args=[number]) for name in plain), *rules]


@pytest.mark.parametrize("username", READERS)
def test_admins_officers_and_auditors_read(
    current: PolicyVersion, person: Callable[[str], Person], browser_of: Browser, username: str
) -> None:
    client = browser_of(person(username))
    assert [client.get(address).status_code for address in addresses(current.number)] == [200] * 9


@pytest.mark.parametrize("username", OTHERS)
def test_employees_are_told_that_it_is_not_for_them(
    current: PolicyVersion, person: Callable[[str], Person], browser_of: Browser, username: str
) -> None:
    client = browser_of(person(username))
    answers = [client.get(address) for address in addresses(current.number)]
    assert [answer.status_code for answer in answers] == [403] * 9
    assert not any("Falcon" in answer.content.decode() for answer in answers)


@pytest.mark.parametrize("username", [*OTHERS, "omar", "victor"])
def test_only_policy_admins_change_a_draft(
    draft: PolicyVersion, person: Callable[[str], Person], browser_of: Browser, username: str
) -> None:
    client = browser_of(person(username))
    n = draft.number
    posts: list[tuple[str, dict[str, Any]]] = [
        (reverse("web:policy_create_draft"), {}),
        (reverse("web:policy_source", args=[n]), {"edit": draft.edit, "source": "policy: 1"}),
        (reverse("web:policy_rule", args=[n, "code-names"]), rule_fields(edit=draft.edit, words="x y")),
        (reverse("web:policy_delete_rule", args=[n, "cards"]), {"edit": draft.edit}),
        (reverse("web:policy_put_word_list", args=[n]), {"edit": draft.edit, "name": "a", "terms": "b"}),
        (reverse("web:policy_propose", args=[n]), {"edit": draft.edit, "note": "x"}),
        (reverse("web:policy_discard", args=[n]), {"edit": draft.edit}),
    ]
    for address, body in posts:
        client.post(address, body)
    saved = PolicyVersion.objects.get()
    assert (saved.source, saved.dictionaries, saved.state, saved.edit) == (draft.source, {}, "draft", draft.edit)


def test_a_stranger_is_sent_to_sign_in(client: Client, current: PolicyVersion) -> None:
    assert all(client.get(address).status_code == 302 for address in addresses(current.number))


def test_an_unknown_version_is_not_found(irene: Person, browser_of: Browser) -> None:
    assert browser_of(irene).get("/policies/77/").status_code == 404
    assert browser_of(irene).get(f"/policies/{10**30}/").status_code == 404


def test_without_a_policy_the_page_says_that_everything_is_held(irene: Person, browser_of: Browser) -> None:
    answer = browser_of(irene).get("/policies/")
    assert "Everything is held until two people put one in force" in text_of(answer)


def test_a_version_that_cannot_be_loaded_raises_the_alarm(
    current: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    PolicyVersion.objects.filter(pk=current.pk).update(source="policy: 2")
    services.scan(fields="hello", audience="external")
    assert "The version in force cannot be loaded" in text_of(browser_of(irene).get("/policies/"))


def test_the_cards_say_what_each_rule_does(current: PolicyVersion, omar: Person, browser_of: Browser) -> None:
    words = text_of(browser_of(omar).get("/policies/"))
    assert "Unannounced projects" in words
    assert "Falcon Projet Mistral" in words
    assert "Posts shared outside" in words
    assert "2 examples hold" in words
    assert "proposed by Irene Novak, put in force by Omar Haddad" in words


def test_the_first_page_asks_a_fixed_number_of_questions(
    current: PolicyVersion, irene: Person, browser_of: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = browser_of(irene)
    client.get("/policies/")
    with django_assert_max_num_queries(18):
        client.get("/policies/")


# The two people -------------------------------------------------------------------------------------------------------


def test_propose_and_put_in_force_through_the_pages(
    draft: PolicyVersion, irene: Person, omar: Person, browser_of: Browser
) -> None:
    n = draft.number
    answer = browser_of(irene).post(reverse("web:policy_propose", args=[n]), {"edit": draft.edit, "note": "First."})
    assert answer.status_code == 302
    page = browser_of(omar).get(reverse("web:policy_version", args=[n]))
    assert re.search(r'<button class="btn btn-primary btn-block">', page.content.decode())
    answer = browser_of(omar).post(reverse("web:policy_put_in_force", args=[n]), {"replacing": ""}, follow=True)
    assert "Version 1 is in force now, everywhere." in text_of(answer)
    assert PolicyVersion.objects.in_force().get().approved_by == omar


def test_the_proposer_sees_why_the_button_is_off_and_pressing_anyway_changes_nothing(
    proposal: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    client, n = browser_of(irene), proposal.number
    page = client.get(reverse("web:policy_version", args=[n]))
    assert "You proposed it, so somebody else decides" in text_of(page)
    assert re.search(r'<button class="btn btn-primary btn-block"[^>]*disabled', page.content.decode())
    answer = client.post(reverse("web:policy_put_in_force", args=[n]), {"replacing": ""}, follow=True)
    assert "You proposed this version" in text_of(answer)
    assert not PolicyVersion.objects.in_force().exists()


def test_pressing_twice_answers_that_it_is_done(proposal: PolicyVersion, omar: Person, browser_of: Browser) -> None:
    client, address = browser_of(omar), reverse("web:policy_put_in_force", args=[proposal.number])
    client.post(address, {"replacing": ""})
    assert "not waiting for a decision any more" in text_of(client.post(address, {"replacing": ""}, follow=True))


def test_a_refusal_without_a_reason_comes_back(proposal: PolicyVersion, lena: Person, browser_of: Browser) -> None:
    client, address = browser_of(lena), reverse("web:policy_refuse", args=[proposal.number])
    answer = client.post(address, {"reason": ""})
    assert answer.status_code == 422
    assert "Say why, so that it can be corrected." in text_of(answer)
    assert client.post(address, {"reason": "Too wide."}).status_code == 302
    proposal.refresh_from_db()
    assert proposal.refusal == "Too wide."


def test_lowering_protection_is_said_before_it_is_proposed(
    current: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    made = services.create_draft(by=irene)
    source = FALCON.replace("outcome: hold", "outcome: warn")
    services.edit_draft(by=irene, number=made.number, edit=made.edit, source=source)
    words = text_of(browser_of(irene).get(reverse("web:policy_version", args=[made.number])))
    assert "This lowers protection" in words
    assert "Unannounced projects: a milder outcome" in words


def test_rolling_back_is_one_button_and_a_proposal(
    current: PolicyVersion, irene: Person, omar: Person, browser_of: Browser
) -> None:
    made = services.create_draft(by=irene)
    made = services.edit_draft(by=irene, number=made.number, edit=1, source=FALCON + "# more\n")
    services.propose(by=irene, number=made.number, edit=made.edit, note="x")
    services.put_in_force(by=omar, number=made.number, replacing=current.number)
    page = browser_of(irene).get(reverse("web:policy_version", args=[current.number]))
    assert "Propose to go back to it" in text_of(page)
    # The version in force leads there, too, for whoever may propose.
    in_force = reverse("web:policy_version", args=[made.number])
    words = f"Propose to go back to version {current.number}"
    assert words in text_of(browser_of(irene).get(in_force))
    assert words not in text_of(browser_of(omar).get(in_force))
    action = re.search(
        r'<form method="post" action="([^"]*roll-back/)"', browser_of(irene).get(in_force).content.decode()
    )
    assert action is not None
    browser_of(irene).post(action[1])
    newest = PolicyVersion.objects.newest_first()[0]
    assert (newest.state, newest.source) == ("proposed", FALCON)


# The draft ------------------------------------------------------------------------------------------------------------


def test_beginning_a_draft_twice_gives_one(current: PolicyVersion, irene: Person, browser_of: Browser) -> None:
    client = browser_of(irene)
    places = {client.post(reverse("web:policy_create_draft"))["Location"] for _press in range(2)}
    assert len(places) == 1
    assert PolicyVersion.objects.drafts().count() == 1


def test_broken_yaml_is_kept_and_named_by_line(draft: PolicyVersion, irene: Person, browser_of: Browser) -> None:
    client, address = browser_of(irene), reverse("web:policy_source", args=[draft.number])
    broken = FALCON.replace("outcome: block", "outcome: explode").replace("\n", "\r\n")
    answer = client.post(address, {"edit": draft.edit, "source": broken})
    words = text_of(answer)
    line = FALCON.split("\n").index("    outcome: block") + 1
    assert f"Line {line}, column 14" in words
    assert "Did you mean" in words or "Choose from" in words
    assert f'id="L{line}" class="has-problem"' in answer.content.decode()
    draft.refresh_from_db()
    assert "explode" in draft.source
    assert "\r" not in draft.source


def test_a_stale_save_of_the_yaml_keeps_what_was_typed_beside_what_was_saved(
    draft: PolicyVersion, irene: Person, ivan: Person, browser_of: Browser
) -> None:
    services.edit_draft(by=ivan, number=draft.number, edit=draft.edit, source=FALCON + "# ivan\n")
    address = reverse("web:policy_source", args=[draft.number])
    answer = browser_of(irene).post(address, {"edit": draft.edit, "source": FALCON + "# irene\n"})
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "# irene" in html.split("<textarea")[1]
    assert "# ivan" in html.split("What was saved meanwhile")[1]
    # The page now knows the newer state: sending it again is a decision, not an accident.
    assert f'name="edit" value="{draft.edit + 1}"' in html


def test_saving_a_rule_changes_its_lines_only(draft: PolicyVersion, irene: Person, browser_of: Browser) -> None:
    address = reverse("web:policy_rule", args=[draft.number, "code-names"])
    fields = rule_fields(edit=draft.edit, words="Falcon\nProjet Mistral\nKestrel", outcome="block")
    assert browser_of(irene).post(address, fields).status_code == 302
    draft.refresh_from_db()
    expected = FALCON.replace("Projet Mistral]}", "Projet Mistral, Kestrel]}").replace(
        "outcome: hold", "outcome: block"
    )
    assert draft.source == expected


def test_a_form_that_changes_nothing_leaves_the_yaml_as_it_is(
    draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    address = reverse("web:policy_rule", args=[draft.number, "code-names"])
    browser_of(irene).post(address, rule_fields(edit=draft.edit))
    draft.refresh_from_db()
    assert draft.source == FALCON


def test_the_conditions_of_a_rule_are_written_where_they_belong(
    draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    address = reverse("web:policy_rule", args=[draft.number, "code-names"])
    fields = rule_fields(
        edit=draft.edit,
        shadow="on",
        score="80",
        min_distinct="2",
        classification="at_least:confidential",
        languages=["fr", "en"],
        attachments=["pdf", "any"],
        since="2027-01-01T08:00",
        days=["sat", "sun"],
        hours_from="18:00",
        hours_to="08:00",
        match="Falcon and Projet Mistral",
    )
    answer = browser_of(irene).post(address, fields, follow=True)
    draft.refresh_from_db()
    rule = load_policy(draft.source).rule("code-names")
    assert rule is not None
    assert (rule.shadow, rule.score, rule.min_distinct) == (True, 80, 2)
    assert rule.classification == ChannelClass(at_least="confidential")
    assert (rule.languages, set(rule.attachments)) == (("fr", "en"), {"any", "pdf"})
    assert rule.between == Between("Europe/Paris", ("sat", "sun"), "18:00-08:00")
    assert rule.since is not None
    assert rule.since.isoformat() == "2027-01-01T08:00:00+00:00"
    # The form shows what was written, and writes nothing else when it is sent again.
    html = answer.content.decode()
    assert '<option value="at_least:confidential" selected>' in html
    assert 'value="2027-01-01T08:00:00"' in html
    browser_of(irene).post(address, fields | {"edit": draft.edit})
    before, source = draft.edit, draft.source
    draft.refresh_from_db()
    assert (draft.edit, draft.source) == (before + 1, source)


AS_SOMEBODY_WROTE_IT = FALCON.replace(
    "    outcome: hold",
    """    classification: {one_of: [restricted, public]}
    attachments: [pdf, any]
    between: {days: [sun, sat], hours: 18:00-24:00, time_zone: America/New_York}
    outcome: hold""",
)


def test_what_is_written_otherwise_than_the_form_would_is_left_as_it_is(
    draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    written = services.edit_draft(by=irene, number=draft.number, edit=draft.edit, source=AS_SOMEBODY_WROTE_IT)
    address = reverse("web:policy_rule", args=[draft.number, "code-names"])
    page = browser_of(irene).get(address).content.decode()
    assert '<option value="one_of:restricted,public" selected>Restricted, Public only</option>' in page
    fields = rule_fields(
        edit=written.edit,
        classification="one_of:restricted,public",
        attachments=["any", "pdf"],
        days=["sat", "sun"],
        hours_from="18:00",
        hours_to="00:00",
        time_zone="America/New_York",
    )
    assert browser_of(irene).post(address, fields).status_code == 302
    draft.refresh_from_db()
    assert draft.source == AS_SOMEBODY_WROTE_IT


def test_kinds_of_identifiers_are_ticked_in_two_lists_and_keep_their_order(
    draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    source = FALCON.replace("kinds: [payment-card]", "kinds: [fr-nir, payment-card, any]")
    source = source.replace(
        "      - identifier", "      - links: {}\n      - marking: {kinds: [secret, any]}\n      - identifier"
    )
    assert source != FALCON
    written = services.edit_draft(by=irene, number=draft.number, edit=draft.edit, source=source)
    address = reverse("web:policy_rule", args=[draft.number, "cards"])
    page = browser_of(irene).get(address).content.decode()
    ticked = re.findall(r'name="(identifiers|personal_numbers|links|markings)" value="([a-z-]+)"[^>]*checked', page)
    assert ticked == [
        ("identifiers", "any"),
        ("identifiers", "payment-card"),
        ("personal_numbers", "fr-nir"),
        ("links", "any"),
        ("markings", "any"),
        ("markings", "secret"),
    ]
    unchanged = {**fields_of(page), "edit": written.edit}
    answer = browser_of(irene).post(address, unchanged)
    assert re.findall('class="field-error".*?</p>', answer.content.decode()) == []
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.source == source


def fields_of(page: str) -> dict[str, Any]:
    """What a browser would send back of a rule's page."""
    form = page.split('id="rule-form"')[1].split("</form>", maxsplit=1)[0]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf' {part}="([^"]*)"', tag) for part in ("name", "value"))
        kind = re.search(r'type="([^"]*)"', tag)
        assert name
        is_tick = kind is not None and kind[1] in ("checkbox", "radio")
        if not is_tick or "checked" in tag:
            sent.setdefault(name[1], []).append(unescape(value[1]) if value else "on" if is_tick else "")
    for name_, words in re.findall(r'<textarea name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        sent[name_] = unescape(words)
    for name_, options in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        sent[name_] = next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
    return sent


def test_a_rule_may_have_conditions_only(draft: PolicyVersion, irene: Person, browser_of: Browser) -> None:
    address = reverse("web:policy_new_rule", args=[draft.number])
    fields = rule_fields(
        edit=draft.edit, title_en="Archives", title_fr="", words="", id="", match="", allow="", attachments=["archive"]
    )
    assert browser_of(irene).post(address, fields).status_code == 302
    draft.refresh_from_db()
    rule = load_policy(draft.source).rule("archives")
    assert rule is not None
    assert (rule.detect, rule.attachments) == ((), ("archive",))
    card = text_of(browser_of(irene).get(reverse("web:policy_version", args=[draft.number])))
    assert "Every post that fits" in card
    assert "with attachments: Archive (ZIP)" in card


def test_a_new_rule_gets_an_identifier_from_its_name(draft: PolicyVersion, irene: Person, browser_of: Browser) -> None:
    address = reverse("web:policy_new_rule", args=[draft.number])
    fields = rule_fields(
        edit=draft.edit, title_en="Été à Nantes!", title_fr="", words="Nantes", id="", match="", allow=""
    )
    answer = browser_of(irene).post(address, fields)
    assert answer["Location"].endswith("/rules/ete-a-nantes/")
    draft.refresh_from_db()
    assert draft.source.startswith(FALCON.rstrip("\n"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title_en": "", "title_fr": ""}, "Give the rule a name"),
        ({"outside": None}, "a rule that applies to nothing stops nothing"),
        ({"patterns": "(?<=a)b"}, "This pattern cannot be used"),
        ({"allow": "Falcon lands"}, "should leave “Falcon lands” alone"),
        ({"words": ""}, "Write at least one word, or choose below what else to look for."),
        ({"hours_from": "18:00"}, "Give both hours, or none."),
        ({"hours_from": "18:00", "hours_to": "08:00", "time_zone": "Mars"}, "This time zone is not known."),
        ({"languages": ["klingon"]}, "“klingon”: no language has this code."),
        ({"score": "101"}, "less than or equal to 100"),
        ({"min_distinct": "0"}, "greater than or equal to 1"),
        ({"classification": "one_of:secret"}, "Select a valid choice"),
        ({"id": "Not An Id"}, "Use small letters"),
        ({"id": "cards"}, "Another rule has the identifier cards already"),
        ({"min_count": "0"}, "greater than or equal to 1"),
        ({"until": "tomorrow"}, "Enter a valid date"),
        ({"dictionary": "nope.txt"}, "Select a valid choice"),
    ],
)
def test_a_rule_with_a_mistake_comes_back_as_typed_with_the_reason(
    draft: PolicyVersion, irene: Person, browser_of: Browser, changes: dict[str, Any], said: str
) -> None:
    address = reverse("web:policy_rule", args=[draft.number, "code-names"])
    answer = browser_of(irene).post(address, rule_fields(edit=draft.edit, explain_en="Typed here.", **changes))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "Typed here." in answer.content.decode()
    draft.refresh_from_db()
    assert draft.source == FALCON


def test_what_the_company_has_to_say_first_is_asked_for_beside_the_field(
    draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    address = reverse("web:policy_rule", args=[draft.number, "code-names"])
    answer = browser_of(irene).post(address, rule_fields(edit=draft.edit, identifiers=["email-external"]))
    assert answer.status_code == 422
    field = answer.content.decode().split("Numbers and addresses")[1].split("One country at a time")[0]
    assert "needs to know your domains" in field


def test_a_stale_rule_form_keeps_what_was_typed(
    draft: PolicyVersion, irene: Person, ivan: Person, browser_of: Browser
) -> None:
    services.edit_draft(by=ivan, number=draft.number, edit=draft.edit, source=FALCON + "# ivan\n")
    address = reverse("web:policy_rule", args=[draft.number, "code-names"])
    answer = browser_of(irene).post(address, rule_fields(edit=draft.edit, words="Osprey", match="", allow=""))
    assert answer.status_code == 409
    assert "Osprey" in answer.content.decode()


def test_a_ready_made_pack_is_added_with_one_press(draft: PolicyVersion, irene: Person, browser_of: Browser) -> None:
    client = browser_of(irene)
    page = reverse("web:policy_version", args=[draft.number])
    assert "Add Payment data" in client.get(page).content.decode()
    answer = client.post(
        reverse("web:policy_add_pack", args=[draft.number]), {"edit": draft.edit, "pack": "payment-data"}, follow=True
    )
    words = text_of(answer)
    assert "3 rules came into the draft." in words
    assert "Card security codes" in words
    draft.refresh_from_db()
    again = {"edit": draft.edit, "pack": "payment-data"}
    answer = client.post(reverse("web:policy_add_pack", args=[draft.number]), again, follow=True)
    assert "The draft has all rules of this pack already." in text_of(answer)
    stale = {"edit": 1, "pack": "secrets"}
    answer = client.post(reverse("web:policy_add_pack", args=[draft.number]), stale, follow=True)
    assert "Somebody saved this draft after you opened it." in text_of(answer)


def test_who_cannot_edit_is_offered_no_packs(draft: PolicyVersion, victor: Person, browser_of: Browser) -> None:
    page = browser_of(victor).get(reverse("web:policy_version", args=[draft.number])).content.decode()
    assert "Add ready-made rules" not in page


def test_taking_a_rule_out_leaves_the_rest(draft: PolicyVersion, irene: Person, browser_of: Browser) -> None:
    browser_of(irene).post(reverse("web:policy_delete_rule", args=[draft.number, "cards"]), {"edit": draft.edit})
    draft.refresh_from_db()
    assert draft.source.rstrip() == FALCON.split("  - id: cards")[0].rstrip()


def test_a_rule_that_the_form_cannot_show_whole_is_kept(
    draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    near = "- near: {words: 8, all: [{keywords: {terms: [merger]}}, {keywords: {terms: [Contoso]}}]}"
    source = FALCON.replace("- identifier: {kinds: [payment-card]}", near)
    saved = services.edit_draft(by=irene, number=draft.number, edit=draft.edit, source=source)
    address = reverse("web:policy_rule", args=[draft.number, "cards"])
    assert "more conditions than the form shows" in text_of(browser_of(irene).get(address))
    fields = rule_fields(
        edit=saved.edit, id="cards", title_en="Payment cards", title_fr="", words="", match="", allow=""
    )
    browser_of(irene).post(address, fields | {"inside": "on", "outcome": "warn"})
    draft.refresh_from_db()
    assert draft.source == source.replace("outcome: block", "outcome: warn")


# Tried before it is put in force -------------------------------------------------------------------------------------


def test_the_second_person_reads_that_nobody_simulated_it(
    proposal: PolicyVersion, omar: Person, browser_of: Browser
) -> None:
    words = text_of(browser_of(omar).get(reverse("web:policy_version", args=[proposal.number])))
    assert "Not simulated. Nobody tried what it says now on all that was posted and shared." in words


def test_the_second_person_reads_over_how_many_days_it_was_simulated(
    draft: PolicyVersion, alice: Person, irene: Person, omar: Person, browser_of: Browser
) -> None:
    channel = create_channel(by=alice, name="Kitchen")
    for text in ("Falcon is ready", "More tea, please", "A quiet day"):
        publish(by=alice, channel=channel, text=text)
    desk.simulate(by=irene, number=draft.number, days=30)
    desk.simulate(by=irene, number=draft.number, days=90)
    desk.run_simulations()
    proposed = services.propose(by=irene, number=draft.number, edit=draft.edit, note="A first policy.")
    for page in ("policy_version", "policy_differences"):
        words = " ".join(text_of(browser_of(omar).get(reverse(f"web:{page}", args=[proposed.number]))).split())
        assert "Simulated over 90 days" in words
        assert "1 of 3 posts would match, 0 of 0 shares." in words


def test_a_simulation_of_what_the_draft_said_before_is_none_of_what_it_says_now(
    draft: PolicyVersion, irene: Person, omar: Person, browser_of: Browser
) -> None:
    desk.simulate(by=irene, number=draft.number, days=30)
    desk.run_simulations()
    changed = services.edit_draft(
        by=irene, number=draft.number, edit=draft.edit, source=FALCON.replace("outcome: hold", "outcome: warn")
    )
    services.propose(by=irene, number=draft.number, edit=changed.edit, note="Another one.")
    words = text_of(browser_of(omar).get(reverse("web:policy_version", args=[draft.number])))
    assert "Not simulated." in words


# Word lists -----------------------------------------------------------------------------------------------------------


def test_a_file_becomes_a_word_list_and_short_terms_are_named(
    draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    file = SimpleUploadedFile("birds.csv", "\ufeffOsprey\r\nemu\r\nOsprey\r\n".encode())
    fields = {"edit": draft.edit, "name": "birds.txt", "terms": "", "file": file}
    answer = browser_of(irene).post(reverse("web:policy_put_word_list", args=[draft.number]), fields, follow=True)
    words = text_of(answer)
    assert "birds.txt has 2 terms now. 1 double went." in words
    assert "1 term is very short" in words


def test_a_list_says_how_many_of_its_terms_rest_and_which_is_the_next(
    draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    client = browser_of(irene)
    put_list(client, draft, "birds.txt", "Osprey\nKestrel")
    draft.refresh_from_db()
    address = reverse("web:policy_word_list", args=[draft.number, "names.txt"])
    assert "since its day has come" not in text_of(client.get(address))
    # One that stands there twice, once without an end, never rests.
    lines = [
        "Falcon | until 2020-01-01",
        "Harrier | until 2021-01-01",
        "Kite | until 2090-03-01",
        "Swift | until 2090-05-01",
    ]
    put_list(client, draft, "birds.txt", "\n".join([*lines, "Harrier"]))
    words = text_of(client.get(address))
    assert re.search("terms ?1 term rests, since its day has come. The next is “Kite”, from 1 Mar 2090, 00:00", words)


def test_a_long_list_is_shown_in_part_and_replaced_by_a_file(
    draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    terms = "\n".join(f"code name {number}" for number in range(50_000))
    file = SimpleUploadedFile("long.txt", terms.encode())
    fields = {"edit": draft.edit, "name": "long.txt", "terms": "", "file": file}
    answer = browser_of(irene).post(reverse("web:policy_put_word_list", args=[draft.number]), fields, follow=True)
    assert "long.txt has 50,000 terms now." in text_of(answer)
    assert "Upload the whole list as a file" in text_of(answer)
    assert len(answer.content) < 500_000


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"caf\xe9"])
def test_a_file_in_an_unknown_encoding_is_refused_and_the_field_is_kept(
    draft: PolicyVersion, irene: Person, browser_of: Browser, raw: bytes
) -> None:
    fields = {"edit": draft.edit, "name": "a.txt", "terms": "typed here", "file": SimpleUploadedFile("a.txt", raw)}
    answer = browser_of(irene).post(reverse("web:policy_put_word_list", args=[draft.number]), fields)
    assert answer.status_code == 422
    assert "not UTF-8 text" in text_of(answer)
    assert "typed here" in answer.content.decode()


def test_of_a_document_only_the_fingerprint_is_kept_and_excerpts_are_held(
    draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    memo = " ".join(f"Clause {number} of the merger with Contoso binds party {number * 7}." for number in range(40))
    client = browser_of(irene)
    fields = {"edit": draft.edit, "name": "memo", "kind": "document", "terms": memo}
    answer = client.post(reverse("web:policy_put_word_list", args=[draft.number]), fields, follow=True)
    words = text_of(answer)
    assert "memo is kept by its fingerprint now." in words
    assert "A document, known by its fingerprint" in words
    assert "Contoso" not in words
    draft.refresh_from_db()
    kept = DictionaryText.objects.get(digest=draft.dictionaries["memo"]).terms
    assert kept.startswith("#! document")
    assert "Contoso" not in kept
    rule = "  - id: memo\n    detect: [{excerpt: {dictionary: memo}}]\n    outcome: hold\n"
    services.edit_draft(by=irene, number=draft.number, edit=draft.edit, source=FALCON + rule)
    bench = reverse("web:policy_bench", args=[draft.number])
    pasted = client.post(bench, {"text": f"As you know: {memo[300:600].upper()}", "audience": "external"})
    assert "It is held for review." in text_of(pasted)
    assert "an excerpt of a document" in text_of(pasted)
    assert "It passes." in text_of(client.post(bench, {"text": "A merger has many clauses.", "audience": "external"}))


def test_an_embargo_of_a_term_that_is_no_date_is_named_by_its_line(
    draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    fields = {"edit": draft.edit, "name": "a.txt", "terms": "Kestrel\nFalcon | until spring"}
    answer = browser_of(irene).post(reverse("web:policy_put_word_list", args=[draft.number]), fields)
    assert answer.status_code == 422
    assert "Line 2: behind “| until” write a date" in text_of(answer)
    assert "Falcon | until spring" in answer.content.decode()


def test_of_a_table_only_hashes_are_kept_and_two_values_of_a_row_are_held(
    draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    table = "Name;IBAN\nJeanne Dupont;FR7630006000011234567890189\nBob Stone;DE02120300000000202051\n"
    client = browser_of(irene)
    fields = {"edit": draft.edit, "name": "customers", "kind": "records", "terms": table}
    words = text_of(client.post(reverse("web:policy_put_word_list", args=[draft.number]), fields, follow=True))
    assert "A table of 2 rows, known by their hashes" in words
    assert "Dupont" not in words
    draft.refresh_from_db()
    assert "dupont" not in DictionaryText.objects.get(digest=draft.dictionaries["customers"]).terms.lower()
    detect = "[{records: {dictionary: customers, columns: [name, iban]}}]"
    rule = f"  - id: customers\n    detect: {detect}\n    outcome: hold\n"
    services.edit_draft(by=irene, number=draft.number, edit=draft.edit, source=FALCON + rule)
    bench = reverse("web:policy_bench", args=[draft.number])
    pasted = text_of(
        client.post(bench, {"text": "jeanne dupont: FR76 3000 6000 0112 3456 7890 189", "audience": "external"})
    )
    assert "It is held for review." in pasted
    assert "values of one record" in pasted


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("name\nBob", "two columns at least"),
        ("name;name\na;b", "a name of its own"),
        ("name;city\nBob;Lyon;x", "Line 2 has 3 values, and there are 2 columns."),
        ("name;city\n", "no row below"),
        ('name;city\n"Bob;Lyon', "quotation mark"),
    ],
)
def test_a_table_that_is_none_is_refused_with_what_to_do(
    table: str, said: str, draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    fields = {"edit": draft.edit, "name": "customers", "kind": "records", "terms": table}
    answer = browser_of(irene).post(reverse("web:policy_put_word_list", args=[draft.number]), fields)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_a_short_document_is_refused_and_its_text_is_kept(
    draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    fields = {"edit": draft.edit, "name": "memo", "kind": "document", "terms": "Only a few words."}
    answer = browser_of(irene).post(reverse("web:policy_put_word_list", args=[draft.number]), fields)
    assert answer.status_code == 422
    assert "fewer than 200 letters" in text_of(answer)
    assert "Only a few words." in answer.content.decode()


# Bench and effect -----------------------------------------------------------------------------------------------------


def test_the_bench_shows_verdict_marks_and_trace_without_a_script(
    current: PolicyVersion, victor: Person, browser_of: Browser
) -> None:
    answer = browser_of(victor).post(
        reverse("web:policy_bench", args=[current.number]), {"text": "Our Falcon <b>flies</b>", "audience": "external"}
    )
    html = answer.content.decode()
    assert "<mark>Falcon</mark> &lt;b&gt;flies" in html
    assert "It is held for review." in text_of(answer)


def test_the_bench_answers_scripts_with_offsets_in_utf_16(
    current: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    answer = browser_of(irene).post(
        reverse("web:policy_bench", args=[current.number]),
        {"text": "🦅 Falcon", "audience": "external"},
        headers={"x-requested-with": "fetch"},
    )
    assert answer.json()["marks"] == [{"start": 3, "end": 9, "outcome": "hold"}]


def test_the_bench_shows_what_a_rule_in_shadow_found(draft: PolicyVersion, irene: Person, browser_of: Browser) -> None:
    source = FALCON.replace("    outcome: hold", "    shadow: true\n    outcome: hold")
    services.edit_draft(by=irene, number=draft.number, edit=draft.edit, source=source)
    answer = browser_of(irene).post(
        reverse("web:policy_bench", args=[draft.number]), {"text": "Our Falcon", "audience": "external"}
    )
    words = text_of(answer)
    assert "It passes." in words
    assert re.search("Falcon ?Only watches", words)


def test_the_bench_says_which_rules_were_not_asked(current: PolicyVersion, irene: Person, browser_of: Browser) -> None:
    answer = browser_of(irene).post(
        reverse("web:policy_bench", args=[current.number]), {"text": "Falcon", "audience": "internal"}
    )
    assert "is for another audience" in text_of(answer)
    assert "It passes." in text_of(answer)


@pytest.fixture
def past(alice: Person, bruno: Person, irene: Person) -> None:
    """Six posts: in a channel for all, and one in a private channel that irene is not in."""
    open_channel = Channel.objects.create(slug="all", name="All")
    hidden = Channel.objects.create(slug="board", name="Board", is_private=True)
    texts = ["Falcon flies", "lunch at noon", "the falcon lands", "hello", "more Falcon"]
    for number, text in enumerate(texts, 1):
        make_post(open_channel, alice if number % 2 else bruno, number, text)
    make_post(hidden, bruno, 1, "Falcon is what the board calls it")


def make_post(channel: Channel, author: Person, number: int, text: str) -> None:
    at = clock.now() - timedelta(days=number)
    Post.objects.create(channel=channel, author=author, number=number, text=text, html="", created_at=at)


def test_a_rule_shows_its_effect_before_it_is_saved(
    past: None, draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    address = reverse("web:policy_rule_effect", args=[draft.number, "code-names"])
    words = text_of(browser_of(irene).post(address, rule_fields(words="lunch", match="", allow="")))
    assert "1 of 6 posts would match (16.7 %), from 1 person." in words
    draft.refresh_from_db()
    assert draft.source == FALCON


def test_a_count_on_a_sample_says_that_it_is_one(
    past: None, draft: PolicyVersion, irene: Person, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy_effect, "MOST_ON_PAGES", 3)
    address = reverse("web:policy_rule_effect", args=[draft.number, "code-names"])
    fields = rule_fields(words="Falcon, lunch, quiet, hello", match="", allow="") | {"effect_days": "365"}
    client = browser_of(irene)
    words = text_of(client.post(address, fields))
    assert "of 6 posts would match" in words
    assert "about" in words
    assert "An estimate from 3 posts drawn at random over all these days: between" in words
    assert "Exact" not in words
    monkeypatch.setattr(policy_effect, "MOST_ON_PAGES", 6)
    words = text_of(client.post(address, fields))
    assert "Exact: every post of these days was looked at." in words
    assert "estimate" not in words


def test_posts_of_hidden_channels_are_counted_and_not_shown(
    past: None, draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    answer = browser_of(irene).get(reverse("web:policy_rule", args=[draft.number, "code-names"]))
    words = text_of(answer)
    assert "4 of 6 posts would match" in words
    assert "<mark>Falcon</mark> flies" in answer.content.decode()
    assert "the board calls it" not in words


def test_the_effect_compares_verdicts_with_the_version_in_force(
    past: None, current: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    made = services.create_draft(by=irene)
    source = FALCON.replace("[Falcon, Projet Mistral]", "[lunch, Falcon]").replace("outcome: hold", "outcome: warn")
    services.edit_draft(by=irene, number=made.number, edit=1, source=source)
    words = text_of(browser_of(irene).get(reverse("web:policy_effect", args=[made.number])))
    assert "Compared with version 1: 1 stricter, 4 milder." in words


def test_beside_a_past_post_stands_which_rule_met_it(
    past: None, current: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    made = services.create_draft(by=irene)
    client, page = browser_of(irene), reverse("web:policy_effect", args=[made.number])
    rule = reverse("web:policy_rule", args=[made.number, "code-names"])
    link = f'<p class="meta example-rules"><a href="{rule}">Unannounced projects</a></p>'
    assert client.get(page).content.decode().count(link) == 3, "one of the four is not hers to read"
    # Of a rule that this version no longer has, only the identifier is known here.
    gone = FALCON.replace("id: code-names", "id: birds").replace("[Falcon, Projet Mistral]", "[lunch]")
    gone = gone.replace("match: [Falcon starts]", "match: [lunch]")
    services.edit_draft(by=irene, number=made.number, edit=1, source=gone)
    assert '<p class="meta example-rules"><code>code-names</code></p>' in client.get(page).content.decode()


def test_the_differences_stand_beside_each_other(current: PolicyVersion, irene: Person, browser_of: Browser) -> None:
    made = services.create_draft(by=irene)
    services.edit_draft(by=irene, number=made.number, edit=1, source=FALCON.replace("outcome: hold", "outcome: block"))
    html = browser_of(irene).get(reverse("web:policy_differences", args=[made.number])).content.decode()
    assert re.search(r"outcome: (<del>)", html)
    assert re.search(r"outcome: (<ins>)", html)
    assert "equal lines" in html


def test_a_list_follows_what_the_company_knows(irene: Person, browser_of: Callable[[Person], Client]) -> None:
    Channel.objects.create(name="Falconry", slug="falconry", is_private=True)
    draft = services.create_draft(by=irene)
    client = browser_of(irene)
    fields = {"edit": draft.edit, "list": "rooms.txt", "kind": "private-channels"}
    page = client.post(reverse("web:policy_put_source", args=[draft.number]), fields, follow=True)
    words = text_of(page)
    assert "rooms.txt has 1 term now." in words
    assert "follows the names of private channels" in words
    assert "follows the names of private channels" in text_of(
        client.get(reverse("web:policy_word_lists", args=[draft.number]))
    )
    draft.refresh_from_db()
    page = client.post(
        reverse("web:policy_drop_source", args=[draft.number, "rooms.txt"]), {"edit": draft.edit}, follow=True
    )
    assert "follows" not in text_of(page)
    assert "Falconry" in text_of(page)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"list": "a.txt", "kind": "address", "url": "lists.example"}, "Write the address of the list"),
        ({"list": "a.txt", "kind": "address", "url": "https://127.0.0.1/x"}, "The address is not allowed"),
        ({"list": "Ä b", "kind": "private-channels"}, "Name the list with letters"),
        ({"list": "a.txt", "kind": "private-channels"}, "There is no such name yet"),
    ],
)
def test_a_source_that_cannot_be_followed_says_why_and_keeps_what_was_typed(
    irene: Person, browser_of: Callable[[Person], Client], fields: dict[str, str], told: str
) -> None:
    draft = services.create_draft(by=irene)
    answer = browser_of(irene).post(
        reverse("web:policy_put_source", args=[draft.number]), fields | {"edit": str(draft.edit)}
    )
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert f'value="{fields["list"]}"' in answer.content.decode()


def test_a_list_says_which_of_its_terms_meet_most_posts(
    alice: Person, irene: Person, browser_of: Callable[[Person], Client]
) -> None:
    channel = create_channel(by=alice, name="Kitchen")
    for text in ("The tea is ready", "More tea, please", "TEA!", "Falcon drinks tea", "A quiet day"):
        publish(by=alice, channel=channel, text=text)
    draft = services.create_draft(by=irene)
    terms = "Falcon\ntea\nOsprey"
    services.put_dictionary(by=irene, number=draft.number, edit=draft.edit, name="names.txt", terms=terms)
    page = browser_of(irene).get(reverse("web:policy_word_list", args=[draft.number, "names.txt"])).content.decode()
    address = reverse("web:policy_list_met", args=[draft.number, "names.txt"])
    assert f'hx-get="{address}"' in page
    words = text_of(browser_of(irene).get(address))
    assert "4 posts of 5 in the last 30 days have a term of this list." in words
    assert re.search(r"tea\s*4 posts\s*Falcon\s*1 post", words)
    assert "Osprey" not in words


def put_list(client: Client, draft: PolicyVersion, name: str, body: str, **more: str) -> Any:
    file = SimpleUploadedFile(name, body.encode())
    fields = {"edit": draft.edit, "name": "names.txt", "terms": "", "file": file, **more}
    return client.post(reverse("web:policy_put_word_list", args=[draft.number]), fields, follow=True)


def test_an_uploaded_term_says_how_many_posts_it_would_have_held(
    draft: PolicyVersion, alice: Person, irene: Person, browser_of: Browser
) -> None:
    channel = create_channel(by=alice, name="Kitchen")
    for text in ("The tea is ready", "More tea, please", "TEA!", "Falcon drinks tea", "A quiet day"):
        publish(by=alice, channel=channel, text=text)
    words = text_of(put_list(browser_of(irene), draft, "names.txt", "tea\nOsprey\nFalcon | until 2099-01-01"))
    assert "“tea”: this 3-letter word would have held 4 posts of the last 30 days." in words
    # One of five posts is more than one of a hundred, so the longer word is said as well.
    assert "“Falcon”: this 6-letter word would have held 1 post of the last 30 days." in words
    assert "“Osprey”" not in words
    address = reverse("web:policy_list_met", args=[draft.number, "names.txt"])
    assert "this 3-letter word would have held 4 posts" in text_of(browser_of(irene).get(address))


def test_a_long_term_that_is_rare_is_no_danger(
    draft: PolicyVersion, alice: Person, irene: Person, browser_of: Browser
) -> None:
    channel = create_channel(by=alice, name="Kitchen")
    at = clock.now()
    Post.objects.bulk_create(
        Post(channel=channel, author=alice, number=number, text=text, html="", created_at=at)
        for number, text in enumerate(["Falcon and tea", *["A quiet day"] * 100], 10)
    )
    words = text_of(put_list(browser_of(irene), draft, "names.txt", "tea\nFalcon"))
    assert "“tea”: this 3-letter word would have held 1 post" in words
    assert "“Falcon”:" not in words


def test_a_number_that_was_reckoned_says_about(
    draft: PolicyVersion, alice: Person, irene: Person, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = create_channel(by=alice, name="Kitchen")
    at = clock.now()
    Post.objects.bulk_create(
        Post(channel=channel, author=alice, number=number, text="tea", html="", created_at=at)
        for number in range(10, 1244)
    )
    monkeypatch.setattr("corpblog.web.policy_dangers.MOST_ON_PAGES", 100)
    words = text_of(put_list(browser_of(irene), draft, "names.txt", "tea"))
    assert "“tea”: this 3-letter word would have held about 1,200 posts" in words


@pytest.mark.parametrize(
    ("body", "column", "terms"),
    [
        ("name;account\nOsprey;1\n  Red   Kite ;2\n", "Name", "Osprey\nRed Kite"),
        ('id,project\n1,"Falcon, the second"\n2,Kestrel\n', "project", "Falcon, the second\nKestrel"),
        ("Osprey\nKestrel\n", "", "Osprey\nKestrel"),
    ],
)
def test_one_column_of_an_uploaded_table_becomes_the_list(
    draft: PolicyVersion, irene: Person, browser_of: Browser, body: str, column: str, terms: str
) -> None:
    answer = put_list(browser_of(irene), draft, "birds.csv", body, column=column)
    assert answer.status_code == 200
    draft.refresh_from_db()
    assert DictionaryText.objects.get(digest=draft.dictionaries["names.txt"]).terms == terms


def test_the_columns_of_a_file_are_a_list_that_shows_how_each_begins(
    draft: PolicyVersion, omar: Person, browser_of: Browser
) -> None:
    address = reverse("web:policy_csv_columns", args=[draft.number])
    sent = {"head": SimpleUploadedFile("birds.csv", b"Name;<b>Account\nOsprey;\nOsprey;\nKite;\n"), "column": " NAME "}
    part = browser_of(omar).post(address, sent).content.decode()
    assert re.findall(r'<option value="([^"]*)"( selected)?>([^<]*)<', part) == [
        ("", "", "Choose a column"),
        ("name", " selected", "Name"),
        ("&lt;b&gt;account", "", "&lt;b&gt;Account"),
    ]
    name, account = part.split('class="column-head"')[1:]
    assert re.findall(r"<code>(.*?)</code>", name) == ["Osprey", "Kite"]
    assert " hidden" not in name.split(">")[0]
    assert " hidden" in account.split(">")[0]
    assert "It is empty." in account
    assert "name" not in draft.dictionaries


@pytest.mark.parametrize(
    ("head", "status", "told"),
    [
        (b"Osprey\nKestrel\n", 200, 'name="column" value="bird"'),
        ("propriété;b\n".encode("latin-1"), 422, "This file is not UTF-8 text."),
        (None, 200, 'name="column" value="bird"'),
    ],
)
def test_a_file_without_columns_keeps_the_field_and_what_was_typed(
    draft: PolicyVersion, irene: Person, browser_of: Browser, head: bytes | None, status: int, told: str
) -> None:
    address = reverse("web:policy_csv_columns", args=[draft.number])
    sent = {"column": "bird"} | ({"head": SimpleUploadedFile("birds.csv", head)} if head else {})
    answer = browser_of(irene).post(address, sent)
    assert answer.status_code == status
    assert told in answer.content.decode()
    assert "<select" not in answer.content.decode()


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("", "This file has several columns: name, account. Choose which one has the terms."),
        ("bird", "The file has no column of that name. Its columns: name, account."),
    ],
)
def test_a_table_whose_column_nobody_named_says_which_there_are(
    draft: PolicyVersion, irene: Person, browser_of: Browser, column: str, told: str
) -> None:
    answer = put_list(browser_of(irene), draft, "birds.csv", "Name;Account\nOsprey;1\n", column=column)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert f'name="column" value="{column}"' in answer.content.decode() or not column
    draft.refresh_from_db()
    assert "names.txt" not in draft.dictionaries


def test_counting_terms_stops_in_time_and_says_so() -> None:
    counts = term_counts(["tea"], iter(lambda: "more tea", None), seconds=0.05)
    assert counts.is_partial
    assert counts.met == counts.posts > 0


def test_a_document_may_be_an_office_file_and_one_that_cannot_be_read_says_why(
    draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    sentences = [f"Clause {number}: the buyer of lot {number * 7} pays in two parts." for number in range(12)]
    memo = docx("".join(f"<w:p><w:r><w:t>{sentence}</w:t></w:r></w:p>" for sentence in sentences))
    client, path = browser_of(irene), reverse("web:policy_put_word_list", args=[draft.number])
    fields = {"edit": draft.edit, "name": "memo", "kind": "document"}
    words = text_of(client.post(path, fields | {"file": SimpleUploadedFile("memo.docx", memo)}, follow=True))
    assert "A document, known by its fingerprint" in words
    draft.refresh_from_db()
    known = read_fingerprint(DictionaryText.objects.get(digest=draft.dictionaries["memo"]).terms.split("\n"))
    assert list(known.passages(fold(" ".join(sentences[2:8])), 200))
    cut = SimpleUploadedFile("memo.docx", memo[: len(memo) // 2])
    answer = client.post(path, fields | {"edit": draft.edit, "file": cut})
    assert answer.status_code == 422
    assert "It is damaged or incomplete." in text_of(answer)
