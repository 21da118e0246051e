# SPDX-License-Identifier: Apache-2.0
"""A book that comes with a ``build/``: nothing outside is touched, nothing hangs, and nothing forged is published."""

from __future__ import annotations

import asyncio
import marshal
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path

import pytest

import sourcebook
from sourcebook.book import load_book
from sourcebook.compile.batch import pack, unpack
from sourcebook.compile.store import Store
from sourcebook.errors import EnvironmentFailure
from sourcebook.exact import loads
from sourcebook.publish import release
from sourcebook.publish.cache import open_cache
from sourcebook.publish.ground import held
from sourcebook.publish.key import key_of
from sourcebook.site.releases import Releases

SECONDS = 60  # no build of a book of three records takes that


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A book of three buoys."""
    folder = tmp_path / "buoys"
    (folder / "data/buoys").mkdir(parents=True)
    (folder / "schemas").mkdir()
    (folder / "schemas/buoy.json").write_text('{"type": "object", "properties": {"colour": {"type": "string"}}}')
    (folder / "datapackage.yaml").write_text(
        "name: buoys\nresources:\n- {name: buoys, path: build/csv/buoys.csv, schema: build/tableschema/buoys.json,\n"
        "   sourcebook: {records: data/buoys/*.yaml, schema: schemas/buoy.json}}\n"
    )
    for name, colour in (("a", "red"), ("b", "green"), ("c", "yellow")):
        (folder / f"data/buoys/{name}.yaml").write_text(f"colour: {colour}\n")
    return folder


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that belongs to somebody else, with a file in each of its folders."""
    folder = tmp_path / "outside"
    (folder / "below").mkdir(parents=True)
    for name in ("canary", "below/canary", "state", "key"):
        (folder / name).write_text("left as it is")
    return folder


@contextmanager
def in_time() -> Iterator[None]:
    """Fail where what is done takes so long that it must hang."""

    def fail(*_told: object) -> None:
        raise TimeoutError("it hangs")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def started(build: Path) -> None:
    """Have the current release ready to answer, as ``serve`` does, and end it again."""

    async def start(app: Releases) -> None:
        await app.start()

    with closing(Releases(build)) as app:
        asyncio.run(start(app))


def as_it_lies(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """All that there is below a folder: kind, time and bytes."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        data = path.read_bytes() if path.is_file() else b""
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_mtime_ns, data)
    return found


def a_link_to_a_folder(path: Path, outside: Path) -> None:
    path.symlink_to(outside, target_is_directory=True)


def a_link_to_a_file(path: Path, outside: Path) -> None:
    path.symlink_to(outside / "canary")


def a_link_to_nothing(path: Path, outside: Path) -> None:
    path.symlink_to(outside / "made-by-the-build")


def a_pipe(path: Path, _outside: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path, _outside: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        here = os.open(path.parent, os.O_RDONLY)
        try:
            bound.bind(f"/proc/self/fd/{here}/{path.name}")
        finally:
            os.close(here)


def a_folder(path: Path, _outside: Path) -> None:
    (path / "in it").mkdir(parents=True)


def a_file(path: Path, _outside: Path) -> None:
    path.write_text("a file")


KINDS = (a_link_to_a_folder, a_link_to_a_file, a_link_to_nothing, a_pipe, a_socket, a_folder, a_file)
PLACES = (
    "build",
    "build/releases",
    "build/current",
    "build/.cache",
    "build/.cache/chunks",
    "build/.cache/state",
    "build/.cache/.state-1",
    "build/.cache/chunks/0123",
    "build/.lock",
    "build/.work-x",
    "build/.link-current",
    "build/csv",
    "build/buoys.db",
    "build/releases/old",
)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", PLACES)
def test_what_lies_in_a_place_of_ours(place: str, kind: Callable[..., None], small: Path, outside: Path) -> None:
    before = as_it_lies(outside)
    path = small / place
    path.parent.mkdir(parents=True, exist_ok=True)
    kind(path, outside)
    with in_time():
        refused = ""
        try:
            built = sourcebook.build(small)
        except EnvironmentFailure as error:
            refused = str(error)
        else:
            assert release.own(small / "build") == built.release
    if refused:
        assert "is in the way: it is a" in refused
        assert str(path) in refused
    assert as_it_lies(outside) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *[("buoys.db", kind) for kind in (a_link_to_a_folder, a_link_to_a_file, a_pipe, a_socket, a_folder)],
        *[("SHA256SUMS", kind) for kind in (a_link_to_a_file, a_folder)],
        *[("report.json", kind) for kind in (a_link_to_a_file, a_pipe, a_folder)],
        *[("datasette.json", kind) for kind in (a_link_to_a_file, a_pipe)],
        *[("csv", kind) for kind in (a_link_to_a_folder, a_socket)],
        *[("more", kind) for kind in (a_link_to_a_folder, a_link_to_nothing, a_pipe)],
    ],
)
def test_what_lies_in_a_release(name: str, kind: Callable[..., None], small: Path, outside: Path) -> None:
    """Of a release that came with the book, with the rest of it as a build here made it."""
    made = sourcebook.build(small).release
    assert made is not None
    before = as_it_lies(outside)
    path = made / name
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    kind(path, outside)
    with in_time():
        with pytest.raises(EnvironmentFailure):
            started(small / "build")
        if kind is a_folder:
            assert not sourcebook.verify(small).ok
        else:
            with pytest.raises(EnvironmentFailure, match="in the way"):
                sourcebook.verify(small)
        built = sourcebook.build(small)
        assert built.release is not None
        assert release.own(small / "build") == built.release
    assert as_it_lies(outside) == before


@pytest.mark.parametrize("target", ["../outside", "releases/../../outside", "/etc", "releases", "releases/", "."])
def test_a_current_release_that_leads_elsewhere(target: str, small: Path, outside: Path) -> None:
    made = sourcebook.build(small).release
    assert made is not None
    shutil.copytree(made, outside / "release")
    (small / "build/current").unlink()
    (small / "build/current").symlink_to(target)
    for open_it in (release.own, Releases, lambda build: sourcebook.verify(build.parent)):
        with pytest.raises(EnvironmentFailure, match="no release"):
            open_it(small / "build")  # type: ignore[operator]
    assert sourcebook.build(small).release == made
    assert release.own(small / "build") == made


# --- whose release ----------------------------------------------------------------------------------------------------


def built_by_somebody_else(folder: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    home.mkdir(exist_ok=True)
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("HOME", str(home))
        assert sourcebook.build(folder).release is not None


def test_a_release_of_somebody_else_is_served_if_that_is_said(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built_by_somebody_else(small, monkeypatch, tmp_path / "home")
    with pytest.raises(EnvironmentFailure, match=r"was not built by you on this machine.*--unsealed"):
        release.own(small / "build")
    assert release.own(small / "build", anyones=True).is_dir()
    assert sourcebook.verify(small).ok  # which trusts none
    sourcebook.build(small)
    assert release.own(small / "build").is_dir()


@pytest.mark.parametrize("name", ["datasette.json", "metadata.json", "site.json", "buoys.db", "report.json"])
def test_a_forged_file_is_not_served(name: str, small: Path) -> None:
    """Though every checksum is made anew after it; the report is not among them."""
    made = sourcebook.build(small).release
    assert made is not None
    path = made / name
    path.write_bytes(path.read_bytes().replace(b"{", b'{ "plugins": {},', 1) + b" ")
    with pytest.raises(EnvironmentFailure, match=r"not as it was built|was not built by you"):
        release.own(small / "build")
    sums = "".join(
        f"{sourcebook.files.sha256(made / line[66:])}  {line[66:]}\n"  # type: ignore[attr-defined]
        for line in (made / "SHA256SUMS").read_text().splitlines()
    )
    (made / "SHA256SUMS").write_text(sums)
    with pytest.raises(EnvironmentFailure, match="was not built by you"):
        release.own(small / "build")


def test_a_release_stays_ones_own_where_it_is_copied_to(small: Path, tmp_path: Path) -> None:
    sourcebook.build(small)
    there = Path(shutil.copytree(small, tmp_path / "copy", symlinks=True))
    assert release.own(there / "build").is_dir()


# --- a forged cache ---------------------------------------------------------------------------------------------------


def forged(folder: Path, secret: bytes) -> None:
    """Put another text into the cache, under the key of the file as it is."""
    cache = open_cache(load_book(folder))
    theirs = Store(cache.store.folder, secret=secret)
    for path in cache.store.folder.iterdir():
        found = cache.store.first(path.name)
        assert found is not None
        batch = unpack(cache.store.all_parts(found[0]))
        batch.texts = [text.replace("red", "forged") for text in batch.texts]
        batch.rows = [
            [value.replace("red", "forged") if value == "red" else value for value in row] for row in batch.rows
        ]
        theirs.put(path.name, pack(batch))
    (folder / "build/.cache/state").unlink()


@pytest.mark.parametrize("secret", [b"", b"k" * 32])
def test_what_was_compiled_elsewhere_is_not_published(secret: bytes, small: Path) -> None:
    sourcebook.build(small)
    forged(small, secret)
    shutil.rmtree(small / "build/releases")
    (small / "build/current").unlink()
    built = sourcebook.build(small)
    assert built.release is not None
    assert "forged" not in (built.release / "csv/buoys.csv").read_text()
    assert "red" in (built.release / "csv/buoys.csv").read_text()
    assert sourcebook.verify(small).ok


def test_the_same_by_the_user_would_be(small: Path) -> None:
    """So that the test above is seen to forge what would be taken."""
    sourcebook.build(small)
    forged(small, key_of(small).secret)
    built = sourcebook.build(small)
    assert built.release is not None
    assert "forged" in (built.release / "csv/buoys.csv").read_text()


def test_nothing_is_unmarshalled_before_it_is_known_whose_it_is(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with the digest that was enough once, made without a key."""
    sourcebook.build(small)
    body = (4).to_bytes(4, "big") + marshal.dumps([8]) + b"\xff" * 8
    for path in (*(small / "build/.cache/chunks").iterdir(), small / "build/.cache/state"):
        path.write_bytes(blake2b(body, digest_size=20).digest() + body)
    seen: list[bytes] = []
    original = marshal.loads
    monkeypatch.setattr(marshal, "loads", lambda data: (seen.append(bytes(data)), original(data))[1])
    built = sourcebook.build(small, jobs=1)
    assert built.release is not None
    assert not any(b"\xff" * 8 in data or data == marshal.dumps([8]) for data in seen)
    assert any("was not written by you on this machine" in told for told in built.told)


def test_what_is_kept_under_one_name_is_not_taken_for_another(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put("one", [marshal.dumps(1)])
    (tmp_path / "one").rename(tmp_path / "two")
    assert store.first("two") is None


def test_a_large_file_is_read_when_it_is_known_whose_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sourcebook.compile.store._PIECE", 10)
    store = Store(tmp_path)
    store.put("one", [b"x" * 1_000])
    found = store.first("one")
    assert found is not None
    assert found[1] == b"x" * 1_000
    with (tmp_path / "one").open("ab") as file:
        file.write(b"y")
    assert store.first("one") is None


# --- the key ----------------------------------------------------------------------------------------------------------


def key_file() -> Path:
    return Path(os.environ["HOME"], ".local/state/sourcebook/key")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own."""
    folder = tmp_path / "a home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


@pytest.mark.usefixtures("home")
def test_a_key_is_made_once_and_for_the_user_alone(small: Path) -> None:
    first = key_of(small)
    assert (first.lacking, len(first.secret)) == ("", 32)
    assert key_of(small) == first
    assert key_file().stat().st_mode & 0o777 == 0o600
    assert [path.name for path in key_file().parent.iterdir()] == ["key"]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("what", ["mode", "size", "link", "pipe", "folder"])
def test_a_key_that_others_may_know_is_none(what: str, small: Path, outside: Path) -> None:
    key_of(small)
    key_file().chmod(0o640 if what == "mode" else 0o600)
    if what == "size":
        key_file().write_bytes(b"short")
    elif what != "mode":
        key_file().unlink()
        (outside / "key").write_bytes(b"k" * 32)
        {"link": lambda: key_file().symlink_to(outside / "key"), "pipe": lambda: os.mkfifo(key_file(), 0o600),
         "folder": lambda: key_file().mkdir()}[what]()  # fmt: skip
    with in_time():
        one, other = key_of(small), key_of(small)
    assert str(key_file()) in one.lacking
    assert one.secret != other.secret


def test_a_home_that_cannot_be_written_is_told_of(small: Path, home: Path) -> None:
    (home / ".local").write_text("no folder")
    built = sourcebook.build(small)
    assert built.release is not None
    assert any("everything is compiled anew" in told and ".local" in told for told in built.told)
    assert not sourcebook.build(small).unchanged
    with pytest.raises(EnvironmentFailure, match="no key of yours"):
        release.own(small / "build")


def test_a_key_that_comes_with_the_repository_is_none(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The book is a folder of its repository, which is the home of who builds."""
    top = small.parent
    (top / ".git").mkdir()
    (top / ".local/state/sourcebook").mkdir(parents=True)
    (top / ".local/state/sourcebook/key").write_bytes(b"k" * 32)
    (top / ".local/state/sourcebook/key").chmod(0o600)
    monkeypatch.setenv("HOME", str(top))
    assert "repository of the book" in key_of(small).lacking
    monkeypatch.setenv("XDG_STATE_HOME", str(small / "state"))
    assert "repository of the book" in key_of(small).lacking
    assert not (small / "state").exists()


# --- the lock ---------------------------------------------------------------------------------------------------------


def test_a_stopped_build_is_named_and_not_waited_for_for_ever(small: Path) -> None:
    (small / "build").mkdir()
    code = "import sys,time;from pathlib import Path;from sourcebook.publish.ground import held\n"
    code += "with held(Path(sys.argv[1]), print, 1.0):\n print('held', flush=True)\n time.sleep(60)\n"
    holder = subprocess.Popen([sys.executable, "-c", code, str(small / "build")], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        os.kill(holder.pid, signal.SIGSTOP)
        told: list[str] = []
        begun = time.monotonic()
        with pytest.raises(EnvironmentFailure, match=f"process {holder.pid}, which is stopped.*after 0.3 seconds"):
            sourcebook.build(small, wait=0.3, progress=lambda stage, *_: told.append(stage))
        assert time.monotonic() - begun < 10
        assert any(stage.startswith("another build") and str(holder.pid) in stage for stage in told)
    finally:
        holder.kill()
        holder.communicate()
    assert sourcebook.build(small, wait=0).release is not None


@pytest.mark.parametrize("said", ["", "x\n", "-1\n", "9" * 5000, "\x1b[2J\n", "²\n"])
def test_what_a_lock_says_is_not_trusted(said: str, small: Path) -> None:
    (small / "build").mkdir()
    with held(small / "build", print, 0):
        (small / "build/.lock").write_text(said)
        with pytest.raises(EnvironmentFailure, match="another build of this book still holds"):
            sourcebook.build(small, wait=0)


# --- what is left, and what is deep -----------------------------------------------------------------------------------


def test_folders_too_deep_for_their_paths_are_removed(small: Path) -> None:
    for place in ("build/.work-deep", "build/.cache/chunks/deep", "build/releases/deep"):
        path = small / place
        path.mkdir(parents=True)
        here = os.open(path, os.O_RDONLY)
        for _ in range(2_500):
            os.mkdir("d", dir_fd=here)
            below = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        os.close(here)
    assert sourcebook.build(small).release is not None
    (small / "data/buoys/d.yaml").write_text("colour: blue\n")
    sourcebook.build(small, forget=True)
    assert not (small / "build/.work-deep").exists()
    assert not (small / "build/.cache/chunks/deep").exists()
    assert not (small / "build/releases/deep").exists()


def test_a_report_is_json_with_its_seal_last(small: Path) -> None:
    made = sourcebook.build(small).release
    assert made is not None
    report = loads((made / "report.json").read_bytes())
    assert list(report)[-1] == "seal"
    assert set(report["seal"]) <= set("0123456789abcdef")
