# SPDX-License-Identifier: Apache-2.0
"""A sample of `scripts/chaos`: machines that fail while a book is built, and what the disk holds if the power goes."""

from __future__ import annotations

import errno
import io
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from sourcebook.content.flat.xlsx import Workbook
from tests.conftest import ROOT
from tests.hostile.chaos import agreement, calls, states, strace, warm
from tests.hostile.chaos.power import lost
from tests.hostile.chaos.strace import Traced
from tests.hostile.chaos.wholeness import release_wrong

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chaos")]

stopped = pytest.mark.skipif(not calls.usable(), reason="the kernel here does not let system calls be stopped")
straced = pytest.mark.skipif(not strace.is_there(), reason="there is no strace here, or it may not trace")


@stopped
def test_a_release_survives_a_machine_that_fails() -> None:
    """Points by chance, of every kind, in builds of several states."""
    command = [sys.executable, "-m", "tests.hostile.chaos", "--seed", "5", "--count", "90", "--moments", "20"]
    said = subprocess.run([*command, "--states", "first", "again", "patch"], capture_output=True, text=True, cwd=ROOT)
    assert said.returncode == 0, said.stdout + said.stderr
    assert ", 0 failed, " in said.stdout.splitlines()[-1]


@stopped
def test_what_is_not_whole_is_noticed(tmp_path: Path) -> None:
    """The judge of releases is one that can say no."""
    book = _book(tmp_path)
    assert warm.run(states.command(book, states.PLAIN), tmp_path, book).code == 0
    release = (book / "build" / "current").resolve()
    assert release_wrong(release) == []
    (release / "csv" / "lamps.csv").write_text("id\n", encoding="utf-8")
    (release / "more.txt").touch()
    assert release_wrong(release) == [
        "not as in the checksums: more.txt",
        "other bytes than the checksums say: csv/lamps.csv",
    ]


@stopped
def test_calls_are_stopped_before_they_are_done(tmp_path: Path) -> None:
    """Nothing of a call that fails, or is killed at, is on the disk."""
    book = _book(tmp_path)

    def stop(number: int, call: calls.Call, own: bool) -> int | str:
        return "all" if call.kind == "symlink" else 0

    ran = warm.run(states.command(book, states.PLAIN), tmp_path, book, stop)
    assert ran.code == -signal.SIGKILL
    assert not [path for path in (book / "build").iterdir() if path.is_symlink()]
    assert len(list((book / "build" / "releases").iterdir())) == 1, "what was made current next is in its place"


@straced
@stopped
def test_strace_comes_to_the_same(tmp_path: Path) -> None:
    """Failures that strace injects into a build in a Python of its own end as those of our own way do."""
    state, aside = states.STATES["again"], tmp_path / "aside"
    aside.mkdir()
    with states.tuned(state):
        found = list(agreement.compared(states.make(state, tmp_path), aside, 3, random.Random(3)))
    assert [what for what, theirs, ours in found if theirs != ours] == []
    assert len(found) == 3


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[tuple[str, list[Traced]]]]]:
    """The build folder of a book, and for a first build and another the release with all calls."""
    above = tmp_path_factory.mktemp("traced")
    book = _book(above)
    found = []
    for edition in (1, 2):
        states.edit(book, edition)
        ran, made = strace.traced(states.command(book, states.ALL), above, warm.home_of(book))
        assert ran.code == 0, ran.err
        found.append(((book / "build" / "current").resolve().name, made))
    yield f"{book}/build", found
    shutil.rmtree(above)


@straced
def test_a_release_is_on_disk_before_it_is_current(traces: tuple[str, list[tuple[str, list[Traced]]]]) -> None:
    """Every file, every folder and every name is flushed before the link that makes it current, and that after."""
    build, builds = traces
    assert [lost(made, build, release) for release, made in builds] == [[], []]


@straced
def test_every_flush_is_needed(traces: tuple[str, list[tuple[str, list[Traced]]]]) -> None:
    """Without the flushes of any one file or folder, something may be lost, and it is told."""
    build, ((_, _), (release, made)) = traces
    flushed = Counter(call.files[0] for call in made if call.name == "fsync" and call.files[0].startswith(build))
    assert len(flushed) > 40
    for path in flushed:
        rest = [call for call in made if not (call.name == "fsync" and call.files[0] == path)]
        assert lost(rest, build, release), f"nothing is told to be lost without the flush of {path}"


@pytest.mark.parametrize("closed", ["<&- >&-", "2>&-", ">/dev/full", "2>/dev/full", ">/dev/full 2>/dev/full"])
def test_nobody_listens(tmp_path: Path, closed: str) -> None:
    """A standard stream that is closed is not the next file that is opened; a full one is no bug, nor findings."""
    book = _book(tmp_path)
    # Told where time went, which goes to the stream of errors: of a build without mistakes nothing else does.
    words = [*states.command(book, states.PLAIN), "--profile"]
    command = shlex.join([sys.executable, "-m", "sourcebook.cli", *words])
    environment = os.environ | {"HOME": str(tmp_path / "home")}
    said = subprocess.run(["bash", "-c", f"{command} {closed}"], capture_output=True, text=True, env=environment)
    assert said.returncode == (4 if "full" in closed else 0), said.stderr
    assert "Traceback" not in said.stderr
    assert release_wrong((book / "build" / "current").resolve()) == []


class _Full(io.BytesIO):
    """A file on a disk that takes so many writes."""

    left = 0

    def write(self, data: object) -> int:
        if self.left <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.left -= 1
        return super().write(data)  # type: ignore[arg-type]


def test_a_workbook_fails_once_wherever_the_disk_is_full() -> None:
    """With nothing but the error of the disk, and nothing when what was left open is collected."""
    wrong = set()
    for writes in range(1000):
        file = _Full()
        file.left = writes
        try:
            with Workbook(file, "Lamps", ["id", "name"]) as book:
                book.add([["north"] * 3, ["south"] * 3])
            break
        except OSError as error:
            wrong.add(error.errno)
    assert wrong == {errno.ENOSPC}
    assert writes > 20
    file.seek(0)
    assert zipfile.ZipFile(file).testzip() is None


def _book(above: Path) -> Path:
    return Path(shutil.copytree(states.BOOK, above / "book"))
