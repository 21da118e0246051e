# SPDX-License-Identifier: Apache-2.0
"""What follows beside a server: releases come by themselves, failures are told once, and readers lose nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from sourcebook.channel.beside import Channel
from sourcebook.channel.following import follow
from sourcebook.channel.pushing import push
from sourcebook.cli import main
from sourcebook.errors import UsageError
from sourcebook.publish import release
from tests.channel.books import Book, contents, current
from tests.served import address_of, running, wait_for


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book that is built."""
    found = Book(tmp_path / "book")
    found.build(1)
    return found


def test_what_changes_is_told_once_and_asked_later_each_time(book: Book, tmp_path: Path) -> None:
    target, build = tmp_path / "target", tmp_path / "there" / "build"
    channel, told, slept = Channel(str(target), interval=10), [], []

    def then(seconds: float) -> bool:
        slept.append(seconds)
        match len(slept):
            case 3:
                push(book.folder, str(target))
            case 4:
                (target / "current.json").rename(tmp_path / "current.json")
            case 6:
                (tmp_path / "current.json").rename(target / "current.json")
            case 7:
                book.build(2)
                push(book.folder, str(target))
        return len(slept) == 8

    channel.go_on(build, told.append, then)
    said = [re.sub(r"[0-9a-f]{16}", "ID", re.sub(r"\d+ files", "N files", line)) for line in told]
    nothing = f"what is shown stays: nothing was pushed to {target} yet, or it is another address"
    assert said == [
        nothing,
        "release ID (1.0.0) of orchard is current: N files copied",
        nothing,
        f"{target} answers again; release ID is current",
        "release ID (1.0.0) of orchard is current: N files copied",
    ]
    times = (2, 4, 8, 1, 2, 4, 1, 1)
    assert all(9 * one <= seconds <= 11 * one for one, seconds in zip(times, slept, strict=True))
    assert len(set(slept)) == 8  # no two wait alike


def test_the_longest_wait_is_bounded(tmp_path: Path) -> None:
    slept: list[float] = []
    Channel(str(tmp_path / "target")).go_on(
        tmp_path / "build", lambda _: None, lambda seconds: slept.append(seconds) or len(slept) == 30
    )
    assert max(slept) < 1000


def test_readers_of_the_release_before_are_left_on_it_unless_it_is_to_be_forgotten(book: Book, tmp_path: Path) -> None:
    target, build = str(tmp_path / "target"), tmp_path / "there" / "build"
    push(book.folder, target)
    first = build / "releases" / follow(target, build).release
    reading = release.showing(first)
    try:
        book.build(2)
        push(book.folder, target)
        second = build / "releases" / follow(target, build).release
        follow(target, build)
        assert first.is_dir()
    finally:
        os.close(reading)
    follow(target, build)
    assert [one.name for one in (build / "releases").iterdir()] == [second.name]
    reading = release.showing(second)
    try:
        book.build(3)
        push(book.folder, target, forget=True)
        book.build(4)
        push(book.folder, target)  # who missed the one before hears of it all the same
        follow(target, build)
        assert not second.exists()
    finally:
        os.close(reading)


def test_several_that_follow_into_one_folder_copy_once(book: Book, tmp_path: Path) -> None:
    target, build = str(tmp_path / "target"), tmp_path / "there" / "build"
    push(book.folder, target)
    with ThreadPoolExecutor(4) as threads:
        found = [one.result() for one in [threads.submit(follow, target, build) for _ in range(4)]]
    assert sorted(one.copied for one in found) == [0, 0, 0, 33]
    assert {one.release for one in found} == {current(build).name}


def test_a_book_is_no_folder_to_follow_into(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="is a book"):
        Channel("s3://shelf/book").place(book.folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    one, other = (Channel(f"s3://shelf/{name}").place(None) for name in ("one", "other"))
    assert one != other
    assert one.is_relative_to(tmp_path / "cache")


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_shows_what_is_pushed(book: Book, bucket: str, tmp_path: Path, workers: int) -> None:
    push(book.folder, bucket)
    command = [sys.executable, "-m", "sourcebook.cli", "serve", "--follow", bucket, "--book", str(tmp_path / "there")]
    with (
        running([*command, "--port", "0", "--interval", "0.2", "--workers", str(workers)]) as output,
        httpx.Client(base_url=address_of(output), timeout=60, trust_env=False) as client,
    ):
        assert "turn1" in wait_for(client, "/growers/turn").text
        name = book.build(2)
        push(book.folder, bucket)
        until = time.monotonic() + 90
        while (answer := client.get("/growers/turn")).headers["sourcebook-release"] != name:
            assert time.monotonic() < until, output()
            time.sleep(0.1)
        assert "turn2" in answer.text
        assert "a-secret-of-the-tests" not in output()
    assert contents(current(tmp_path / "there" / "build")) == contents(current(book.build_folder))


@pytest.mark.slow
def test_a_server_begins_with_what_it_followed_last_where_nobody_answers(book: Book, tmp_path: Path) -> None:
    target, there = tmp_path / "target", tmp_path / "there"
    push(book.folder, str(target))
    follow(str(target), there / "build")
    target.rename(tmp_path / "gone")
    command = [sys.executable, "-m", "sourcebook.cli", "serve", "--follow", str(target), "--book", str(there)]
    with (
        running([*command, "--port", "0", "--interval", "0.2"]) as output,
        httpx.Client(base_url=address_of(output), timeout=60, trust_env=False) as client,
    ):
        assert "turn1" in wait_for(client, "/growers/turn").text
        assert output().count("what is shown stays") <= 1


@pytest.mark.slow
def test_a_server_with_nothing_to_follow_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sourcebook.cli", "serve", "--port", "0", "--follow", str(tmp_path / "nothing")]
    done = subprocess.run([*command, "--book", str(tmp_path / "there")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 4
    assert "nothing was pushed" in done.stderr


def test_the_command_line(book: Book, tmp_path: Path) -> None:
    run = lambda *arguments: CliRunner().invoke(main, arguments)  # noqa: E731
    target = str(tmp_path / "target")
    done = run("push", "--book", str(book.folder), target)
    assert done.exit_code == 0, done.output
    assert re.search(r"pushed release [0-9a-f]{16} \(1\.0\.0\), serial \d+\n33 files, 33 contents sent", done.output)
    assert "was pushed already" in run("push", "--book", str(book.folder), target).output
    assert run("push", "--book", str(book.folder), "--quiet", target).output == ""
    assert run("push", "--book", str(book.folder), "https://shelf.example/book").exit_code == 2
    assert run("push", "--book", str(tmp_path / "nowhere"), target).exit_code == 2
    assert run("serve", "--signers", __file__).exit_code == 2
    assert run("serve", "--follow", target, "--watch").exit_code == 2
    told = json.loads((tmp_path / "target" / "current.json").read_text())
    assert told["name"] == "orchard"


def test_a_release_of_another_is_pushed_only_if_it_may_be(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another"))
    run = lambda *arguments: CliRunner().invoke(main, arguments)  # noqa: E731
    done = run("push", "--book", str(book.folder), str(tmp_path / "target"))
    assert done.exit_code == 4
    assert "not built by you" in done.output
    assert run("push", "--book", str(book.folder), "--unsealed", str(tmp_path / "target")).exit_code == 0
    damaged = current(book.build_folder) / "csv" / "growers.csv"
    damaged.write_text("x")
    assert run("push", "--book", str(book.folder), "--unsealed", str(tmp_path / "target")).exit_code == 4
