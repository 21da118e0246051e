# SPDX-License-Identifier: Apache-2.0
"""Changes that are written: all files or none, whoever interferes and whenever the process is killed."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sourcebook.edit import journal
from sourcebook.edit.carry_out import judged, write
from sourcebook.edit.edits import Edits
from sourcebook.edit.model import Changed, FileChange, Proposal, Refused
from sourcebook.edit.records import rekey, removed
from sourcebook.edit.references import referring
from sourcebook.edit.source import source_of
from sourcebook.errors import EnvironmentFailure, UsageError
from tests.toolkit.edit_books import grove


def _files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _renamed(root: Path) -> Proposal:
    """A person with another key, and all that refers to that."""
    source = source_of(root)
    edits = Edits(source)
    rekey(edits, source.record("people", "odd-ankerlokke"), "odd")
    for one in referring(source, "people", "odd-ankerlokke"):
        if one.by_key and one.at_key:
            edits.rename(one.record, one.path, "odd")
        elif one.by_key:
            edits.put(one.record, one.path, "odd")
    return Proposal(root, "rename people/odd-ankerlokke to odd", edits.changes())


def test_all_files_are_written(tmp_path: Path) -> None:
    root = grove(tmp_path)
    proposal = _renamed(root)
    assert judged(proposal) == ()
    before = _files(root)
    modes = {one.path: (root / one.path).stat().st_mode for one in proposal.changes if one.before is not None}
    write(proposal)
    after = _files(root)
    assert len(proposal.changes) == 10
    expected = {**before, **{one.path: one.after for one in proposal.changes}}
    assert after == {path: data for path, data in expected.items() if data is not None}
    assert not (root / "build").exists()
    assert all((root / p).stat().st_mode == mode for p, mode in modes.items() if (root / p).exists())
    assert {one.key for one in source_of(root).by_collection["people"]} == {"odd", "isil-fener"}
    assert not any(b"odd-ankerlokke" in data for data in after.values())


def test_modes_are_kept_and_links_are_not_followed(tmp_path: Path) -> None:
    root = grove(tmp_path)
    (root / "data/paths.yaml").chmod(0o640)
    change = FileChange("data/paths.yaml", (root / "data/paths.yaml").read_bytes(), b"[]\n")
    write(Proposal(root, "", (change,)))
    assert stat.S_IMODE((root / "data/paths.yaml").stat().st_mode) == 0o640
    outside = tmp_path / "outside.yaml"
    outside.write_bytes(b"a: 1\n")
    (root / "data/linked.yaml").symlink_to(outside)
    (root / "data/away").symlink_to(tmp_path, target_is_directory=True)
    for path in ("data/linked.yaml", "data/away/outside.yaml"):
        with pytest.raises(EnvironmentFailure, match="link"):
            write(Proposal(root, "", (FileChange(path, b"a: 1\n", b"a: 2\n"),)))
    for path in ("../outside.yaml", "/etc/x", "data/../../outside.yaml", ""):
        with pytest.raises(UsageError, match="no path below the book"):
            write(Proposal(root, "", (FileChange(path, b"a: 1\n", b"a: 2\n"),)))
    assert outside.read_bytes() == b"a: 1\n"


def test_someone_else_edits_meanwhile(tmp_path: Path) -> None:
    root = grove(tmp_path)
    proposal = _renamed(root)
    for spoil in ("data/signs.yaml", "data/people/odd.yaml", "data/people/odd-ankerlokke.yaml"):
        here = grove(tmp_path / spoil.replace("/", "-"))
        there = here / spoil
        if spoil.endswith("lokke.yaml"):
            there.unlink()
        else:
            there.write_bytes(b"code: c\n")
        before = _files(here)
        with pytest.raises(Changed, match=f"{spoil} was changed by someone else meanwhile"):
            write(Proposal(here, proposal.what, proposal.changes))
        assert _files(here) == before


def test_a_disk_that_fails_leaves_all_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = journal._put
    for at in range(10):
        root = grove(tmp_path / str(at))
        before, proposal = _files(root), _renamed(root)

        def failing(root: Path, folder: Path, number: int, change: FileChange, at: int = at) -> None:
            real(root, folder, number, change)
            if number == at:
                raise OSError(28, "No space left on device")

        monkeypatch.setattr(journal, "_put", failing)
        with pytest.raises(OSError, match="No space"):
            write(proposal)
        assert _files(root) == before


def _written_until(proposal: Proposal, steps: int) -> int:
    """What became of a process that writes, and is killed before one of its steps on the disk: 9, or 0."""
    child = os.fork()
    if child == 0:
        left = steps

        def watch(event: str, _arguments: object) -> None:
            nonlocal left
            if event in ("os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.chmod", "open"):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        write(proposal)
        os._exit(0)
    return os.waitpid(child, 0)[1]


@pytest.mark.slow
def test_killed_at_each_step(tmp_path: Path) -> None:
    """Whenever a process that writes is killed, the next one finds the book as it was, or as it was to be."""
    root = grove(tmp_path / "whole")
    wanted, proposal = _files(root), _renamed(root)
    write(proposal)
    wished = _files(root)
    seen = set()
    for step in range(1_000):
        root = grove(tmp_path / str(step))
        status = _written_until(Proposal(root, "", proposal.changes), step)
        half = journal.left_half_way(root)
        with journal.alone(root):
            pass
        after = _files(root)
        assert after in (wanted, wished), step
        assert not any(root.glob("build/*"))
        seen.add((status, half, after == wished))
        if status == 0:
            break
    assert seen == {(9, False, False), (9, True, False), (9, False, True), (0, False, True)}


def test_what_another_hand_changed_after_a_kill_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = grove(tmp_path)
    proposal = _renamed(root)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(journal, "undo", lambda *_: None)
        patch.setattr(journal.Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            write(proposal)
    assert journal.left_half_way(root)
    (root / "data/signs.yaml").write_bytes(b"code: mine\n")
    with journal.alone(root):
        pass
    assert (root / "data/signs.yaml").read_bytes() == b"code: mine\n"
    assert (root / "data/people/odd-ankerlokke.yaml").exists()
    assert not journal.left_half_way(root)


def test_one_at_a_time(tmp_path: Path) -> None:
    root = grove(tmp_path)
    proposal = _renamed(root)
    with journal.alone(root), pytest.raises(EnvironmentFailure, match="another change of this book is being written"):
        write(proposal)
    write(proposal)


def test_git_knows_nothing(tmp_path: Path) -> None:
    root = grove(tmp_path)
    (root / ".gitignore").write_text("build\n")
    run = {"cwd": root, "check": True, "capture_output": True}
    subprocess.run(["git", "init", "-q"], **run)
    subprocess.run(["git", "add", "-A"], **run)
    index = (root / ".git/index").read_bytes()
    write(_renamed(root))
    assert (root / ".git/index").read_bytes() == index


def test_new_findings_are_judged(tmp_path: Path) -> None:
    root = grove(tmp_path)
    source = source_of(root)
    before = _files(root)
    proposal = Proposal(root, "", removed(source, source.record("people", "isil-fener")))
    found = judged(proposal)
    assert {one.rule for one in found} == {"reference"}
    assert len(found) == 10
    assert _files(root) == before
    # those that are there already are not told
    (root / "data/trees/birch.yaml").write_text("id: birch\nplanter: nobody\n")
    source = source_of(root)
    again = judged(Proposal(root, "", removed(source, source.record("people", "isil-fener"))))
    assert len(again) == 9
    assert not any("nobody" in one.message for one in again)


def test_a_finding_of_a_record_that_is_renamed_is_not_new(tmp_path: Path) -> None:
    root = grove(tmp_path)
    (root / "data/trees/ash.yaml").write_text("id: ash\nplanter: nobody\n")
    source = source_of(root)
    edits = Edits(source)
    rekey(edits, source.record("trees", "ash"), "oak")
    assert judged(Proposal(root, "", edits.changes())) == ()


def test_a_diff_as_git_writes_it(tmp_path: Path) -> None:
    root = grove(tmp_path)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    subprocess.run(["git", "add", "-A"], cwd=root, check=True)
    proposal = _renamed(root)
    other = grove(tmp_path / "other")
    subprocess.run(["git", "apply"], input=proposal.diff().encode(), cwd=root, check=True)
    write(Proposal(other, "", proposal.changes))
    applied = {path: data for path, data in _files(root).items() if not path.startswith(".git/")}
    assert applied == _files(other)


def test_a_path_that_is_taken(tmp_path: Path) -> None:
    root = grove(tmp_path)
    (root / "data/people/odd.yaml").mkdir()
    with pytest.raises(Refused, match="is there already"):
        _renamed(root)
    assert (root / "data/people/odd.yaml").is_dir()
