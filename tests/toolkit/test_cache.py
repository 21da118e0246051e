# SPDX-License-Identifier: Apache-2.0
"""What is kept between builds: nothing is done twice, and nothing but time is ever different for it."""

from __future__ import annotations

import marshal
import os
import random
import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import version
from mmap import mmap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sourcebook
from sourcebook import files
from sourcebook.book import load_book
from sourcebook.compile import chunk, convert, schedule
from sourcebook.compile.batch import Batch
from sourcebook.compile.chunk import Chunk, Contents, chunked
from sourcebook.compile.cost import Watched
from sourcebook.compile.scan import scan
from sourcebook.compile.store import Store
from sourcebook.finding import Finding
from sourcebook.machine import toolkit
from sourcebook.publish.cache import FOLDER, open_cache
from sourcebook.publish.key import key_of
from sourcebook.records.register import Register
from tests.conftest import BOOKS

Copy = Callable[[str], Path]


class Counts:
    """Counts that processes share."""

    def __init__(self) -> None:
        self._all = memoryview(mmap(-1, 16)).cast("q")

    def __getitem__(self, name: str) -> int:
        return self._all[("read", "compiled").index(name)]

    def __setitem__(self, name: str, count: int) -> None:
        self._all[("read", "compiled").index(name)] = count

    def __eq__(self, other: object) -> bool:
        return other == {"read": self["read"], "compiled": self["compiled"]}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counts:
    """How many files were read and how many compiled, in this process and in those that it forks."""
    counts = Counts()
    read, compiled = files.read_many, convert.compiled

    def reading(root: Path, paths: list[str], limit: int) -> object:
        counts["read"] += sum(path.startswith("data/") for path in paths)
        return read(root, paths, limit)

    def compiling(job: convert.Job, chunk: Chunk, contents: Contents, watched: Watched) -> Batch:
        counts["compiled"] += len(chunk)
        return compiled(job, chunk, contents, watched)

    monkeypatch.setattr(files, "read_many", reading)
    monkeypatch.setattr(schedule, "compiled", compiling)
    return counts


def release_of(folder: Path, **options: bool) -> str:
    built = sourcebook.build(folder, **options)
    assert built.release is not None, built.checked.findings
    return built.release.name


def test_a_build_in_which_nothing_changed_does_nothing(book: Copy, counted: Counts) -> None:
    folder = book("orchard")
    first = sourcebook.build(folder)
    assert counted == {"read": 6, "compiled": 5}  # one is read again for the place of a warning
    before = {path: path.stat().st_mtime_ns for path in (folder / "build").rglob("*")}
    again = sourcebook.build(folder)
    assert counted == {"read": 6 + 5, "compiled": 5}
    assert (again.unchanged, again.release, again.records) == (True, first.release, 6)
    assert again.checked.findings == first.checked.findings
    assert again.checked.ledger.as_dict() == first.checked.ledger.as_dict()
    after = {path: path.stat().st_mtime_ns for path in (folder / "build").rglob("*")}
    assert {p: t for p, t in after.items() if not p.name.startswith(".")} == {
        p: t for p, t in before.items() if not p.name.startswith(".")
    }


@pytest.mark.parametrize("name", ["file-part-unclaimed", "layouts", "yaml-key-lookalike"])
def test_warnings_and_inferred_schemas_do_not_hide_that_nothing_changed(book: Copy, name: str) -> None:
    folder = book(name)
    first = sourcebook.build(folder)
    again = sourcebook.build(folder)
    assert (again.unchanged, again.checked.findings) == (True, first.checked.findings)
    path = next(path for path in sorted((folder / "data").rglob("*")) if path.suffix in (".yaml", ".json", ".md"))
    path.write_bytes(path.read_bytes() + b"\n")
    assert not sourcebook.build(folder).unchanged


def test_only_what_changed_is_compiled(book: Copy, counted: Counts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk, "_MOST_FILES", 1)
    folder = book("orchard")
    release_of(folder)
    counted["compiled"] = 0
    path = folder / "data/growers/alder-farm.yaml"
    path.write_text(path.read_text("utf-8").replace("Alder", "Older"), "utf-8")
    changed = release_of(folder)
    assert counted["compiled"] == 1
    assert release_of(folder, clean=True) == changed


def test_an_edit_that_no_clock_shows_is_seen(book: Copy) -> None:
    folder = book("orchard")
    path = folder / "data/growers/alder-farm.yaml"
    first = release_of(folder)
    stat = path.stat()
    path.write_text(path.read_text("utf-8").replace("Alder", "Older"), "utf-8")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert path.stat().st_size == stat.st_size
    assert release_of(folder) != first


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("schemas/grower.schema.json", '"title": "Grower"', '"title": "Who grows"'),
        ("datapackage.yaml", "title: ", "keywords: [fruit]\ntitle: "),
    ],
)
def test_what_files_compile_by_is_seen_too(book: Copy, counted: Counts, name: str, old: str, new: str) -> None:
    folder = book("orchard")
    release_of(folder)
    counted["compiled"] = 0
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert not sourcebook.build(folder).unchanged
    assert counted["compiled"] == 5


def test_another_version_of_a_library_is_another_toolkit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed = [f"{name} {version(name)}" for name in toolkit.READERS]
    assert toolkit.versions() == installed
    with monkeypatch.context() as patched:  # folders that do not tell
        patched.setattr(os, "scandir", lambda _path: (_ for _ in ()).throw(NotADirectoryError))
        assert toolkit.versions() == installed
    code = toolkit.code.__wrapped__
    before = code()
    assert code() == before
    (tmp_path / "yaml_rs-99.0.dist-info").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert code() != before


def test_any_change_of_a_module_is_another_toolkit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(Path(sourcebook.__file__).parent, tmp_path / "sourcebook")
    monkeypatch.setattr(toolkit, "__file__", str(tmp_path / "sourcebook/machine/toolkit.py"))
    code = toolkit.code.__wrapped__
    known = {code()}
    inner = tmp_path / "sourcebook/parse/decode.py"
    inner.write_text(inner.read_text("utf-8") + "\n", encoding="utf-8")
    known.add(code())
    inner.rename(inner.with_name("decoding.py"))
    known.add(code())
    inner.with_name("decoding.py").unlink()
    known.add(code())
    for other in ("site/templates/sourcebook_layout.html", "book/descriptor.schema.json"):
        path = tmp_path / "sourcebook" / other
        path.write_text(path.read_text("utf-8") + "\n", encoding="utf-8")
        known.add(code())
    assert len(known) == 6


def test_a_change_anywhere_in_the_toolkit_is_told_to_a_cluster(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(Path(sourcebook.__file__).parent, tmp_path / "sourcebook")
    monkeypatch.setattr(toolkit, "__file__", str(tmp_path / "sourcebook/machine/toolkit.py"))
    facts = toolkit.facts.__wrapped__
    before = facts()
    inner = tmp_path / "sourcebook/compile/convert.py"
    inner.write_text(inner.read_text("utf-8") + "\n", encoding="utf-8")
    assert toolkit.unlike(facts(), before)


def test_a_script_changes_a_release_and_compiles_no_file(book: Copy, counted: Counts) -> None:
    folder = book("orchard")
    release_of(folder)
    counted["compiled"] = 0
    (folder / "scripts/views/more.sql").write_text("SELECT 1 AS one")
    assert not sourcebook.build(folder).unchanged
    assert counted["compiled"] == 0


def test_a_release_that_was_touched_is_built_again(book: Copy) -> None:
    folder = book("orchard")
    name = release_of(folder)
    (folder / "build/csv/growers.csv").write_text("")
    built = sourcebook.build(folder)
    assert not built.unchanged
    assert built.release is not None
    assert built.release.name == f"{name}-2"


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 200])
def test_what_is_kept_is_not_trusted(book: Copy, counted: Counts, damage: bytes) -> None:
    folder = book("orchard")
    name = release_of(folder)
    for path in (folder / "build" / FOLDER).rglob("*"):
        if path.is_file():
            path.write_bytes(damage)
    counted["compiled"] = 0
    assert release_of(folder) == name
    assert counted["compiled"] == 5


def test_why_a_file_was_not_read_is_part_of_its_key(book: Copy, tmp_path: Path) -> None:
    sources = Register(load_book(book("orchard"))).sources[:1]
    link = Finding(sources[0].path, 0, 0, "file-kind", "a symbolic link; links are not followed")
    store = Store(tmp_path)
    assert store.key(sources, [(b"", None)]) == store.key(sources, [(b"", None)])
    assert store.key(sources, [(b"", None)]) != store.key(sources, [(b"", link)])


def test_what_another_toolkit_remembers_is_not_looked_at(book: Copy) -> None:
    folder = book("orchard")
    name = release_of(folder)
    state = marshal.dumps({"dependence": b"of another toolkit, which remembers other things"})
    Store(folder / "build" / FOLDER, secret=key_of(folder).secret).put("state", [state])
    assert release_of(folder) == name


def test_what_is_kept_of_chunks_that_are_gone_goes(book: Copy) -> None:
    folder = book("orchard")
    release_of(folder)
    (folder / "data/growers/.brook.yaml").write_text("name: Brook\n")
    release_of(folder)
    cache = open_cache(load_book(folder))
    found = scan(cache.book, cache.store)
    found.work.hashed()
    assert {path.name for path in cache.store.folder.iterdir()} == set(cache.store.keys.values())  # type: ignore[union-attr]


def test_errors_are_not_kept_from_being_told(book: Copy) -> None:
    folder = book("orchard")
    release_of(folder)
    path = folder / "data/growers/alder-farm.yaml"
    good = path.read_text("utf-8")
    path.write_text("name: [\n")
    told = [sourcebook.build(folder).checked.findings for _ in range(2)]
    assert told[0] == told[1]
    assert [finding.rule for finding in told[0] if finding.level == "error"] == ["yaml-syntax"]
    path.write_text(good)
    assert sourcebook.build(folder).unchanged


# --- any edits ------------------------------------------------------------------------------------------------------


def edits(folder: Path, chance: random.Random) -> Iterator[str]:
    """Things that happen to a book, at random."""
    varieties = folder / "data/varieties"
    while True:
        what = chance.choice(["edit", "add", "remove", "rename", "restore", "harvest", "break"])
        paths = sorted(path for path in varieties.glob("v*.yaml"))
        if what == "add" or not paths:
            number = chance.randrange(1000)
            (varieties / f"v{number}.yaml").write_text(f"id: v-{'x' * (number % 7)}\nname: V {number}\n")
        elif what == "edit":
            with chance.choice(paths).open("a") as file:
                file.write(f"synonyms: [s{chance.randrange(9)}]\n")
        elif what == "remove":
            chance.choice(paths).unlink()
        elif what == "rename":
            chance.choice(paths).rename(varieties / f"v{chance.randrange(1000)}.yaml")
        elif what == "restore":
            chance.choice(paths).write_text("id: again\nname: Again\n")
        elif what == "harvest":
            (folder / "data/harvests.yaml").write_text(
                "".join(f"- number: {n}\n  variety: Early Star\n  kilograms: {n}\n" for n in range(chance.randrange(4)))
                or "[]\n"
            )
        else:
            chance.choice(paths).write_text("id: [\n")
        yield what


@pytest.mark.slow
@given(seed=st.integers(0, 10_000))
@settings(max_examples=6, deadline=None)
def test_after_any_edits_a_build_is_what_a_clean_build_is(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = Path(shutil.copytree(BOOKS / "orchard", tmp_path_factory.mktemp("edits") / "orchard"))
    chance = random.Random(seed)
    for _, what in zip(range(8), edits(folder, chance), strict=False):
        kept = sourcebook.build(folder)
        elsewhere = Path(shutil.copytree(folder, folder.with_name("clean"), ignore=shutil.ignore_patterns("build")))
        clean = sourcebook.build(elsewhere)
        assert kept.checked.findings == clean.checked.findings, what
        assert kept.checked.ledger.as_dict() == clean.checked.ledger.as_dict(), what
        assert _sums(kept.release) == _sums(clean.release), what
        shutil.rmtree(elsewhere)


def _sums(release: Path | None) -> list[str]:
    """What a release is, but for the keys that there were once: without git, only a build after others knows them."""
    lines = (release / "SHA256SUMS").read_text().splitlines() if release else []
    return [line for line in lines if not line.endswith(("  keys.csv", "  site.sqlite"))]


# --- chunks and processes -------------------------------------------------------------------------------------------


def test_a_file_more_leaves_other_chunks_as_they_are(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BOOKS / "orchard", tmp_path / "orchard"))
    for number in range(1000):
        (folder / f"data/growers/g{number:04}.yaml").write_text(f"name: G {number}\n")

    def paths() -> set[tuple[str, ...]]:
        return {tuple(source.path for source in chunk) for chunk in chunked(Register(load_book(folder)).sources)}

    before = paths()
    assert max(map(len, before)) <= 512
    assert len(before) > 4
    (folder / "data/growers/g0500b.yaml").write_text("name: One more\n")
    assert len(before - paths()) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only where processes can be forked")
@pytest.mark.parametrize("name", ["orchard", "layouts", "schema", "reference"])
def test_several_processes_find_what_one_finds(book: Copy, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk, "_MOST_FILES", 1)
    folder = book(name)
    one, three = (sourcebook.check(folder, jobs=jobs) for jobs in (1, 3))
    assert one.findings == three.findings
    assert one.ledger.as_dict() == three.ledger.as_dict()
    assert one.records == three.records
