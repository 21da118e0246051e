# SPDX-License-Identifier: Apache-2.0
"""What is shown was judged as the server that shows it was told to, whoever else follows and whoever is killed."""

from __future__ import annotations

import asyncio
import json
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from sourcebook.channel import following
from sourcebook.channel.beside import Channel
from sourcebook.channel.following import follow
from sourcebook.channel.form import Refused
from sourcebook.channel.pushing import push
from sourcebook.channel.remembered import recall
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.site.releases import Releases
from tests.channel.books import Book, current


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book that is built."""
    found = Book(tmp_path / "book")
    found.build(1)
    return found


def _signers(folder: Path, name: str) -> tuple[Path, Path]:
    """A key, and a list that has it alone."""
    key = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)], check=True)
    listed = folder / f"{name}.list"
    listed.write_text(f"curator {key.with_suffix('.pub').read_text()}")
    return key, listed


def test_followers_with_other_signers_have_places_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    url = "https://shelf.example/book"
    lists = (None, Path("ours"), Path("theirs"))
    places = [Channel(url, signers=one).place(None) for one in lists]
    places.append(Channel("s3://shelf", "https://one.example").place(None))
    places.append(Channel("s3://shelf", "https://two.example").place(None))
    assert len(set(places)) == 5
    assert Channel(url, signers=tmp_path / "ours").place(None) == places[1]


def test_what_nobody_signed_does_not_come_where_signers_were_named(book: Book, tmp_path: Path) -> None:
    target, build = str(tmp_path / "target"), tmp_path / "there" / "build"
    key, listed = _signers(tmp_path, "ours")
    push(book.folder, target, sign=key)
    followed = follow(target, build, signers=listed)
    book.build(2)
    push(book.folder, target)
    for how in (lambda: follow(target, build), lambda: Channel(target).begin(build, print)):
        with pytest.raises(UsageError, match="no signers are named now"):
            how()
    assert current(build).name == followed.release


def test_what_was_taken_by_another_list_is_not_shown(book: Book, tmp_path: Path) -> None:
    target, build = str(tmp_path / "target"), tmp_path / "there" / "build"
    ours, our_list = _signers(tmp_path, "ours")
    theirs, their_list = _signers(tmp_path, "theirs")
    channel = Channel(target, signers=our_list)
    first = push(book.folder, target, sign=ours).release
    channel.once(build)

    async def shown() -> None:
        with closing(Releases(build, may_show=lambda: channel.may_show(build))) as app:
            await app.start()
            book.build(2)
            push(book.folder, target, sign=theirs)
            second = follow(target, build, signers=their_list).release
            assert current(build).name == second
            assert app._current()[0] == first  # what is shown stays
            with (
                closing(Releases(build, may_show=lambda: channel.may_show(build))) as anew,
                pytest.raises(EnvironmentFailure, match="is not shown"),
            ):
                await anew.start()
            their_list.write_text(our_list.read_text() + their_list.read_text())
            our_list.write_text(their_list.read_text())
            channel.once(build)
            assert app._current()[0] == second
            # What a server leaves to the end of its process: the connections to those that answer.
            assert app._watching is not None
            app._watching.cancel()
            while app._turning is not None and not app._turning.done():
                await asyncio.sleep(0.05)
            for one in (app._shown, *app._leaving, *app._ending):
                if one is not None:
                    await one.stop()

    asyncio.run(shown())


@pytest.mark.parametrize("after", [False, True])
def test_who_is_killed_while_a_release_comes_has_one_of_the_two(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    """Killed before the switch or after it: what is here starts again while the target is away, and goes back to
    nothing older."""
    target, build = tmp_path / "target", tmp_path / "there" / "build"
    key, listed = _signers(tmp_path, "ours")
    channel = Channel(str(target), signers=listed)
    push(book.folder, str(target), sign=key)
    first = channel.once(build)
    before = (target / "current.json").read_bytes()
    manifest = next((target / "releases").iterdir())
    kept = manifest.read_bytes()
    name = book.build(2)
    push(book.folder, str(target), sign=key)
    install = following.install

    def killed(*arguments: object, **options: object) -> str:
        if after:
            install(*arguments, **options)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(following, "install", killed)
        with pytest.raises(KeyboardInterrupt):
            channel.once(build)
    told: list[str] = []
    target.rename(tmp_path / "away")
    channel.begin(build, told.append)
    assert told == []
    assert channel.may_show(build)
    assert current(build).name == (name if after else first.release)
    (tmp_path / "away").rename(target)
    newest = (target / "current.json").read_bytes()
    (target / "current.json").write_bytes(before)
    manifest.write_bytes(kept)
    with pytest.raises(Refused, match="goes back"):
        channel.once(build)
    (target / "current.json").write_bytes(newest)
    assert channel.once(build).release == name
    assert json.loads((build / ".following.json").read_text())["coming"] is None
    known = recall(build)
    assert known is not None
    assert known.done
