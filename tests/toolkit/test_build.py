# SPDX-License-Identifier: Apache-2.0
"""Builds: the same bytes everywhere, whole or not at all, and the last good one left alone."""

from __future__ import annotations

import errno
import importlib
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

import sourcebook
from sourcebook.book import load_book
from sourcebook.errors import EnvironmentFailure
from sourcebook.extract import extracts
from sourcebook.publish import release
from sourcebook.records.register import Register
from tests.served import serving

Copy = Callable[[str], Path]


def build(folder: Path) -> Path:
    built = sourcebook.build(folder)
    assert built.release is not None, "\n".join(map(str, built.checked.findings))
    return built.release


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a release, the report aside, which holds timings."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != release.REPORT
    }


def test_what_is_built(book: Copy) -> None:
    folder = book("orchard")
    assert build(folder) == (folder / "build/current").resolve()
    for path in (
        "orchard.db",
        "csv/varieties.csv",
        "json/growers.json",
        "tableschema/harvests.json",
        "datapackage.json",
    ):
        assert (folder / "build" / path).is_file(), path
    harvests = json.loads((folder / "build/json/harvests.json").read_text("utf-8"))
    assert harvests[1] == {"number": 2, "variety": "Early Star", "by": "early-star", "kilograms": 80.0}
    growers = json.loads((folder / "build/json/growers.json").read_text("utf-8"))
    assert growers[".brook"] == {"name": '=Brook "& Sons"'}
    with closing(sqlite3.connect(folder / "build/orchard.db")) as connection:
        rows = connection.execute('SELECT number, variety, "by", by_growers, by_varieties FROM harvests').fetchall()
    assert rows == [
        (1, "red-lantern", "alder-farm", "alder-farm", None),
        (2, "early-star", "early-star", None, "early-star"),
    ]
    report = json.loads((folder / "build/report.json").read_text("utf-8"))
    assert report["ledger"]["schema"]["performed"] == 6


def test_the_data_dictionary_tells_what_schemas_tell(book: Copy) -> None:
    release = build(book("orchard"))
    schema = json.loads((release / "tableschema/varieties.json").read_text("utf-8"))
    fields = {field["name"]: field for field in schema["fields"]}
    assert (fields["name"]["description"], fields["name"]["example"]) == (
        "Name in the trade. For example: Red Lantern",
        "Red Lantern",
    )
    assert fields["code"]["description"] == "Deprecated. Numbers are kept as text. For example: 007"
    metadata = json.loads((release / "metadata.json").read_text("utf-8"))
    columns = metadata["databases"]["orchard"]["tables"]["varieties"]["columns"]
    assert columns["code"] == "Deprecated. Numbers are kept as text. For example: 007"


TEXTS = {"a": "TRUE", "b": "1.10", "c": "123456789012345678901234567890", "d": "0.10000000000000000001", "e": "\u200e7"}


def test_values_keep_their_text_in_tables_and_extracts(book: Copy) -> None:
    folder = book("orchard")
    written = "".join(f"  {key}: {json.dumps(text, ensure_ascii=False)}\n" for key, text in TEXTS.items())
    (folder / "data/varieties/kept.yaml").write_text(f"id: kept\nname: Kept\nnames:\n{written}", encoding="utf-8")
    release = build(folder)
    with closing(sqlite3.connect(release / "orchard.db")) as connection:
        rows = connection.execute("SELECT _name, _value FROM varieties_names WHERE _parent = 'kept'").fetchall()
    assert dict(rows) == TEXTS
    extract = json.loads((release / "json/varieties.json").read_text("utf-8"))
    assert next(one for one in extract if one["id"] == "kept")["names"] == TEXTS
    lines = (release / "csv/varieties_names.csv").read_text("utf-8").splitlines()
    assert {f"kept,{key},{text}" for key, text in TEXTS.items()} <= set(lines)


def test_sha256sums_is_what_coreutils_reads(book: Copy) -> None:
    folder = book("orchard")
    build(folder)
    subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder / "build/current", check=True
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["orchard", "reference"])
def test_the_same_book_gives_the_same_bytes_anywhere(
    book: Copy, reference_book: Path, tmp_path: Path, name: str
) -> None:
    """Other folder, time zone, locale, hash seed, file times, order of creation: identical files."""
    first = Path(shutil.copytree(reference_book, tmp_path / name, symlinks=True)) if name != "orchard" else book(name)
    shutil.rmtree(first / "build", ignore_errors=True)
    other = tmp_path / "elsewhere" / "a b"
    paths = [path for path in first.rglob("*") if path.is_file()]
    random.Random(4).shuffle(paths)
    for path in paths:
        target = other / path.relative_to(first)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        os.utime(target, (1e9, 1e9 + random.Random(str(path)).random() * 1e8))
    environment = {**os.environ, "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "77"}
    command = [sys.executable, "-m", "sourcebook.cli", "build", "--book"]
    subprocess.run([*command, str(other)], env=environment, check=True, capture_output=True)
    subprocess.run([*command, str(first)], env={**os.environ, "PYTHONHASHSEED": "1"}, check=True, capture_output=True)
    one, two = contents((first / "build/current").resolve()), contents((other / "build/current").resolve())
    assert list(one) == list(two)
    assert [name for name in one if one[name] != two[name]] == []


def test_the_same_content_is_the_same_release(book: Copy) -> None:
    folder = book("orchard")
    assert build(folder) == build(folder)


def test_a_damaged_release_is_not_taken_for_the_same(book: Copy) -> None:
    folder = book("orchard")
    first = build(folder)
    (first / "csv/growers.csv").write_text("damaged")
    assert build(folder) != first
    assert sourcebook.verify(folder).ok


def test_errors_leave_the_last_release_as_it_was(book: Copy) -> None:
    folder = book("orchard")
    before = contents(build(folder))
    (folder / "data/growers/alder-farm.yaml").write_text("name: [unclosed\n")
    built = sourcebook.build(folder)
    assert built.release is None
    assert not built.checked.ok
    assert contents((folder / "build/current").resolve()) == before
    assert not list((folder / "build").glob(".work-*"))


def test_two_releases_are_kept_and_older_ones_go(book: Copy) -> None:
    folder = book("orchard")
    made = []
    for weight in (1, 2, 3):
        path = folder / "data/harvests.yaml"
        path.write_text(
            path.read_text()
            .replace("kilograms: 120", f"kilograms: {weight}")
            .replace(f"kilograms: {weight - 1}\n", f"kilograms: {weight}\n")
        )
        made.append(build(folder))
        time.sleep(0.01)
    assert sorted(p.name for p in (folder / "build/releases").iterdir()) == sorted(p.name for p in made[1:])


def test_a_collection_taken_out_leaves_no_dangling_link(book: Copy) -> None:
    folder = book("orchard")
    build(folder)
    (folder / "build/old.db").symlink_to("current/old.db")
    path = folder / "data/growers/.brook.yaml"
    path.write_text("name: Brook\n")
    build(folder)
    assert not (folder / "build/old.db").is_symlink()


def test_what_a_person_put_into_build_is_not_overwritten(book: Copy) -> None:
    folder = book("orchard")
    (folder / "build").mkdir()
    (folder / "build/csv").mkdir()
    with pytest.raises(EnvironmentFailure, match="in the way"):
        sourcebook.build(folder)


@pytest.mark.parametrize("moment", ["export", "link", "rename"])
def test_a_disk_that_fails_leaves_the_last_release(book: Copy, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    folder = book("orchard")
    before = contents(build(folder))
    (folder / "data/growers/.brook.yaml").write_text("name: Brook\n")

    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    owner, name = {"export": (Path, "write_text"), "link": (Path, "symlink_to"), "rename": (Path, "rename")}[moment]
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, full)
        with pytest.raises(OSError, match="No space left"):
            sourcebook.build(folder)
    assert contents((folder / "build/current").resolve()) == before
    build(folder)
    assert sourcebook.verify(folder).ok


@pytest.mark.slow
def test_extracts_may_be_left_for_the_next_build(book: Copy) -> None:
    folder = book("orchard")
    bare = sourcebook.build(folder, formats=())
    assert bare.release is not None
    listed = {line.partition("  ")[2] for line in (bare.release / release.SUMS).read_text("utf-8").splitlines()}
    assert listed == {"orchard.db", "datasette.json", "metadata.json", "site.json", "site.sqlite"}
    verified = sourcebook.verify(folder)
    assert verified.ok
    tallies = verified.ledger.as_dict()
    for part in ("CSV extracts", "JSON extracts", "Data Package"):
        assert (tallies[part]["performed"], tallies[part]["skipped"]) == (0, 1)
    with serving(sys.executable, folder) as client:
        home = client.get("/").text
        assert "orchard.db" in home
        assert not any(name in home for name in ("csv/", "json/", "datapackage.json"))
    assert sourcebook.build(folder, formats=()).unchanged

    whole = sourcebook.build(folder)
    assert not whole.unchanged
    assert whole.release is not None
    assert (whole.release / "orchard.db").read_bytes() == (bare.release / "orchard.db").read_bytes()
    assert (folder / "build/csv/growers.csv").is_file()
    assert sourcebook.verify(folder).ok
    again = sourcebook.build(folder, formats=())  # that release has more than is wanted
    assert (again.unchanged, again.release) == (True, whole.release)

    other = sourcebook.build(folder, formats=(), clean=True)
    assert (other.release and other.release.name) == bare.release.name
    assert other.preview
    assert (folder / "build/current").resolve() == whole.release
    assert (folder / "build/preview").resolve() == bare.release


def test_extracts_by_another_process_are_the_same(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = book("orchard")
    alone = sourcebook.build(folder, jobs=1)
    monkeypatch.setattr(extracts, "_WORTH_SHARING", 0)
    shared = sourcebook.build(folder, clean=True, jobs=2)
    assert (shared.release and shared.release.name) == (alone.release and alone.release.name)
    assert {path.name for path in (folder / "build/current").iterdir() if path.name.endswith(".db")} == {"orchard.db"}


def test_a_second_build_waits_for_the_first(book: Copy) -> None:
    folder = book("orchard")
    told: list[str] = []
    with release.work_folder(folder / "build", told.append) as work:
        other = subprocess.Popen(
            [sys.executable, "-m", "sourcebook.cli", "build", "--book", str(folder)], stderr=subprocess.PIPE, text=True
        )
        assert other.stderr is not None
        assert "another build" in other.stderr.readline()
        assert work.is_dir()
    assert other.wait(30) == 0
    other.stderr.close()


@pytest.mark.slow
def test_a_build_killed_at_any_moment_leaves_the_last_release(book: Copy) -> None:
    """Twenty builds killed with SIGKILL at random moments: the current release is whole and served, whichever it is."""
    folder = book("orchard")
    harvests = folder / "data/harvests.yaml"
    text = harvests.read_text()
    begun = time.monotonic()
    build_alone(folder).wait()
    whole = time.monotonic() - begun
    shuffled = random.Random(20140501)
    seen = set()
    with serving(sys.executable, folder) as client:
        for attempt in range(20):
            seen.add(_killed_while_served(folder, client, text, attempt, shuffled.uniform(0.3, 1.0) * whole))
    assert build_alone(folder).wait() == 0
    assert sourcebook.verify(folder).ok
    assert not list((folder / "build").glob(".work-*"))
    assert True in seen, "no build was stopped before it published: the moments are too late"


def _killed_while_served(folder: Path, client: httpx.Client, text: str, attempt: int, wait: float) -> bool:
    """Kill a build after ``wait`` seconds; whether the release is still the one before."""
    (folder / "data/harvests.yaml").write_text(text.replace("kilograms: 120", f"kilograms: {attempt + 1}"))
    before = os.readlink(folder / "build/current")
    process = build_alone(folder)
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert release.damaged((folder / "build/current").resolve()) == []
    address = f"{(folder / 'build/orchard.db').resolve().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (kilograms,) = connection.execute("SELECT kilograms FROM harvests WHERE number = 1").fetchone()
    answer = client.get("/orchard/harvests.json?_shape=array")
    assert (answer.status_code, [row["kilograms"] for row in answer.json()]) == (200, [kilograms, 80.0])
    return os.readlink(folder / "build/current") == before


def build_alone(folder: Path, *options: str, **how: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "sourcebook.cli", "build", "--book", str(folder), *options],
        **{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **how},
    )


# --- processes and disks that fail ----------------------------------------------------------------------------------


@pytest.fixture
def many(book: Copy) -> Path:
    """A book that takes a while to read."""
    folder = book("orchard")
    for number in range(4_000):
        (folder / f"data/growers/g{number:04}.yaml").write_text(f"name: G {number}\n")
    return folder


def workers(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that share a build's work, once there are three."""
    ended = time.monotonic() + 20
    found: list[int] = []
    while len(found) < 3 and process.poll() is None and time.monotonic() < ended:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        found = [int(pid) for pid in children if not is_git(pid)]
    return found


def is_git(pid: str) -> bool:
    """Whether a process is one that is asked about the book's commit, or has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "git"
    except (FileNotFoundError, ProcessLookupError):
        return True


def lives(pid: int) -> bool:
    """Whether there is such a process, other than one that has ended and waits to be asked how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only where processes are forked")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_build_that_is_killed_takes_its_processes_along(many: Path, how: signal.Signals) -> None:
    process = build_alone(many, "--jobs", "3")
    found = workers(process)
    process.send_signal(how)
    process.wait()
    assert len(found) == 3
    assert build_alone(many).wait(60) == 0  # which the lock of one that lived on would keep waiting
    assert not any(map(lives, found))
    assert not list((many / "build").glob(".work-*"))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only where processes are forked")
def test_a_process_that_is_ended_by_something_else_is_no_bug(many: Path) -> None:
    process = build_alone(many, "--jobs", "3", stderr=subprocess.PIPE)
    os.kill(workers(process)[0], signal.SIGKILL)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 4, told
    assert b"is there enough memory?" in told
    assert not (many / "build/current").exists()


@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [1, 60, 100, 200, 400])
def test_a_disk_that_takes_no_more_is_no_bug(book: Copy, kilobytes: int) -> None:
    """A limit for the size of a file fails writes as a full disk does, at one point or another."""
    folder = book("orchard")
    for number in range(3_000):
        (folder / f"data/growers/g{number:04}.yaml").write_text(f"name: Grower of apples, number {number}\n")
    most = kilobytes * 1024
    limited = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most, most))
    process = build_alone(folder, preexec_fn=limited, stderr=subprocess.PIPE)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 4, told
    assert not (folder / "build/current").exists()
    assert not list((folder / "build").glob(".work-*"))


def test_a_file_that_goes_while_a_book_is_read(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = book("layouts")
    sources = Register(load_book(folder)).sources
    gone = next(folder / source.path for source in sources if not source.collection.schema)
    planning = importlib.import_module("sourcebook.check.planning")
    read = planning.read

    def after_a_while(*arguments: Any) -> Any:
        gone.unlink()
        return read(*arguments)

    monkeypatch.setattr(planning, "read", after_a_while)
    with pytest.raises(FileNotFoundError):
        sourcebook.build(folder)
