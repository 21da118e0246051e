# SPDX-License-Identifier: Apache-2.0
"""Programs that we did not write, and that judge what is published for others: in an environment of their own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / ".venv-judges"
MARKS = [
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER.is_dir(), reason=".venv-judges is not set up: scripts/setup .venv-judges …"),
]
_SECONDS = 120


def judged(code: str, *arguments: object) -> str:
    """What Python ``code`` prints there, which has ``arguments`` in ``sys.argv``; AssertionError where it fails."""
    return _run(FOLDER / "bin/python", "-c", code, *arguments)


def commanded(name: str, *arguments: object) -> str:
    """What the command ``name`` prints there; AssertionError where it fails."""
    return _run(FOLDER / "bin" / name, *arguments)


def _run(*words: object) -> str:
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=_SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
