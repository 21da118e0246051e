# SPDX-License-Identifier: Apache-2.0
"""What is wrong with what a command did: nothing, where it gave a result, findings at a line, or one sentence."""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

from tests.hostile.books.apart import Ran
from tests.hostile.books.model import CANARY

_LARGEST_ANSWER = 8 << 20
_PLACE = re.compile(r"^[^\n]+?:[1-9]\d*:[1-9]\d*: (error|warning) [-a-z0-9/_.]+: ", re.IGNORECASE)
_COMMAND = re.compile(r"^::(error|warning) file=[^,\n]+,line=[1-9]\d*,col=[1-9]\d*,title=[^,\n]+::")
# As sourcebook.finding has it, said anew, so that a mistake there is seen here.
_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def wrong(ran: Ran) -> Iterator[str]:
    """Each thing that is wrong with what a command said, and how it ended."""
    said = ran.out + ran.err
    if ran.timed_out:
        yield "no answer in time"
    elif ran.signal:
        yield f"ended by signal {ran.signal}"
    elif ran.network:
        yield "reached for the network"
    elif ran.code not in (0, 1, 2) and not is_in_the_way(ran):
        last = (ran.err.splitlines() or [b""])[-1].decode("utf-8", "replace")
        yield f"exit code {ran.code}: {last[:300]}"
    if b"Traceback" in said or b"MemoryError" in said:
        yield "a traceback"
    if CANARY.encode() in said:
        yield "a file outside of the book was read"
    if len(said) > _LARGEST_ANSWER:
        yield f"an answer of {len(said) >> 20} MB"
    try:
        text = said.decode("utf-8")
    except UnicodeDecodeError:
        yield "what it said is not UTF-8"
        return
    steering = sorted({c for c in text if unicodedata.category(c) in _STEERING and c != "\n"})
    if steering:
        yield f"raw characters that steer a terminal: {', '.join(f'U+{ord(c):04X}' for c in steering[:5])}"
    if not ran.timed_out and not ran.signal and ran.code in (0, 1, 2):
        yield from _in_form(ran)


def is_in_the_way(ran: Ran) -> bool:
    """Whether a build says which place of its own something else takes up: that is no mistake of a record."""
    told = ran.err.strip().splitlines()
    return ran.code == 4 and len(told) == 1 and b" is in the way: " in told[0] and b"/build" in told[0]


def _in_form(ran: Ran) -> Iterator[str]:
    out, err = ran.out.decode("utf-8"), ran.err.decode("utf-8")
    form = ran.command[ran.command.index("--format") + 1] if "--format" in ran.command else "line"
    if form != "github" and re.search(r"^\s*(::|##\[)", out + "\n" + err, re.MULTILINE):
        yield "a line that a CI system takes for a command"
    if ran.code == 2:
        if not re.search(r"^(sourcebook: |Error: |Usage: )", err, re.MULTILINE):
            yield "exit code 2 without a sentence"
        return
    if ran.command[0] in ("schema", "where", "mutate") and ran.code == 1:
        form = "line"  # what is wrong is told as a check tells it, and there is nothing to show
    if form in ("json", "sarif"):
        try:
            json.loads(out)
        except ValueError as error:
            yield f"what it said is not JSON: {error}"
    elif form == "junit":
        try:
            ElementTree.fromstring(out)  # noqa: S314 - our own, and without entities
        except ElementTree.ParseError as error:
            yield f"what it said is not XML: {error}"
    elif form == "github":
        odd = [line for line in out.split("\n") if line and not _COMMAND.match(line)]
        if odd and ran.code == 1:
            yield f"no workflow command: {odd[0][:100]!r}"
    elif form == "line" and ran.command[0] not in ("init", "verify") and ran.code == 1:
        if not any(" error " in line for line in out.split("\n")):
            yield "exit code 1 without an error at a line"
        odd = [line for line in out.split("\n") if line and not line.startswith("    ") and not _PLACE.match(line)]
        if odd:
            yield f"no finding at a line: {odd[0][:100]!r}"


def published(book: Path) -> Iterator[str]:
    """What is wrong with a release of a hostile book: a file in it that is broken, or not its own."""
    for path in sorted((book / "build").rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        data = path.read_bytes()
        if CANARY.encode() in data:
            yield f"{path.relative_to(book)} holds a file from outside of the book"
        if path.suffix == ".json" and "releases" in path.parts:
            try:
                json.loads(data, parse_constant=_no_json)
            except ValueError as error:
                yield f"{path.name} is not JSON: {error}"
        if path.suffix == ".db" and "releases" in path.parts:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
                found = connection.execute("PRAGMA integrity_check").fetchall()
                broken = connection.execute("PRAGMA foreign_key_check").fetchall()
            if found != [("ok",)] or broken:
                yield f"{path.name} is broken"


def _no_json(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
