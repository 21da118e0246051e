# SPDX-License-Identifier: Apache-2.0
"""An old package and a change set are the new package, byte for byte, of every two states of random histories."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings

import sourcebook
from sourcebook.changeset import Refused, applied, between, change_set_schema, read
from sourcebook.changeset.texts import lines_of, parts_of
from sourcebook.cli import main
from sourcebook.errors import UsageError
from sourcebook.exact import loads
from sourcebook.validation.schemas import check
from tests.conftest import ROOT
from tests.toolkit import apply_plainly
from tests.toolkit.random_histories import Collection, State, commit, git, histories, write
from tests.toolkit.test_diff_applied import holds, records_of

NOT_MADE = {"SHA256SUMS", "report.json", "random.db", "site.sqlite"}
PAGE = (ROOT / "docs/reference/change-sets.md").read_text(encoding="utf-8")
BLOCKS = {found[1]: found[2] for found in re.finditer(r"^```json (.+?)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)}


def built(folder: Path, to: Path) -> Path:
    """The package that a book's state is built to."""
    release = sourcebook.build(folder)
    assert release.release is not None, [str(one) for one in release.checked.findings]
    return Path(shutil.copytree((folder / "build/current").resolve(), to))


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in NOT_MADE
    }


# --- histories --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@settings(max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(histories())
def test_every_two_states_of_a_history(states: list[State]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        book, packages, records = Path(temporary) / "book", [], []
        book.mkdir()
        names = commit(book, states)
        for number, name in enumerate(names):
            git(book, "checkout", "--quiet", "--detach", name)
            packages.append(built(book, Path(temporary) / f"package-{number}"))
            records.append(records_of(book))
        for one, other in permutations(range(len(states)), 2):
            holds(sourcebook.diff(book, names[one], names[other]), records[one], records[other])
        for number, (old, new) in enumerate(permutations(packages, 2)):
            change_set = between(old, new)
            text = change_set.text()
            (Path(temporary) / "set.json").write_text(text, encoding="utf-8")
            assert [one.message for one in check(loads(text), change_set_schema())] == []
            assert read(Path(temporary) / "set.json") == change_set
            made = applied(old, Path(temporary) / "set.json", Path(temporary) / f"made-{number}")
            assert files(made.folder) == files(new)
            assert set(made.missing) <= NOT_MADE
            plainly = Path(temporary) / f"plainly-{number}"
            apply_plainly.apply(old, loads(text), plainly)
            assert files(plainly) == files(new)


# --- one book, changed in every way -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A package and one in which everything is otherwise."""
    book = tmp_path_factory.mktemp("book")
    trees = Collection(
        "list", {"p": "text"}, {key: {"p": f"text of {key}"} for key in ("ash", "beech", "cedar", "elm")}
    )
    weeds = Collection("map", {"q": "any"}, {"a/b": {"q": 1.0}, 'with "': {"q": 2}})
    write(book, {"trees": trees, "weeds": weeds, "gone": Collection("file", {"p": "text"}, {"x": {"p": "lost words"}})})
    old = built(book, tmp_path_factory.mktemp("old") / "package")
    kept = {"elm": {"p": "text of elm"}, "fir": {"p": "text of beech"}, "ash": {"p": "new words", "r": 10**30}}
    trees = Collection("list", {"p": "text", "r": "any"}, {"birch": {"p": "more"}, **kept})
    stones = Collection("inside", {"p": "count"}, {"flint": {"p": 1}})
    write(book, {"trees": trees, "weeds": weeds, "stones": stones}, "1.1.0")
    with (book / "datapackage.yaml").open("a", encoding="utf-8") as descriptor:
        descriptor.write('sourcebook: {released: "2031-04-02"}\n')
    return old, built(book, tmp_path_factory.mktemp("new") / "package")


def test_what_a_set_says(packages: tuple[Path, Path]) -> None:
    change_set = between(*packages)
    assert change_set.counts == {"added": 2, "changed": 1, "removed": 2, "renamed": 1}
    trees = change_set.documents["trees"]
    assert [(one.key, one.at) for one in trees.added] == [("birch", 0)]
    assert [(one.old_key, one.key, one.why) for one in trees.changed] == [
        ("ash", "ash", ""),
        ("beech", "fir", "the same content"),
    ]
    assert [(one.key, one.at) for one in trees.removed] == [("cedar", 2)]
    assert trees.order == ((3, 1), (1, 1), (0, 1))
    assert change_set.removed == {"gone": ("x",)}
    assert (change_set.old.version, change_set.new.version) == ("1.0.0", "1.1.0")
    assert (change_set.old.released, change_set.new.released) == ("", "2031-04-02")
    assert [one["kind"] for one in change_set.tables if one["breaks"]] == ["table-removed"]
    assert change_set.documents["weeds"].added == ()
    assert change_set.files["csv/weeds.csv"].parts is None


def test_no_value_of_the_past_is_in_a_set(packages: tuple[Path, Path]) -> None:
    text = between(*packages).text()
    assert "new words" in text
    for lost in ("text of ash", "text of cedar", "lost words"):
        assert lost in "".join(data.decode() for name, data in files(packages[0]).items() if name.startswith("json/"))
        assert lost not in text


def test_another_program_makes_the_same_of_it(packages: tuple[Path, Path], tmp_path: Path) -> None:
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    for number, (old, new) in enumerate((packages, packages[::-1])):
        (tmp_path / "set.json").write_text(between(old, new).text(), encoding="utf-8")
        program = Path(__file__).parent / "apply_plainly.mjs"
        subprocess.run(["node", program, old, tmp_path / "set.json", tmp_path / str(number)], check=True)
        assert files(tmp_path / str(number)) == files(new)
        refused = subprocess.run(["node", program, new, tmp_path / "set.json", tmp_path / "no"], capture_output=True)
        assert b"for another package" in refused.stderr


def test_sets_that_follow_each_other(packages: tuple[Path, Path], tmp_path: Path) -> None:
    there, back = (between(*some) for some in (packages, packages[::-1]))
    for name, one in (("there.json", there), ("back.json", back)):
        (tmp_path / name).write_text(one.text(), encoding="utf-8")
    sets = [str(tmp_path / "there.json"), str(tmp_path / "back.json")]
    run = CliRunner().invoke(main, ["apply", str(packages[0]), *sets, "--to", str(tmp_path / "new")])
    assert run.exit_code == 0, run.output
    assert files(tmp_path / "new") == files(packages[0])
    assert "not made: random.db, which is not in the set" in run.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back.json", "new", "there.json"]
    again = CliRunner().invoke(main, ["apply", str(packages[0]), *sets, "--to", str(tmp_path / "new")])
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)
    deep = CliRunner().invoke(main, ["apply", str(packages[0]), sets[0], "--to", str(tmp_path / "new/a/b")])
    assert deep.exit_code == 0
    shutil.rmtree(tmp_path / "new/a")
    wrong = CliRunner().invoke(main, ["apply", str(packages[1]), *sets, "--to", str(tmp_path / "a/b/other")])
    assert (wrong.exit_code, "is another" in wrong.stderr) == (1, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back.json", "new", "there.json"]


def test_a_package_against_itself(packages: tuple[Path, Path], tmp_path: Path) -> None:
    nothing = between(packages[0], packages[0])
    assert not nothing.differs
    assert not any(nothing.counts.values())
    made = applied(packages[0], nothing, tmp_path / "same")
    assert made.missing == (), "what is no text is copied where it is as it was"
    assert files(made.folder) == files(packages[0])


def test_a_package_that_lacks_files(packages: tuple[Path, Path], tmp_path: Path) -> None:
    old = Path(shutil.copytree(packages[0], tmp_path / "old"))
    (old / "site.json").unlink()
    made = applied(old, between(*packages), tmp_path / "new")
    assert made.missing == ("random.db", "site.json", "site.sqlite")
    (old / "json/trees.json").unlink()
    with pytest.raises(Refused, match=r"has no json/trees\.json"):
        applied(old, between(*packages), tmp_path / "other")


def test_of_an_archive(tmp_path: Path) -> None:
    book = tmp_path / "book"
    book.mkdir()
    found = []
    for number in (0, 1):
        write(book, {"trees": Collection("file", {"p": "count"}, {"ash": {"p": number}})}, f"1.{number}.0")
        descriptor = (book / "datapackage.yaml").read_text()
        (book / "datapackage.yaml").write_text(f"{descriptor}sourcebook: {{downloads: [csv, json, zip]}}\n")
        found.append(built(book, tmp_path / str(number)))
    change_set = between(*found)
    made = applied(found[0] / "random.zip", change_set, tmp_path / "new")
    for path in ("json/trees.json", "csv/trees.csv", "datapackage.json"):
        assert (made.folder / path).read_bytes() == (found[1] / path).read_bytes()
    assert "site.json" in made.missing
    between_archives = between(found[0] / "random.zip", found[1] / "random.zip")
    made = applied(found[0] / "random.zip", between_archives, tmp_path / "from-archive")
    assert made.missing == ()


# --- hostile and damaged ----------------------------------------------------------------------------------------------

Damage = Callable[[dict[str, Any]], object]


def renamed(path: str) -> Damage:
    return lambda one: one["files"].update({path: one["files"].pop("csv/trees.csv")})


DAMAGES: dict[str, tuple[Damage, str]] = {
    "leads out": (renamed("../outside.csv"), "no path of a file"),
    "absolute": (renamed("/outside.csv"), "no path of a file"),
    "backslash": (renamed("csv\\outside.csv"), "no path of a file"),
    "hidden": (renamed(".git/hooks/post-checkout"), "no path of a file"),
    "control": (renamed("csv/a\nb.csv"), "no path of a file"),
    "drive": (renamed("C:outside.csv"), "no path of a file"),
    "deep": (renamed("a/b/c/d/e/f.csv"), "no path of a file"),
    "long": (renamed("x" * 300), "no path of a file"),
    "case": (renamed("JSON/trees.json"), "two files at one place"),
    "folder": (renamed("json"), "two files at one place"),
    "old leads out": (lambda one: one["files"]["csv/trees.csv"].update(old_path="../../etc/passwd"), "no path"),
    "own": (lambda one: one["collections"]["trees"].update(path="datapackage.json"), "two files at one place"),
    "hash": (lambda one: one["collections"]["trees"].update(sha256="0" * 64), "is not what the set says"),
    "document": (lambda one: one["collections"]["trees"]["changed"][0].update(document="{}"), "not what the set says"),
    "was": (lambda one: one["collections"]["trees"]["removed"][0].update(was="0" * 64), "not as the set says"),
    "text for number": (lambda one: one["collections"]["trees"].update(bytes="12"), "no number"),
    "negative": (lambda one: one["collections"]["trees"]["removed"][0].update(at=-1), "no number"),
    "far": (lambda one: one["collections"]["trees"]["removed"][0].update(at=2**30), "has no record at place"),
    "far added": (lambda one: one["collections"]["trees"]["added"][0].update(at=2**30), "does not have"),
    "twice": (lambda one: one["collections"]["trees"]["added"].extend(one["collections"]["trees"]["added"]), "at one"),
    "no JSON": (lambda one: one["collections"]["trees"]["added"][0].update(document='{"a": NaN}'), "no JSON"),
    "order": (lambda one: one["collections"]["trees"].update(order=[[0, 3]]), "not one of the records"),
    "huge order": (lambda one: one["collections"]["trees"].update(order=[[0, 2**39]]), "not one of the records"),
    "bomb": (lambda one: one["files"]["csv/trees.csv"].update(parts=[[0, 2]] * 9), "has taken already"),
    "huge run": (lambda one: one["files"]["csv/trees.csv"].update(parts=[[0, 2**39]]), "does not have"),
    "line break": (lambda one: one["collections"]["trees"]["added"][0].update(document="1\n2"), "no text of one line"),
    "surrogate": (lambda one: one["collections"]["trees"]["added"][0].update(document="\ud800"), "no text"),
    "surrogate in a file": (lambda one: one["files"]["csv/trees.csv"].update(parts=["\udfff"]), "no text"),
    "unknown": (lambda one: one.update(run="rm"), "is no part of one"),
    "missing": (lambda one: one.pop("files"), "is missing"),
    "list": (lambda one: one.update(collections=[]), "is no object"),
    "no package": (lambda one: one["files"].pop("datapackage.json"), "another datapackage.json"),
    "another collection": (lambda one: one["collections"].update(more=one["collections"].pop("trees")), "collections"),
    "truth": (lambda one: one["collections"]["trees"].update(keyed=1), "neither true nor false"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_or_hostile_set_is_refused_and_leaves_nothing(
    name: str, packages: tuple[Path, Path], tmp_path: Path
) -> None:
    damage, why = DAMAGES[name]
    value = between(*packages).as_dict()
    damage(value)
    (tmp_path / "set.json").write_text(json.dumps(value))
    with pytest.raises(Refused, match=re.escape(why)):
        applied(packages[0], tmp_path / "set.json", tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["set.json"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON text"),
        ("[" * 100_000, "no JSON text"),
        ('{"format": "sourcebook change set 1", "format": "sourcebook change set 1"}', "twice"),
        ('{"format": "sourcebook change set 1", "bytes": 1' + "0" * 5_000 + "}", "no JSON text"),
        ("\xff", "no JSON text"),
    ],
)
def test_what_is_no_set(text: str, why: str, packages: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "set.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(Refused, match=why):
        applied(packages[0], tmp_path / "set.json", tmp_path / "new")
    (tmp_path / "set.json").write_text('{"format": "sourcebook change set 2"}')
    with pytest.raises(UsageError, match="no change set"):
        applied(packages[0], tmp_path / "set.json", tmp_path / "new")


def test_a_package_with_links_leads_nowhere(packages: tuple[Path, Path], tmp_path: Path) -> None:
    old = Path(shutil.copytree(packages[0], tmp_path / "old"))
    (old / "csv/trees.csv").unlink()
    (old / "csv/trees.csv").symlink_to(packages[0] / "csv/trees.csv")
    made = applied(old, between(*packages), tmp_path / "new")
    assert "csv/trees.csv" in made.missing


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_example_of_the_page(tmp_path: Path) -> None:
    """The example is carried out, by both programs that know the page alone; its cut hashes are those of its texts."""
    old, new = BLOCKS["boats.json"], BLOCKS["boats.json now"]
    said = BLOCKS["set of boats"]
    told = json.loads(said)
    hashes = {
        told["sha256"]: new,
        told["was"]: old,
        told["changed"][0]["was"]: '{"id":"gull","crew":2}',
        told["removed"][0]["was"]: '{"id":"tern","crew":1.0}',
    }
    for short, text in hashes.items():
        whole = apply_plainly.sha256(text.encode())
        assert whole.startswith(short.removesuffix("…")), f"{whole} of {text}"
        said = said.replace(short, whole)
    one = json.loads(said)
    assert one["bytes"] == len(new)
    csv = "id,crew\r\ngull,2\r\ntern,1\r\nskua,3\r\n", "id,crew\r\nauk,4\r\nskua,3\r\ngull,3\r\n"
    parts = json.loads(BLOCKS["parts of boats"])
    assert [part if isinstance(part, str) else list(part) for part in parts_of(*csv)] == parts
    (tmp_path / "json").mkdir()
    (tmp_path / "json/boats.json").write_text(old)
    assert apply_plainly.documents(tmp_path, "boats", one) == new.encode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("", "a"),
        ("a\nb\nc\n", "a\nc\nb\n"),
        ("a\na\na\n", "a\na\na\na\n"),
        ("{\n},\n{\n}\n", "{\n},\n{\n},\n{\n}\n"),
        ("a\r\nb", "b"),
        ("a\nb", "b\na\n"),
        ("x\n{\ny\n}\n", "z\n{\ny\n}\n"),
        ("\u2028\u0085\n", "\u0085\n\u2028\u0085\n"),
    ],
)
def test_parts_are_the_new_text(old: str, new: str) -> None:
    lines = lines_of(old)
    assert "".join(lines) == old
    parts = parts_of(old, new)
    assert "".join(part if isinstance(part, str) else "".join(lines[part[0] : sum(part)]) for part in parts) == new
