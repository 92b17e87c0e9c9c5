"""A policy goes out as files and comes back as it was."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from corpblog.people.models import Person
from corpblog.policy import selectors, services
from corpblog.policy.models import PolicyVersion
from tests.policy.conftest import FALCON

pytestmark = pytest.mark.django_db

LISTED = FALCON.replace("terms: [Falcon, Projet Mistral]", "terms: [Falcon, Projet Mistral], dictionary: names.txt")
MEMO = "The board agreed to sell the northern branch to its managers before the summer. " * 5


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture
def full(irene: Person) -> PolicyVersion:
    """A draft with a list of words, a document and a table; the words rest from a day on."""
    draft = services.create_draft(by=irene)

    def edit() -> int:
        return PolicyVersion.objects.get(pk=draft.pk).edit

    number = draft.number
    services.put_dictionary(
        by=irene, number=number, edit=edit(), name="names.txt", terms="Osprey\nKestrel | until 2027-03-01"
    )
    services.put_document(by=irene, number=number, edit=edit(), name="memo", text=MEMO)
    services.put_records(
        by=irene, number=number, edit=edit(), name="customers", text="name;account\nAda Lovelace;FR7630006000\n"
    )
    return services.edit_draft(by=irene, number=number, edit=edit(), source=LISTED)


def test_out_and_in_again_is_the_same_policy(full: PolicyVersion, irene: Person, tmp_path: Path) -> None:
    run("export_policy", str(tmp_path / "policy"), "--number", str(full.number))
    assert (tmp_path / "policy" / "policy.yaml").read_text(encoding="utf-8") == full.source
    assert "Kestrel | until 2027-03-01" in (tmp_path / "policy" / "lists" / "names.txt").read_text(encoding="utf-8")
    assert "Lovelace" not in (tmp_path / "policy" / "lists" / "customers").read_text(encoding="utf-8")
    run("import_policy", str(tmp_path / "policy"), "--by", "irene")
    again = PolicyVersion.objects.newest_first().first()
    assert again is not None
    assert again != full
    assert (again.source, again.dictionaries, again.digest) == (full.source, full.dictionaries, full.digest)
    assert again.is_draft


def test_what_is_imported_still_takes_two_people(full: PolicyVersion, omar: Person, tmp_path: Path) -> None:
    run("export_policy", str(tmp_path), "--number", str(full.number))
    assert "a second person puts it in force" in run(
        "import_policy", str(tmp_path), "--by", "irene", "--propose", "From git."
    )
    proposed = PolicyVersion.objects.get(state=PolicyVersion.State.PROPOSED)
    assert (proposed.note, proposed.proposed_by) == ("From git.", full.author)
    assert selectors.number_in_force() is None
    services.put_in_force(by=omar, number=proposed.number, replacing=None)
    assert services.scan(fields="Osprey starts", audience="external").outcome.value == "hold"


def test_a_list_that_went_goes_from_the_folder(full: PolicyVersion, irene: Person, tmp_path: Path) -> None:
    run("export_policy", str(tmp_path), "--number", str(full.number))
    services.drop_dictionary(by=irene, number=full.number, edit=full.edit, name="memo")
    run("export_policy", str(tmp_path), "--number", str(full.number))
    assert sorted(path.name for path in (tmp_path / "lists").iterdir()) == ["customers", "names.txt"]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda folder: (folder / "policy.yaml").unlink(), "is not a folder that export_policy wrote"),
        (lambda folder: (folder / "sources.json").write_text("[1]"), "is not what an export writes"),
        (lambda folder: (folder / "sources.json").write_text('{"gone": {"kind": "address"}}'), "names a list"),
        (lambda folder: (folder / "lists" / "memo").write_text("#! document salt=x\n"), "begins as hashes do"),
        (lambda folder: (folder / "lists" / "empty").write_text("\n"), "This list has no terms"),
        (lambda folder: (folder / "lists" / "Bad Name").write_text("x"), "Name the list with letters"),
    ],
)
def test_a_folder_that_is_none_says_why_and_makes_no_draft(
    full: PolicyVersion, tmp_path: Path, spoil: Callable[[Path], object], told: str
) -> None:
    run("export_policy", str(tmp_path), "--number", str(full.number))
    spoil(tmp_path)
    with pytest.raises(CommandError, match=told):
        run("import_policy", str(tmp_path), "--by", "irene")
    assert PolicyVersion.objects.count() == 1


def test_a_draft_with_a_mistake_is_kept_and_not_proposed(full: PolicyVersion, tmp_path: Path) -> None:
    run("export_policy", str(tmp_path), "--number", str(full.number))
    (tmp_path / "policy.yaml").write_text(LISTED.replace("outcome: hold", "outcome: sink"), encoding="utf-8")
    with pytest.raises(CommandError, match="line 11"):
        run("import_policy", str(tmp_path), "--by", "irene", "--propose", "From git.")
    kept = PolicyVersion.objects.newest_first().first()
    assert kept is not None
    assert kept.is_draft


@pytest.mark.usefixtures("full")
def test_only_policy_admins_import(omar: Person, tmp_path: Path) -> None:
    run("export_policy", str(tmp_path), "--number", "1")
    for name, told in (("omar", "Only policy admins"), ("nobody", "Nobody is called nobody")):
        with pytest.raises(CommandError, match=told):
            run("import_policy", str(tmp_path), "--by", name)
    with pytest.raises(CommandError, match="No policy is in force"):
        run("export_policy", str(tmp_path))
