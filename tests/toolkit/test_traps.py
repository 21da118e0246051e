# SPDX-License-Identifier: Apache-2.0
"""The traps under tests/traps: what YAML is known for, each a file, with what must come of it beside it.

``NAME.expected`` has a line for each finding (``line:column rule: message``), and, where none is an error, a line of
JSON for each document. After a change that means to change them, ``python tests/toolkit/test_traps.py`` writes them
anew, to be read. What a file in git cannot show is made here.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sourcebook.exact import dumps
from sourcebook.finding import printable
from sourcebook.parse import parse

TRAPS = sorted((Path(__file__).parent.parent / "traps").glob("*.yaml"))


def told(file: Path) -> str:
    """What is expected of a trap."""
    parsed = parse(file.read_bytes(), file.name, positions=True)
    lines = [printable(f"{f.line}:{f.column} {f.rule}: {f.message}") for f in parsed.findings]
    if not parsed.broken:
        lines += [dumps(document.value) for document in parsed.documents]
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("file", TRAPS, ids=lambda file: file.stem)
def test_trap(file: Path) -> None:
    assert told(file) == file.with_suffix(".expected").read_bytes().decode("utf-8")


BINARY: list[tuple[str, bytes, str, int, int]] = [
    ("a NUL", b"a: 1\nb: x\0y\n", "yaml-encoding", 2, 5),
    ("a bell", "é: \a".encode(), "yaml-encoding", 1, 4),
    ("an escape character in quotes", b'a: "\x1b[0m"', "yaml-encoding", 1, 5),
    ("UTF-16", "a: 1".encode("utf-16"), "yaml-encoding", 1, 1),
    ("UTF-16, big end first, without a mark", "a: 1".encode("utf-16-be"), "yaml-encoding", 1, 1),
    ("UTF-32", "a: 1".encode("utf-32"), "yaml-encoding", 1, 1),
    ("a truncated character", "a: é".encode()[:-1], "yaml-encoding", 1, 4),
    ("a control of C1", "a: \x9bx".encode(), "yaml-encoding", 1, 4),
    ("no character", "a: \uffff".encode(), "yaml-encoding", 1, 4),
    ("a control after a byte order mark", "\ufeffa: \a".encode(), "yaml-encoding", 1, 4),
]


@pytest.mark.parametrize(
    ("data", "rule", "line", "column"), [one[1:] for one in BINARY], ids=[one[0] for one in BINARY]
)
def test_bytes_that_are_no_text(data: bytes, rule: str, line: int, column: int) -> None:
    assert [(f.rule, f.line, f.column) for f in parse(data, "f.yaml").findings] == [(rule, line, column)]


if __name__ == "__main__":
    for one in TRAPS:
        one.with_suffix(".expected").write_text(told(one), encoding="utf-8")
    sys.exit(0)
