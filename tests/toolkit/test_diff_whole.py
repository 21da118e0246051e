# SPDX-License-Identifier: Apache-2.0
"""What ``sourcebook diff`` asks git for, which breaks it knows, and which sides: of small books made here."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook import git as door
from sourcebook.changeset import between
from sourcebook.diff import Compared
from sourcebook.errors import UsageError
from tests.toolkit.random_histories import git

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")]

BOOK = """\
name: quay
version: 1.0.0
licenses: [{name: CC0-1.0}]
resources:
  - name: boats
    path: build/csv/boats.csv
    schema: build/tableschema/boats.json
    sourcebook: {records: data/boats/*.yaml, schema: schemas/boat.json, aliases: ["former[]", short]}
  - name: crews
    path: build/csv/crews.csv
    schema: build/tableschema/crews.json
    sourcebook:
      {records: data/crews.yaml, layout: list, key: about.id, schema: schemas/crew.json, aliases: ["former[]"]}
"""
BOAT: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "tons": {"type": "integer"},
        "rig": {"enum": ["sloop", "ketch", "yawl"]},
        "home": {"type": "string"},
        "former": {"type": "array", "items": {"type": "string"}},
        "short": {"type": "string"},
    },
}
CREW: dict[str, Any] = {
    "type": "object",
    "properties": {
        "about": {"type": "object", "properties": {"id": {"type": "string"}}},
        "size": {"type": "integer"},
        "former": {"type": "array", "items": {"type": "string"}},
    },
}


def put(folder: Path, path: str, text: str) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text, encoding="utf-8")


def state(folder: Path, tag: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "A state of the book")
    git(folder, "tag", tag)


@pytest.fixture
def quay(tmp_path: Path) -> Path:
    folder = tmp_path / "quay"
    put(folder, "datapackage.yaml", BOOK)
    put(folder, ".gitignore", "build/\n")
    put(folder, "schemas/boat.json", json.dumps(BOAT))
    put(folder, "schemas/crew.json", json.dumps(CREW))
    for number in range(60):
        put(folder, f"data/boats/boat-{number:02}.yaml", f"name: Boat {number}\ntons: {number}\nrig: ketch\n")
    put(folder, "data/crews.yaml", "- {about: {id: red}, size: 3}\n- {about: {id: blue}, size: 4}\n")
    git(folder, "init", "--quiet")
    state(folder, "v1")
    return folder


def kept(folder: Path, version: str) -> Path:
    """The release that is current, kept as a version, as `sourcebook release` keeps it."""
    built = sourcebook.build(folder)
    assert built.release is not None, [str(one) for one in built.checked.findings]
    return Path(shutil.copytree((folder / "build/current").resolve(), folder / "build/versions" / version))


# --- what git is asked ------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each command of git is run; under ``blob`` how many contents are read."""
    found: Counter[str] = Counter()
    begin, content = door.begun, door._content

    def begun(folder: Path, environment: Any, *arguments: str, **options: Any) -> Any:
        found[" ".join(arguments[:2])] += 1
        return begin(folder, environment, *arguments, **options)

    def counted(output: Any, head: list[bytes], limit: int) -> bytes | None:
        found["blob"] += head[1:2] == [b"blob"]
        return content(output, head, limit)

    monkeypatch.setattr(door, "begun", begun)
    monkeypatch.setattr(door, "_content", counted)
    return found


def test_one_process_reads_and_only_what_changed(quay: Path, asked: Counter[str]) -> None:
    for number in (3, 9):
        put(quay, f"data/boats/boat-{number:02}.yaml", f"name: Boat {number}\ntons: 100\nrig: ketch\n")
    state(quay, "v2")
    assert len(sourcebook.diff(quay, "v1", "v2").records) == 2
    settings = 3 + 2  # the descriptor and two schemas, read once; that each side has a descriptor
    assert asked.pop("blob") == 2 * 2 + settings
    assert asked == {"rev-parse --show-prefix": 1, "cat-file --batch": 1, "ls-tree -r": 2, "diff-tree -r": 1}


def test_the_working_tree_reads_only_what_changed(quay: Path, asked: Counter[str]) -> None:
    put(quay, "data/boats/boat-03.yaml", "name: Boat 3\ntons: 100\nrig: ketch\n")
    assert [one.key for one in sourcebook.diff(quay).records] == ["boat-03"]
    assert asked["cat-file --batch"] == 1
    assert asked["blob"] == 1 + 3 + 1


def test_names_that_are_no_revisions(quay: Path) -> None:
    for name in ("v1\nv1", "v1 v1", "nothing", "-v", "v1:data", "v1^{tree}", "HEAD@{99}", "\udcff"):
        with pytest.raises(UsageError):
            sourcebook.diff(quay, name, "v1")


def test_the_day_of_a_commit_is_as_its_committer_saw_it(quay: Path) -> None:
    for zone, day in (("+1400", "2031-01-02"), ("-1200", "2030-12-31"), ("-0330", "2031-01-01")):
        tree = git(quay, "rev-parse", "HEAD^{tree}")
        people = f"author A <x> 1 {zone}\ncommitter B > 7 +0000 <x> 1925031600 {zone}\n"
        said = f"tree {tree}\n{people}\ncommitter C <x> 1 +0000\n".encode()
        hashed = ["git", "-C", quay, "hash-object", "-t", "commit", "-w", "--literally", "--stdin"]
        made = subprocess.run(hashed, input=said, check=True, capture_output=True).stdout.decode().strip()
        assert sourcebook.diff(quay, made, "v1").old.day == day
        assert git(quay, "log", "-1", "--format=%cs", made) == day


# --- renamed ----------------------------------------------------------------------------------------------------------


def told(compared: Compared) -> list[tuple[str, str, str, str]]:
    return [(one.kind, one.old_key, one.key, one.why) for one in compared.records]


def test_a_record_that_says_its_old_key_was_renamed(quay: Path) -> None:
    (quay / "data/boats/boat-03.yaml").unlink()
    put(quay, "data/boats/gull.yaml", "name: Gull\ntons: 3\nformer: [Boat 3, boat-03]\n")
    put(quay, "data/crews.yaml", "- {about: {id: green}, size: 9, former: [blue]}\n- {about: {id: red}, size: 3}\n")
    expected = [
        ("renamed", "boat-03", "gull", "its other names"),
        ("renamed", "blue", "green", "its other names"),
    ]
    assert told(sourcebook.diff(quay)) == expected
    renamed = sourcebook.diff(quay).records[0]
    assert [change.name for change in renamed.changes] == ["name", "rig", "former"]


def test_of_releases_and_sets_too(quay: Path) -> None:
    old = kept(quay, "1.0.0")
    (quay / "data/boats/boat-03.yaml").unlink()
    put(quay, "data/boats/gull.yaml", "name: Gull\ntons: 3\nformer: [Boat 3, boat-03]\n")
    new = kept(quay, "1.1.0")
    expected = [("renamed", "boat-03", "gull", "its other names")]
    assert told(sourcebook.diff(quay, "release:1.0.0", "release:1.1.0")) == expected
    assert told(sourcebook.diff(quay, "release:1.0.0")) == expected
    assert told(sourcebook.diff(quay, "v1", "release:v1.1.0")) == expected
    changed = between(old, new).documents["boats"].changed
    assert [(one.old_key, one.key, one.why) for one in changed] == [expected[0][1:]]
    for side in (old, new):  # packages, of which nothing but the documents is there
        for name in ("quay.db", "site.sqlite", "index.json"):
            (side / name).unlink()
    compared = sourcebook.diff(quay, str(old), str(new))
    assert told(compared) == expected
    with pytest.raises(UsageError, match=r"there are 1\.0\.0, 1\.1\.0, "):
        sourcebook.diff(quay, "release:2.0.0")


def test_names_that_do_not_tell_which_are_no_renaming(quay: Path) -> None:
    for number in (3, 4, 5):
        (quay / f"data/boats/boat-{number:02}.yaml").unlink()
    put(quay, "data/boats/both.yaml", "name: Both\nformer: [boat-03, boat-04]\n")
    put(quay, "data/boats/one.yaml", "name: One\nshort: boat-05\n")
    put(quay, "data/boats/other.yaml", "name: Other\nshort: boat-05\n")
    put(quay, "data/boats/boat-06.yaml", "name: Boat 6\nshort: boat-04\n")  # it was there before
    assert {kind for kind, *_ in told(sourcebook.diff(quay))} == {"added", "removed", "changed"}


def test_keys_within_a_record_in_a_package(quay: Path) -> None:
    old = kept(quay, "1.0.0")
    put(quay, "data/crews.yaml", "- {about: {id: red}, size: 5}\n- {about: {id: blue}, size: 4}\n")
    kept(quay, "1.1.0")
    (old / "quay.db").unlink()
    assert told(sourcebook.diff(quay, str(old), "release:1.1.0")) == [("changed", "red", "red", "")]


# --- what breaks ------------------------------------------------------------------------------------------------------

CHANGES: dict[str, tuple[Any, set[str]]] = {
    "removed": (lambda one: one["properties"].pop("home"), {"column-removed"}),
    "retyped": (lambda one: one["properties"].update(tons={"type": "string"}), {"column-retyped"}),
    "retyped within text": (lambda one: one["properties"].update(home={}), {"column-retyped"}),
    "to a list": (
        lambda one: one["properties"].update(home={"type": "array", "items": {"type": "string"}}),
        {"column-removed"},
    ),
    "narrowed": (lambda one: one["properties"].update(rig={"enum": ["ketch", "yawl"]}), {"enum-narrowed"}),
    "begun": (lambda one: one["properties"].update(home={"enum": ["north"]}), {"enum-narrowed"}),
    "may be empty": (lambda one: one.pop("required"), {"column-optional"}),
    "widened": (lambda one: one["properties"]["rig"]["enum"].append("brig"), set()),
    "required": (lambda one: one.update(required=["name", "tons"]), set()),
    "new": (lambda one: one["properties"].update(draught={"type": "number"}), set()),
    "new table": (lambda one: one["properties"].update(masts={"type": "array", "items": {"type": "string"}}), set()),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_breaks_a_reader_is_the_same_by_files_releases_and_sets(name: str, quay: Path) -> None:
    change, expected = CHANGES[name]
    for number in range(60):
        path = quay / f"data/boats/boat-{number:02}.yaml"
        path.write_text(path.read_text().replace(f"tons: {number}\n", "" if name == "retyped" else f"tons: {number}\n"))
    state(quay, "v2")
    kept(quay, "1.0.0")
    schema = json.loads(json.dumps(BOAT))
    change(schema)
    put(quay, "schemas/boat.json", json.dumps(schema))
    state(quay, "v3")
    kept(quay, "1.1.0")
    for compared in (
        sourcebook.diff(quay, "v2", "v3"),
        sourcebook.diff(quay, "release:1.0.0", "release:1.1.0"),
    ):
        assert {one.kind for one in compared.breaking} == expected
        assert compared.tables, "it is told in any case"
    change_set = sourcebook.change_set(quay, "release:1.0.0", "release:1.1.0")
    assert {one["kind"] for one in change_set.tables if one["breaks"]} == expected
    assert change_set.breaking == bool(expected)
    mixed = sourcebook.diff(quay, "release:1.0.0", "v3")  # of which less is known, and nothing is made up
    assert {one.kind for one in mixed.breaking} <= expected
    assert not sourcebook.diff(quay, "release:1.1.0", "v3").tables


# --- what may be published --------------------------------------------------------------------------------------------

KEPT_BACK = "KEPTBACK-7f3a"


@pytest.fixture
def reticent(quay: Path) -> Path:
    """The book with a private property, a private record, and what was withdrawn; the canary stands in all of them."""
    schema = json.loads(json.dumps(BOAT))
    schema["properties"] |= {
        "owner": {"type": "string", "x-visibility": "private"},
        "hidden": {"type": "boolean"},
        "later": {"type": "string", "x-visibility": {"embargoed": "2999-01-01"}},
    }
    put(quay, "schemas/boat.json", json.dumps(schema))
    put(quay, "data/boats/boat-01.yaml", f"name: Boat 1\nowner: {KEPT_BACK} one\nlater: {KEPT_BACK}\nhome: north\n")
    put(quay, "data/boats/boat-02.yaml", f"name: Boat 2\nhome: {KEPT_BACK} was taken down, and is of some length\n")
    put(quay, "data/boats/boat-03.yaml", f"name: Boat 3\nhome: {KEPT_BACK} retracted\n")
    put(quay, "data/boats/boat-04.yaml", f"name: {KEPT_BACK} is gone\n")
    state(quay, "v2")
    for name in ("text", "markdown", "json"):
        assert KEPT_BACK in _told(sourcebook.diff(quay, "v1", "v2"), name)
    return quay


def _told(compared: Compared, form: str) -> str:
    if form == "text":
        return "\n".join(compared.lines())
    return compared.markdown() if form == "markdown" else json.dumps(compared.as_dict())


def _changed_again(folder: Path) -> None:
    from sourcebook.evidence.fingerprints import fingerprint

    taken = fingerprint(f"{KEPT_BACK} was taken down, and is of some length")
    entry = "- {{collection: boats, key: {}, property: home, how: taken-down, on: 2026-11-30, reason: wrong{}}}\n"
    withdrawn = entry.format("boat-02", f", hashes: ['{taken}']") + entry.format("boat-03", "")
    gone = "- {collection: boats, key: boat-04, how: retracted, on: 2026-11-30, reason: wrong}\n"
    put(folder, "curation/withdrawn.yaml", withdrawn + gone)
    put(folder, "data/boats/boat-01.yaml", f"name: Boat One\nowner: {KEPT_BACK} two\nlater: {KEPT_BACK}\nhome: south\n")
    put(folder, "data/boats/boat-02.yaml", "name: Boat Two\n")
    put(folder, "data/boats/boat-03.yaml", "name: Boat Three\n")
    (folder / "data/boats/boat-04.yaml").unlink()
    put(folder, f"notes/{KEPT_BACK}.txt", "a file\n")
    put(folder, "data/boats/boat-05.yaml", f"name: [{KEPT_BACK}\n")  # cannot be read
    state(folder, "v3")


def test_nothing_that_is_not_public_is_told(reticent: Path) -> None:
    _changed_again(reticent)
    for sides in (("v2", "v3"), ("v2", None), ("v1", None), ("v1", "v2")):
        compared = sourcebook.diff(reticent, *sides, public=True)
        for form in ("text", "markdown", "json"):
            assert KEPT_BACK not in _told(compared, form), (sides, form)
        assert compared.differs
    text = _told(sourcebook.diff(reticent, "v2", "v3", public=True), "text")
    assert "name: Boat 2 → Boat Two" in text
    assert "home: north → south" in text
    assert "- boats/boat-04" in text
    assert "2 changes of what was withdrawn are not told" in text


def test_what_becomes_private_is_as_if_it_had_never_been_there(reticent: Path) -> None:
    schema = json.loads((reticent / "schemas/boat.json").read_text())
    schema["properties"]["home"] = {"type": "string", "x-visibility": "private"}
    put(reticent, "schemas/boat.json", json.dumps(schema))
    state(reticent, "v3")
    assert sourcebook.diff(reticent, "v2", "v3", public=True).records == ()
    for form in ("text", "json"):
        assert KEPT_BACK not in _told(sourcebook.diff(reticent, "v1", "v3", public=True), form).replace(
            f"{KEPT_BACK} is", ""
        )


def test_what_becomes_public_is_told_of_records_that_did_not_change(reticent: Path) -> None:
    schema = json.loads((reticent / "schemas/boat.json").read_text())
    del schema["properties"]["owner"]["x-visibility"]
    put(reticent, "schemas/boat.json", json.dumps(schema))
    records = sourcebook.diff(reticent, "v2", public=True).records
    told = [(one.key, [change.name for change in one.changes if change.to_people]) for one in records]
    assert told == [("boat-01", ["owner"])]


def test_where_the_book_cannot_be_read_nothing_is_public(reticent: Path) -> None:
    put(reticent, "schemas/boat.json", "{")
    with pytest.raises(UsageError, match="what is public cannot be told"):
        sourcebook.diff(reticent, "v1", "v2", public=True)
