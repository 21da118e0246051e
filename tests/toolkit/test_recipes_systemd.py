# SPDX-License-Identifier: Apache-2.0
"""The recipe for systemd: a unit that systemd takes, as closed as the docs say, and a server that can live in it."""

from __future__ import annotations

import ctypes
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import httpx
import pytest

import sourcebook
from sourcebook.cli.serve import serve
from tests.conftest import ROOT
from tests.served import address_of, running

RECIPE = ROOT / "docs/recipes/systemd"
UNIT, FOLLOW = RECIPE / "sourcebook.service", RECIPE / "follow.conf"
Copy = Callable[[str], Path]
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
_MDWE, _REFUSE = 65, 1  # PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN: prctl(2)


def given(path: Path) -> list[str]:
    """What follows ``serve`` in the command of a unit."""
    (line,) = (one for one in path.read_text("utf-8").splitlines() if one.startswith("ExecStart=/"))
    program, verb, *options = shlex.split(line.removeprefix("ExecStart="))
    assert (program, verb) == ("/opt/sourcebook/bin/sourcebook", "serve")
    return [one.replace("%S", "/var/lib") for one in options]


@pytest.mark.parametrize("path", [UNIT, FOLLOW], ids=lambda path: path.name)
def test_the_command_is_one_that_there_is(path: Path, tmp_path: Path) -> None:
    signers = tmp_path / "signers"
    signers.write_text("")
    options = [str(signers) if one == "/etc/sourcebook/signers" else one for one in given(path)]
    with click.Context(serve, help_option_names=["-h", "--help"]) as ctx:  # which a command keeps
        serve.parse_args(ctx, options)
    assert ctx.params["port"] == 8001
    assert ctx.params["host"] == "127.0.0.1"
    assert ctx.params["host_names"] == ("https://books.example",)


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The unit and what is added to it, with a program that is here."""
    for path, to in ((UNIT, "sourcebook.service"), (FOLLOW, "sourcebook.service.d/follow.conf")):
        (tmp_path / to).parent.mkdir(exist_ok=True)
        program = shutil.which("true") or ""
        (tmp_path / to).write_text(path.read_text("utf-8").replace("/opt/sourcebook/bin/sourcebook", program))
    return tmp_path


@needs_systemd
@pytest.mark.parametrize("follows", [False, True], ids=["serves", "follows"])
def test_systemd_takes_it(units: Path, follows: bool) -> None:
    if not follows:
        shutil.rmtree(units / "sourcebook.service.d")
    run = ["systemd-analyze", "verify", str(units / "sourcebook.service")]
    told = subprocess.run(run, check=False, capture_output=True, text=True)
    assert (told.returncode, told.stderr) == (0, "")


@needs_systemd
def test_it_is_as_closed_as_the_docs_say(units: Path) -> None:
    figures = []
    for _ in range(2):
        run = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(units / "sourcebook.service")]
        told = subprocess.run(run, check=False, capture_output=True, text=True)
        found = re.search(r"Overall exposure level for sourcebook.service: ([\d.]+)", told.stdout)
        assert found, told.stdout + told.stderr
        figures.insert(0, float(found[1]))
        shutil.rmtree(units / "sourcebook.service.d", ignore_errors=True)
    said = re.search(
        r"exposure level of ([\d.]+), and of ([\d.]+) where it follows", (ROOT / "docs/scale.md").read_text()
    )
    assert said
    assert figures[0] <= float(said[1]) <= 1.5
    assert figures[1] <= float(said[2]) <= 1.5


def test_what_the_server_needs_is_let_through() -> None:
    text = UNIT.read_text("utf-8")
    filters = [one.partition("=")[2] for one in text.splitlines() if one.startswith("SystemCallFilter=")]
    assert filters == ["@system-service", "~@privileged"], "without @resources no process could be bounded"
    assert "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX\n" in text, "processes are spoken to by AF_UNIX"


def _never_executable() -> None:
    """What MemoryDenyWriteExecute= does: no memory becomes code that was written to."""
    if ctypes.CDLL(None, use_errno=True).prctl(_MDWE, _REFUSE, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def _knows_mdwe() -> bool:
    if sys.platform != "linux":
        return False
    pid = os.fork()
    if not pid:
        try:
            _never_executable()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
@pytest.mark.skipif(sys.platform != "linux", reason="it is Linux that refuses")
def test_a_server_lives_where_no_memory_becomes_code(book: Copy) -> None:
    if not _knows_mdwe():
        pytest.skip("this Linux does not know PR_SET_MDWE")
    folder = book("orchard")
    sourcebook.build(folder)
    code = (
        "import ctypes, os, sys\n"
        f"assert ctypes.CDLL(None).prctl({_MDWE}, {_REFUSE}, 0, 0, 0) == 0\n"
        "os.execv(sys.executable, [sys.executable, '-m', 'sourcebook.cli', *sys.argv[1:]])\n"
    )
    with running([sys.executable, "-c", code, "serve", "--book", str(folder), "--port", "0"]) as output:
        address = address_of(output)
        for path in ("", "growers/alder-farm", "-/health", "orchard/growers.json?_shape=array", "orchard?sql=select+1"):
            assert httpx.get(address + path, trust_env=False, timeout=30, follow_redirects=True).status_code == 200
