# SPDX-License-Identifier: Apache-2.0
"""Folders for a while: gone at the end, and, of a process that was killed, when the next one begins."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from sourcebook.machine import scratch as module
from sourcebook.machine.scratch import scratch

KEPT = """
import sys, time
from sourcebook.machine.scratch import scratch
with scratch("try") as folder:
    (folder / "file").touch()
    print(folder, flush=True)
    time.sleep(120)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where folders for a while lie, of this process and of those that it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_is_gone_at_the_end(temporary: Path) -> None:
    with scratch("try") as folder:
        (folder / "below").mkdir()
        assert folder.parent == temporary
        assert folder.name.startswith("try-")
    assert not [*temporary.iterdir()]


@pytest.mark.slow
def test_what_a_killed_process_left_is_removed_and_nothing_that_is_held(temporary: Path) -> None:
    started = [subprocess.Popen([sys.executable, "-c", KEPT], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        left, held = (Path(one.stdout.readline().strip()) for one in started if one.stdout)
        started[0].send_signal(signal.SIGKILL)
        started[0].wait()
        (temporary / "other-1").mkdir()
        with scratch("try") as folder:
            assert {one.name for one in temporary.iterdir()} == {held.name, folder.name, "other-1"}
        assert (held / "file").is_file()
        assert not left.exists()
    finally:
        for one in started:
            one.kill()
            one.wait()
            if one.stdout:
                one.stdout.close()


def test_where_a_folder_cannot_be_held_there_is_one_all_the_same(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_handle: int) -> None:
        raise OSError("no locks here")

    monkeypatch.setattr(module.system, "lock", refuse)
    (temporary / "try-before").mkdir()
    with scratch("try") as folder:
        assert folder.is_dir()
    assert [one.name for one in temporary.iterdir()] == ["try-before"]
