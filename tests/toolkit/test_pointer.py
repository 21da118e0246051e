# SPDX-License-Identifier: Apache-2.0
"""What says which release is current where no links can be made: a file, by which all commands find their way."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.cli import main
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.publish import pointer, release
from tests.served import serving

Copy = Callable[[str], Path]


@pytest.fixture
def unlinked(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine that makes no links; what is started from here sees it too."""
    monkeypatch.setenv(pointer.LINKS, "file")


@pytest.fixture
def orchard(book: Copy, unlinked: None) -> Path:
    return book("orchard")


def _edited(folder: Path, name: str) -> None:
    (folder / "data/growers/alder-farm.yaml").write_text(f"name: {name}\nplace: Nowhere\n")


def _released(folder: Path) -> Path:
    made = sourcebook.build(folder).release
    assert made
    return made


def _said(folder: Path) -> str:
    return (folder / "build/current").read_text()


def test_a_file_says_which_is_current_and_is_told_once(orchard: Path) -> None:
    built = sourcebook.build(orchard)
    assert built.release
    assert len(built.told) == 1
    assert "is a file that names the release" in built.told[0]
    assert _said(orchard) == f"releases/{built.release.name}\n"
    assert release.current(orchard / "build") == built.release
    assert not [path for path in (orchard / "build").rglob("*") if path.is_symlink()]
    assert sourcebook.build(orchard).unchanged
    _edited(orchard, "Alder the Second")
    again = sourcebook.build(orchard)
    assert again.release
    assert (again.told, again.release == built.release) == ((), False)
    assert _said(orchard) == f"releases/{again.release.name}\n"
    assert sourcebook.verify(orchard).ok
    assert {path.name for path in (orchard / "build/releases").iterdir()} == {built.release.name, again.release.name}


def test_the_release_is_that_of_a_build_with_links(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = book("orchard")
    linked = _released(folder)
    assert (folder / "build/current").is_symlink()
    assert (folder / "build/orchard.db").is_file()
    monkeypatch.setenv(pointer.LINKS, "file")
    assert sourcebook.build(folder).unchanged, "a link is read where none is made any more"
    assert sourcebook.build(folder, clean=True).release == linked
    assert _said(folder) == f"releases/{linked.name}\n"
    assert not os.path.lexists(folder / "build/orchard.db"), "it led through the link, and leads nowhere"
    monkeypatch.delenv(pointer.LINKS)
    assert sourcebook.build(folder, clean=True).release == linked
    assert (folder / "build/current").resolve() == linked
    assert (folder / "build/orchard.db").is_file()


def test_a_preview_lies_beside_it(orchard: Path) -> None:
    whole = _released(orchard)
    _edited(orchard, "Alder the Second")
    preview = sourcebook.build(orchard, formats=())
    assert preview.preview
    assert preview.release
    assert (orchard / "build/preview").read_text() == f"releases/{preview.release.name}\n"
    assert release.current(orchard / "build") == whole
    assert sourcebook.build(orchard, formats=()).unchanged
    assert _released(orchard).name not in (whole.name, preview.release.name)
    assert not (orchard / "build/preview").exists()


def test_commands_find_the_release(orchard: Path) -> None:
    first = _released(orchard)
    run = CliRunner()
    assert run.invoke(main, ["verify", "--book", str(orchard)]).exit_code == 0
    _edited(orchard, "Alder the Second")
    told = run.invoke(main, ["diff", "release:current", "--book", str(orchard)])
    assert "Alder the Second" in told.output
    assert f"release:{first.name}" in told.output
    with sourcebook.database(orchard) as database:
        assert database["growers"].count


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
def test_a_server_follows_it(orchard: Path) -> None:
    _released(orchard)
    with serving(sys.executable, orchard) as client:
        for name in ("Alder the Second", "Alder the Third"):
            _edited(orchard, name)
            made = _released(orchard)
            answer = client.get("/growers/alder-farm")
            assert (answer.status_code, name in answer.text) == (200, True)
            assert made.name in str(answer.headers)
        (orchard / "build/current").write_text("releases/../../elsewhere\n")
        assert "Alder the Third" in client.get("/growers/alder-farm").text


NONSENSE = {
    "nothing": "",
    "no line": "releases/abc",
    "two lines": "releases/abc\nreleases/abe\n",
    "elsewhere": "/etc\n",
    "above": "releases/../..\n",
    "within": "releases/abc/csv\n",
    "itself": "releases/.\n",
    "by another slash": "releases/..\\..\n",
    "another folder": "versions/1.0.0\n",
    "no text": "releases/\xff\0\n",
    "a lot": "releases/" + "a" * 100_000 + "\n",
}


@pytest.mark.parametrize("text", NONSENSE.values(), ids=NONSENSE)
def test_a_file_that_names_no_release_is_none(orchard: Path, text: str) -> None:
    made = _released(orchard)
    (orchard / "build/current").write_bytes(text.encode("latin-1"))
    assert pointer.read(orchard / "build") == ""
    with pytest.raises(EnvironmentFailure, match="is no release; run `sourcebook build`"):
        release.current(orchard / "build")
    with pytest.raises(UsageError, match="no release current"):
        sourcebook.diff(orchard, "release:current")
    assert _released(orchard).name == made.name
    assert release.current(orchard / "build") == made


@pytest.mark.parametrize("kind", ["folder", "pipe", "link to a pipe"])
def test_what_else_lies_there_is_not_opened(orchard: Path, kind: str) -> None:
    build = orchard / "build"
    _released(orchard)
    (build / "current").unlink()
    if kind == "folder":
        (build / "current").mkdir()
    elif not hasattr(os, "mkfifo"):
        pytest.skip("there are no pipes")
    else:
        os.mkfifo(build / ("current" if kind == "pipe" else "pipe"))
    if kind == "link to a pipe":
        (build / "current").symlink_to("pipe")
    assert pointer.read(build) == ""
    if kind != "link to a pipe":
        with pytest.raises(EnvironmentFailure, match="is in the way"):
            sourcebook.build(orchard)
        with pytest.raises(EnvironmentFailure, match="is in the way"):
            pointer.write(build, pointer.CURRENT, "abc")


@pytest.mark.parametrize("error", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, None])
def test_where_links_cannot_be_made_a_file_is(book: Copy, monkeypatch: pytest.MonkeyPatch, error: int | None) -> None:
    folder = book("orchard")

    def refused(*_: object, **__: object) -> None:
        raise NotImplementedError if error is None else OSError(error, os.strerror(error))

    monkeypatch.setattr(Path, "symlink_to", refused)
    made = _released(folder)
    assert _said(folder) == f"releases/{made.name}\n"


def test_a_disk_that_fails_is_told(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = book("orchard")
    before = _released(folder)
    _edited(folder, "Alder the Second")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "symlink_to", full)
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        sourcebook.build(folder)
    assert release.current(folder / "build") == before


def test_another_word_in_the_environment_is_refused(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pointer.LINKS, "none")
    with pytest.raises(UsageError, match="it may be `file`"):
        sourcebook.build(book("orchard"))
