# SPDX-License-Identifier: Apache-2.0
"""No file of a twin has what is not public, what was public once and is not any more, what was taken down, or who
committed it.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import sourcebook
from sourcebook.content.frozen import ALWAYS, OPTIONAL
from tests.toolkit.canaries import Planted, found_below, planted

pytestmark = pytest.mark.slow

FORMS = (*ALWAYS, *OPTIONAL)
WHO = {"GIT_AUTHOR_NAME": "quillfeather", "GIT_AUTHOR_EMAIL": "quill@feather.example"}
WHO |= {"GIT_COMMITTER_NAME": "quillfeather", "GIT_COMMITTER_EMAIL": "quill@feather.example"}


def committed(folder: Path, words: str) -> None:
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", words]):
        subprocess.run(["git", "-C", str(folder), *command], check=True, env={**os.environ, **WHO})


def frozen(book: Planted, to: Path) -> Path:
    assert sourcebook.build(book.folder).release
    sourcebook.freeze(book.folder, to, forms=["all"])
    return to


def test_no_word_that_is_not_public_stands_in_any_file(tmp_path: Path) -> None:
    book = planted(tmp_path / "book")
    (book.folder / ".gitignore").write_text("build/\n")
    committed(book.folder, "Begun")
    twin = frozen(book, tmp_path / "twin")
    assert found_below(twin, book.hidden) == []
    assert found_below(twin, {name: name for name in ("quillfeather", "quill@feather.example")}) == []
    pages = " ".join(found_below(twin, book.shown))
    assert all(f": {name}" in pages for name in book.shown), "what is public is found, so that the rest is not missed"
