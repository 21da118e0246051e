# SPDX-License-Identifier: Apache-2.0
"""Targets that lie: nothing of them is taken, in bounds of time and of bytes, and what was current stays."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sourcebook.channel import fetching
from sourcebook.channel.beside import Channel
from sourcebook.channel.following import Refused, follow
from sourcebook.channel.form import digest, read_manifest, read_pointer, wrong_path
from sourcebook.channel.pushing import push
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.files import all_files
from sourcebook.publish import pointer
from tests.channel.books import Book, contents, current

Told = dict[str, Any]


class Target:
    """A target in a folder, which can be told to say something else than it did."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def pointer(self) -> Told:
        """What ``current.json`` says."""
        told: Told = json.loads((self.folder / "current.json").read_text())
        return told

    @property
    def manifest(self) -> Told:
        """What the manifest says."""
        told: Told = json.loads(self.path_of_manifest.read_text())
        return told

    @property
    def path_of_manifest(self) -> Path:
        """Where it lies."""
        return self.folder / "releases" / f"{self.pointer['manifest']['sha256']}.json"

    def say(self, manifest: Told, serial: int | None = None, **pointer: object) -> None:
        """Have another manifest be current, of the next serial unless told otherwise."""
        manifest = {**manifest, "serial": self.pointer["serial"] + 1 if serial is None else serial}
        data = json.dumps(manifest).encode()
        (self.folder / "releases" / f"{digest(data)}.json").write_bytes(data)
        about = {"sha256": digest(data), "bytes": len(data)}
        told = {**self.pointer, "serial": manifest["serial"], "manifest": about, **pointer}
        (self.folder / "current.json").write_text(json.dumps(told))

    def object(self, data: bytes) -> Told:
        """Have some content lie there: what a manifest says of it."""
        place = self.folder / "objects" / digest(data)[:2] / digest(data)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        return {"sha256": digest(data), "bytes": len(data)}


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book that is built."""
    found = Book(tmp_path / "book")
    found.build(1)
    return found


@pytest.fixture
def target(book: Book, tmp_path: Path) -> Target:
    """Where it was pushed to."""
    push(book.folder, str(tmp_path / "target"))
    return Target(tmp_path / "target")


@pytest.fixture
def follower(target: Target, tmp_path: Path) -> Path:
    """A build folder that follows it."""
    follow(str(target.folder), tmp_path / "follower" / "build")
    return tmp_path / "follower" / "build"


def refused(target: Target, follower: Path, says: str, **options: Any) -> None:
    """Have it that following is refused, and nothing changed: not even beside the folder."""
    before, name = _lying_in(follower.parent), pointer.read(follower)
    with pytest.raises(EnvironmentFailure, match=says):
        follow(str(target.folder), follower, **options)
    assert pointer.read(follower) == name
    assert _lying_in(follower.parent) == before
    assert contents(current(follower))


def _lying_in(above: Path) -> dict[str, bytes]:
    """What each file below a folder holds, but for notes of a follower and what it copied and did not take."""
    names = (name for name in all_files(above) if "/.coming/" not in name)
    return {name: (above / name).read_bytes() for name in names if name not in ("build/.following.json", "build/.lock")}


@pytest.mark.parametrize(
    "path",
    [
        "release/../../out",
        "release/csv/../../../out",
        "/etc/out",
        "release//out",
        "release/.",
        "release/current",
        "release/releases/x",
        "release/versions",
        "release/.lock",
        "release/a\\b",
        "release/a\nb",
        "release/" + "a" * 256,
        "release/" + "a/" * 30 + "a",
        "versions/../out",
        "versions/..",
        "versions/releases.json/x",
        "versions/.work-x/y",
        "versions/1.0.0",
        "elsewhere/x",
        "release",
        "",
    ],
)
def test_no_path_leads_elsewhere(target: Target, follower: Path, path: str) -> None:
    assert wrong_path(path)
    told = target.manifest
    told["files"].append({"path": path, **target.object(b"out")})
    target.say(told)
    refused(target, follower, "no path of a file")


def _object_of(target: Target, name: str) -> Path:
    one = next(one for one in target.manifest["files"] if one["path"] == name)
    return target.folder / "objects" / one["sha256"][:2] / one["sha256"]


def _other_bytes(target: Target) -> None:
    path = _object_of(target, "release/orchard.db")
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def _more_bytes(target: Target) -> None:
    with _object_of(target, "release/orchard.db").open("ab") as file:
        file.write(b"x" * 10_000_000)


def _fewer_bytes(target: Target) -> None:
    path = _object_of(target, "release/orchard.db")
    path.write_bytes(path.read_bytes()[:-1])


def _gone(target: Target) -> None:
    _object_of(target, "release/orchard.db").unlink()


def _link(target: Target) -> None:
    path = _object_of(target, "release/orchard.db")
    path.rename(path.with_name("aside"))
    path.symlink_to("aside")


@pytest.mark.parametrize(
    ("lie", "says"),
    [
        (_other_bytes, "not what its name says"),
        (_more_bytes, "more than"),
        (_fewer_bytes, "not what its name says"),
        (_gone, "lacks something"),
        (_link, "orchard|objects"),
    ],
)
def test_contents_are_what_their_names_say(
    book: Book, target: Target, follower: Path, lie: Callable[[Target], None], says: str
) -> None:
    book.build(2)
    push(book.folder, str(target.folder))
    lie(target)
    refused(target, follower, says)
    push(book.folder, str(target.folder))


def test_a_release_is_what_its_checksums_list(target: Target, follower: Path) -> None:
    told = target.manifest
    more = {**told, "files": [*told["files"], {"path": "release/more.txt", **target.object(b"more")}]}
    target.say(more)
    refused(target, follower, "other files than its checksums list")
    less = {**told, "files": [one for one in told["files"] if one["path"] != "release/orchard.db"]}
    target.say(less)
    refused(target, follower, "other files than its checksums list")
    target.say({**told, "release": "0" * 16})
    refused(target, follower, "checksums of another")
    for report in (b"[]", b"{", b"[" * 100_000, b"{}"):
        files = [one for one in told["files"] if one["path"] != "release/report.json"]
        target.say({**told, "files": [*files, {"path": "release/report.json", **target.object(report)}]})
        refused(target, follower, "report.json")


def test_what_is_older_is_refused(book: Book, target: Target, follower: Path) -> None:
    first = (target.folder / "current.json").read_bytes(), target.path_of_manifest.read_bytes()
    place = target.path_of_manifest
    book.build(2)
    push(book.folder, str(target.folder))
    follow(str(target.folder), follower)
    (target.folder / "current.json").write_bytes(first[0])
    place.write_bytes(first[1])
    refused(target, follower, "goes back to a release that is older")
    told = json.loads(first[1])
    (target.folder / "current.json").write_bytes(first[0])
    serial = json.loads((follower / ".following.json").read_text())["serial"]
    target.say(told, serial=serial)
    refused(target, follower, "two releases of one serial")
    target.say({**told, "name": "another"}, serial=serial + 1)
    refused(target, follower, "was followed")


def test_a_pointer_that_says_another_serial_than_its_manifest(target: Target, follower: Path) -> None:
    target.say(target.manifest)
    (target.folder / "current.json").write_text(json.dumps({**target.pointer, "serial": target.pointer["serial"] + 9}))
    refused(target, follower, "another serial")


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"{}",
        b"[" * 60_000,
        b"\xff\xfe",
        b"null",
        b'{"format": "sourcebook channel 2"}',
        b'{"format": "sourcebook channel 1", "serial": 1e999, "manifest": {}}',
        b'{"format": "sourcebook channel 1", "serial": true, "manifest": {"sha256": "' + b"0" * 64 + b'", "bytes": 1}}',
        b'{"format": "sourcebook channel 1", "serial": 1, "manifest": {"sha256": "../../x", "bytes": 1}}',
    ],
)
def test_a_pointer_that_is_none(target: Target, follower: Path, said: bytes) -> None:
    (target.folder / "current.json").write_bytes(said)
    refused(target, follower, "none of a release channel")
    for read in (read_pointer, read_manifest):
        with pytest.raises(ValueError):  # noqa: PT011 - each in its own words
            read(said)


def test_a_target_may_be_larger_than_the_disk(target: Target, follower: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = target.manifest
    huge = {"path": "release/huge", "sha256": "0" * 64, "bytes": 2**50}
    target.say({**told, "files": [*told["files"], huge]})
    refused(target, follower, "the disk of")


def test_answers_without_an_end(book: Book, tmp_path: Path) -> None:
    """Each of a server's answers goes on for ever: no more is read than there may be."""

    class Endless(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b" " * 65_536)
            except OSError:
                pass

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Endless) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        with pytest.raises(EnvironmentFailure, match="more than the 65,536 bytes"):
            follow(f"http://127.0.0.1:{server.server_port}", tmp_path / "build")
        server.shutdown()


def test_what_was_built_is_not_followed_over(book: Book, target: Target) -> None:
    with pytest.raises(UsageError, match="was built, and not followed"):
        follow(str(target.folder), book.build_folder)


def test_another_book_is_not_pushed_over(target: Target, tmp_path: Path) -> None:
    other = Book(tmp_path / "other")
    path = other.folder / "datapackage.yaml"
    path.write_text(path.read_text().replace("name: orchard", "name: meadow", 1))
    other.build(1)
    with pytest.raises(UsageError, match="push elsewhere"):
        push(other.folder, str(target.folder))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "current.json").write_text("[]")
    with pytest.raises(UsageError, match="none of a release"):
        push(other.folder, str(tmp_path / "full"))


def test_nothing_foreign_is_removed(book: Book, target: Target) -> None:
    foreign = ["objects/README", "objects/ab/short", "releases/notes.json", "index.html", "objects/ab/" + "0" * 64]
    for name in foreign:
        (target.folder / name).parent.mkdir(exist_ok=True)
        (target.folder / name).write_text("x")
    book.build(2)
    push(book.folder, str(target.folder))
    for name in foreign:
        assert (target.folder / name).exists(), name


def test_who_reads_only_over_http_is_to_be_sure_of_what_comes(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="anybody on the way"):
        follow("http://shelf.example/book", tmp_path / "build")


def test_a_copy_that_was_stopped_is_gone_on_with(
    book: Book, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, copied = fetching._copied, []

    def stopping(*arguments: Any) -> Path:
        if len(copied) == 7:
            raise KeyboardInterrupt
        copied.append(arguments[2])
        return copy(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(fetching, "_copied", stopping)
        patch.setattr(fetching, "_AT_ONCE", 1)
        with pytest.raises(KeyboardInterrupt):
            follow(str(target.folder), tmp_path / "build")
    found = follow(str(target.folder), tmp_path / "build")
    assert found.copied == len({one["sha256"] for one in target.manifest["files"]}) - 7
    assert contents(current(tmp_path / "build")) == contents(current(book.build_folder))
    assert list((tmp_path / "build" / ".coming").iterdir()) == []


def _key(folder: Path, name: str) -> tuple[Path, str]:
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(folder / name)],
        check=True,
    )
    return folder / name, (folder / f"{name}.pub").read_text().strip()


def test_only_what_is_signed_is_taken_where_signers_are_named(book: Book, target: Target, tmp_path: Path) -> None:
    ours, line = _key(tmp_path, "ours")
    theirs, _ = _key(tmp_path, "theirs")
    signers, build = tmp_path / "signers", tmp_path / "there" / "build"
    signers.write_text(f'curator namespaces="sourcebook" {line}\n')
    address = str(target.folder)
    with pytest.raises(Refused, match="is not signed"):
        follow(address, build, signers=signers)
    assert not pointer.read(build)
    assert push(book.folder, address, sign=theirs).signed
    with pytest.raises(Refused, match="not allowed"):
        follow(address, build, signers=signers)
    push_of_ours = (book.build(2), push(book.folder, address, sign=ours))[1]
    found = follow(address, build, signers=signers)
    assert found.release == push_of_ours.release
    assert found.key.startswith("SHA256:")
    manifest = target.manifest
    target.say(manifest)  # with the signature of the one before
    refused(target, build, "signature is not of it", signers=signers)
    target.say(manifest, signature=None)
    refused(target, build, "is not signed", signers=signers)
    book.build(3)
    assert not push(book.folder, address).signed
    refused(target, build, "is not signed", signers=signers)
    (tmp_path / "nobody").write_text("")
    with pytest.raises(UsageError, match="no list of keys"):
        follow(address, build, signers=tmp_path / "nobody")


def test_who_names_signers_later_is_heard(book: Book, target: Target, follower: Path, tmp_path: Path) -> None:
    _, line = _key(tmp_path, "ours")
    (tmp_path / "signers").write_text(f"curator {line}\n")
    refused(target, follower, "is not signed", signers=tmp_path / "signers")


def test_a_server_does_not_begin_with_what_its_signers_did_not_sign(book: Book, target: Target, tmp_path: Path) -> None:
    build = tmp_path / "there" / "build"
    told: list[str] = []
    follow(str(target.folder), build)
    ours, line = _key(tmp_path, "ours")
    (tmp_path / "signers").write_text(f"curator {line}\n")
    channel = Channel(str(target.folder), signers=tmp_path / "signers")
    with pytest.raises(EnvironmentFailure, match="is not signed"):
        channel.begin(build, told.append)
    push(book.folder, str(target.folder), sign=ours)
    channel.begin(build, told.append)
    assert "signed by" in told[-1]
    target.folder.rename(tmp_path / "away")
    channel.begin(build, told.append)  # what was judged by the same list is shown while nobody answers
    (tmp_path / "signers").write_text(f"curator {_key(tmp_path, 'theirs')[1]}\n")
    with pytest.raises(EnvironmentFailure):
        channel.begin(build, told.append)
