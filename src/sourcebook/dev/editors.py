# SPDX-License-Identifier: Apache-2.0
"""Addresses that open a file at its line in a person's editor: the browser follows them, and nothing is asked here."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from sourcebook.errors import UsageError

EDITORS: Mapping[str, str] = {
    "vscode": "vscode://file{path}:{line}:{column}",
    "vscodium": "vscodium://file{path}:{line}:{column}",
    "cursor": "cursor://file{path}:{line}:{column}",
    "windsurf": "windsurf://file{path}:{line}:{column}",
    "zed": "zed://file{path}:{line}:{column}",
    "sublime": "subl://open?url=file://{path}&line={line}&column={column}",
    "textmate": "txmt://open?url=file://{path}&line={line}&column={column}",
    "idea": "idea://open?file={path}&line={line}&column={column}",
    "pycharm": "pycharm://open?file={path}&line={line}&column={column}",
    "none": "",
}
_COMMANDS = {
    "code": "vscode",
    "code-insiders": "vscode",
    "codium": "vscodium",
    "cursor": "cursor",
    "windsurf": "windsurf",
    "zed": "zed",
    "zeditor": "zed",
    "subl": "sublime",
    "mate": "textmate",
    "idea": "idea",
    "pycharm": "pycharm",
    **dict.fromkeys(("vi", "vim", "nvim", "nano", "emacs", "emacsclient", "hx", "kak", "micro"), "none"),
}
_HARMFUL = ("javascript", "data", "vbscript", "http", "https", "file")


def form_of(editor: str | None) -> str:
    """The form of addresses for an ``editor``: one of `EDITORS`, or a form with ``{path}`` and ``{line}`` itself.

    Without one, that of the program in the variable VISUAL; else that of Visual Studio Code. Raises UsageError for what
    is neither.
    """
    if editor is None:
        words = shlex.split(os.environ.get("VISUAL", "")) or ["code"]
        return EDITORS[_COMMANDS.get(Path(words[0]).name, "vscode")]
    if editor in EDITORS:
        return EDITORS[editor]
    scheme, found, _ = editor.partition(":")
    if not found or "{path}" not in editor or "{line}" not in editor or scheme.lower() in _HARMFUL:
        known = ", ".join(EDITORS)
        raise UsageError(
            f"{editor!r} is no editor: give {known}, or a form as in 'edit://open?file={{path}}&line={{line}}'"
        )
    return editor


def address(form: str, path: Path, line: int, column: int) -> str:
    """The address that opens a file at a place; empty where the editor has none."""
    where = {"path": quote(path.as_posix()), "line": str(max(line, 1)), "column": str(max(column, 1))}
    for name, value in where.items():
        form = form.replace(f"{{{name}}}", value)
    return form
