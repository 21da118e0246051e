# SPDX-License-Identifier: Apache-2.0
"""Examples of the rules' pages, carried out: the mistake and its repair, made in a copy of the orchard's book."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import BOOKS

Block = tuple[str, str, str]  # kind, file, content

_FENCE = re.compile(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def orchard(folder: Path) -> Path:
    """A book without any finding, in which the mistakes are made."""
    shutil.copytree(BOOKS / "orchard", folder)
    path = folder / "data/varieties/red-lantern.yaml"
    path.write_text(path.read_text("utf-8").replace("2.50", "2.5"), encoding="utf-8")
    return folder


def parts(page: str) -> tuple[list[Block], str, list[Block]]:
    """Of a page: the blocks that make the mistake, what is printed, and the blocks that mend it."""
    before, _, after = page.partition("\nRepair:")
    made, mended = list(_blocks(before)), list(_blocks(after))
    (printed,) = [content for kind, _, content in made if kind == "text"]
    return [block for block in made if block[0] != "text"], printed, mended


def _blocks(text: str) -> Iterator[Block]:
    for kind, file, content in _FENCE.findall(text):
        if file or kind in ("text", "sh"):
            yield kind, file, content


def carry_out(folder: Path, blocks: list[Block]) -> None:
    """Do to the book in ``folder`` what the blocks say."""
    for kind, file, content in blocks:
        path = folder / file
        if kind == "sh":
            subprocess.run(["bash", "-euc", content], cwd=folder, check=True)
        elif kind == "diff":
            lines = content.splitlines(keepends=True)
            old = "".join(line[1:] for line in lines if line[0] in " -")
            new = "".join(line[1:] for line in lines if line[0] in " +")
            text = path.read_text("utf-8")
            assert text.count(old) == 1, f"{file} has this {text.count(old)} times:\n{old}"
            path.write_text(text.replace(old, new), encoding="utf-8")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
