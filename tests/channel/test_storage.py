# SPDX-License-Identifier: Apache-2.0
"""Storages do the same, wherever they lie: in a folder, in memory, at a store that speaks S3, at a web server."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

import sourcebook
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.storage import PART, Missing, Storage, check, is_url, opened
from sourcebook.storage.remote import Remote

KINDS = ("folder", "memory", "s3")


@pytest.fixture(params=KINDS)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """An empty storage of each kind that can be written to."""
    if request.param == "folder":
        return opened(str(tmp_path / "target"))
    if request.param == "memory":
        return opened(f"memory://{uuid.uuid4().hex}/shelf")
    return opened(f"{request.getfixturevalue('bucket')}/shelf")


def test_what_is_written_is_read(storage: Storage) -> None:
    storage.write("objects/ab/abc", b"one")
    storage.write("objects/ab/abc", b"two")
    storage.write("current.json", b"")
    assert storage.read("objects/ab/abc") == b"two"
    assert storage.read("current.json") == b""
    assert storage.size("objects/ab/abc") == 3
    assert storage.exists("current.json")
    assert not storage.exists("objects/ab/abe")
    assert storage.names() == ["current.json", "objects/ab/abc"]
    assert storage.names("objects") == ["objects/ab/abc"]
    assert storage.sizes() == {"current.json": 0, "objects/ab/abc": 3}
    assert storage.names("releases") == []


def test_a_large_file_comes_in_parts_and_within_its_bound(storage: Storage, tmp_path: Path) -> None:
    data = os.urandom(3 * PART + 7)
    (tmp_path / "large").write_bytes(data)
    storage.put("large", tmp_path / "large")
    parts = list(storage.parts("large", len(data)))
    assert b"".join(parts) == data
    assert max(map(len, parts)) <= PART
    with pytest.raises(EnvironmentFailure, match="more than"):
        storage.read("large", len(data) - 1)


def test_what_is_not_there_is_missing(storage: Storage) -> None:
    for ask in (storage.read, storage.size):
        with pytest.raises(Missing):
            ask("nothing")
    storage.write("there", b"x")
    storage.remove(["there", "nothing"])
    storage.remove(["there"])
    assert storage.names() == []


def test_of_two_that_replace_one_does(storage: Storage) -> None:
    assert storage.stamp("current.json") == ""
    assert storage.replace("current.json", b"1", "")
    assert not storage.replace("current.json", b"2", "")
    before = storage.stamp("current.json")
    assert storage.replace("current.json", b"3", before)
    assert not storage.replace("current.json", b"4", before)
    assert storage.read("current.json") == b"3"


@pytest.mark.parametrize("path", ["../out", "/etc/passwd", "a/../../b", "a//b", "", "a/./b", "a\nb"])
def test_no_path_leads_out(storage: Storage, path: str) -> None:
    for ask in (storage.read, storage.exists, storage.size):
        with pytest.raises(UsageError):
            ask(path)
    with pytest.raises(UsageError):
        storage.write(path, b"x")


ODD = ("back\\slash", "fo\\ld/x", "a#b%20c", "a*b[c]", " ~lead ", "u\u0308", "a?b&c=d", "a:b<c>")


@pytest.mark.skipif(os.name == "nt", reason="of which folders of Windows can have few")
def test_names_that_a_folder_can_have_every_storage_can(storage: Storage) -> None:
    for name in ODD:
        storage.write(f"below/{name}", name.encode())
    assert storage.names("below") == sorted(f"below/{name}" for name in ODD)
    assert [storage.read(f"below/{name}") for name in ODD] == [name.encode() for name in ODD]


def test_a_backslash_that_parts_folders_leads_nowhere() -> None:
    program = (
        "import os; os.sep = '\\\\'\nfrom sourcebook.storage import plain\nfrom sourcebook.errors import UsageError\n"
        "try: plain('a\\\\..\\\\b')\nexcept UsageError: print('refused')"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout == "refused\n"


@pytest.mark.skipif(os.name == "nt", reason="of which folders of Windows can have few")
def test_a_book_of_odd_names_is_the_same_in_a_store(book: Callable[[str], Path], bucket: str) -> None:
    folder = book("orchard")
    store = opened(f"{bucket}/data")
    for name in ODD:
        path = folder / f"data/growers/{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text("id: x\nname: X\n", "utf-8")
    here = sourcebook.build(folder).checked
    for path in sorted((folder / "data").rglob("*.yaml")):
        store.write(path.relative_to(folder / "data").as_posix(), path.read_bytes())
        path.unlink()
    there = sourcebook.build(folder, data=f"{bucket}/data").checked
    assert there.findings == here.findings
    assert there.ledger.as_dict() == here.ledger.as_dict()
    assert not any(one.rule == "file-name" for one in here.findings)


def test_a_name_that_would_be_taken_for_another_is_told(bucket: str) -> None:
    storage = opened(f"{bucket}/shelf")
    with pytest.raises(EnvironmentFailure, match="rename it"):
        storage.read("a?versionId=1.yaml")


def test_a_web_server_is_read_alone(web: tuple[str, Path]) -> None:
    address, folder = web
    storage = opened(address)
    (folder / "objects").mkdir()
    (folder / "objects" / "large").write_bytes(b"x" * (PART + 1))
    assert storage.read("objects/large") == b"x" * (PART + 1)
    assert storage.size("objects/large") == PART + 1
    assert not storage.writable
    with pytest.raises(Missing):
        storage.read("nothing")
    with pytest.raises(EnvironmentFailure, match="leads elsewhere"):  # the server redirects to the folder
        storage.read("objects")
    with pytest.raises(EnvironmentFailure, match="more than"):
        storage.read("objects/large", PART)
    for wrong in (lambda: storage.write("x", b""), lambda: storage.remove(["x"]), storage.names):
        with pytest.raises(UsageError):
            wrong()


def test_nothing_but_files_of_a_folder_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "secret").write_text("x")
    (tmp_path / "link").symlink_to("secret")
    storage = opened(str(tmp_path))
    for name in ("pipe", "link"):
        with pytest.raises(EnvironmentFailure):
            storage.read(name)


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "shelf").write_text("x")
    with pytest.raises(EnvironmentFailure, match="is no folder"):
        opened(str(tmp_path / "shelf")).write("a/b", b"x")
    with pytest.raises(EnvironmentFailure, match="is no folder"):
        opened(str(tmp_path / "shelf")).replace("a", b"x", "")


def test_an_address_bears_no_credentials() -> None:
    for url in ("https://me:word@shelf.example/book", "https://shelf.example/book?X-Amz-Signature=abcdef", "s3://"):
        with pytest.raises(UsageError) as raised:
            opened(url)
        assert "word" not in str(raised.value)
        assert "abcdef" not in str(raised.value)
    with pytest.raises(UsageError, match="no storage that is known"):
        opened("ftp://shelf.example/book")
    with pytest.raises(UsageError, match="endpoint"):
        opened("shelf", endpoint="http://127.0.0.1:1")
    with pytest.raises(UsageError, match="no credentials") as raised:
        opened("s3://shelf", endpoint="https://me:word@shelf.example")
    assert "word" not in str(raised.value)
    assert not is_url("C:\\shelf")
    assert not is_url("shelf/book")
    assert is_url("s3://shelf/book")


@pytest.mark.parametrize("url", ["http://[::1", "http://shelf.example:99999999/x", "s3://me:word/x", "s3://[x"])
def test_what_is_no_address_is_told_without_what_may_be_secret(url: str) -> None:
    with pytest.raises(UsageError, match="no address") as raised:
        opened(url)
    assert "word" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("HTTPS://Shelf.Example:8443/Books", "https://shelf.example:8443/Books"),
        ("http://[::1]:8000/books/", "http://[::1]:8000/books"),
        ("s3://MyShelf/Books", "s3://MyShelf/Books"),  # the store is asked for what was written, and says what it has
    ],
)
def test_an_address_is_taken_as_it_is_written(url: str, place: str) -> None:
    assert check(url) == (place.partition(":")[0], place)


def test_a_store_that_refuses_is_told_without_its_secrets(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "does not exist")  # as the store's own message has it
    with pytest.raises(EnvironmentFailure, match="there is no bucket") as raised:
        opened("s3://no-such-bucket-anywhere").write("x", b"")
    assert "does not exist" not in str(raised.value)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    with pytest.raises(EnvironmentFailure, match="no credentials"):
        opened(bucket).read("x")


def test_nobody_at_the_address() -> None:
    with pytest.raises(EnvironmentFailure, match=r"127\.0\.0\.1"):
        opened("http://127.0.0.1:9").read("current.json")


def test_what_marks_a_folder_is_no_file(bucket: str) -> None:
    """Consoles make an empty file whose name ends with a stroke, so that a folder is there before a file is."""
    import boto3

    storage = opened(f"{bucket}/shelf")
    storage.write("files/one", b"")
    store = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    name = bucket.partition("://")[2]
    for marker in ("shelf/", "shelf/files/", "shelf/files/old/", "shelf/empty/"):
        store.put_object(Bucket=name, Key=marker, Body=b"")
    assert storage.names() == ["files/one"]
    assert storage.names("files") == ["files/one"]


def test_a_write_that_was_made_again_is_not_overtaken_by_itself(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is lost on the way, and what asks again hears that the file is another now."""
    storage = opened(f"{bucket}/shelf")
    assert isinstance(storage, Remote)
    storage.replace("current.json", b"1", "")
    before = storage.stamp("current.json")
    write = storage._files.pipe_file

    def twice(*arguments: object, **options: object) -> None:
        write(*arguments, **options)
        write(*arguments, **options)

    monkeypatch.setattr(storage._files, "pipe_file", twice)
    assert storage.replace("current.json", b"2", before)
    assert not storage.replace("current.json", b"3", before)
    assert storage.read("current.json") == b"2"
