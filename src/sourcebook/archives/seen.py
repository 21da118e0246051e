# SPDX-License-Identifier: Apache-2.0
"""What a networked job saw at addresses: a file of JSON Lines, read with distrust, for it comes from the network.

A line is ``{"url", "checked", "status" or "error", "final", "sha256", "title"}``: what was asked, when, the status of
the last answer or why there was none, the address that it came from, and of its bytes the SHA-256 and the title. An
address may have several lines, of several days.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sourcebook import files
from sourcebook.exact import loads
from sourcebook.finding import printable
from sourcebook.validation.wording import did_you_mean

SEEN = "curation/links.jsonl"
_NAMES = ("url", "checked", "status", "error", "final", "sha256", "title")
_MOST = 64 * 1024 * 1024  # bytes of the file
_LONGEST = 8_192  # characters of a line that are looked at
_TOLD = 60  # characters of what is odd
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_HASH = re.compile("[0-9a-fA-F]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at an address: ``checked`` is when, a ``status`` of 0 that nothing answered, for ``error``."""

    url: str
    checked: str
    line: int
    status: int = 0
    error: str = ""
    final: str = ""
    sha256: str = ""
    title: str = ""

    @property
    def day(self) -> str:
        """On which day it was seen."""
        return self.checked[:10]


@dataclass(frozen=True, slots=True)
class Odd:
    """What is wrong with a ``line`` of the file, which was left out."""

    line: int
    message: str


@dataclass(frozen=True)
class Seen:
    """What was seen: by address all looks, the earliest first; and the lines that mean nothing."""

    file: str
    looks: dict[str, tuple[Look, ...]]
    odd: tuple[Odd, ...]


def read_seen(path: Path) -> Seen:
    """What a file says was seen. Nothing of it is followed. Raises OSError where the disk fails."""
    data, wrong = files.read_bytes(path.parent, path.name, _MOST)
    if wrong is not None:
        return Seen(str(path), {}, (Odd(1, wrong.message),))
    looks: dict[str, list[Look]] = {}
    odd: list[Odd] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            one = _look(line, number)
        except _OddLine as error:
            odd.append(Odd(number, str(error)))
        else:
            looks.setdefault(one.url, []).append(one)
    ordered = {url: tuple(sorted(some, key=lambda one: (_when(one.checked), one.line))) for url, some in looks.items()}
    return Seen(str(path), ordered, tuple(odd))


class _OddLine(Exception):
    pass


def _look(line: bytes, number: int) -> Look:
    if len(line) > _LONGEST:
        raise _OddLine(f"the line has {len(line):,} bytes; {_LONGEST:,} are read at most")
    try:
        value = loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        raise _OddLine("this is no JSON") from None
    if not isinstance(value, dict):
        raise _OddLine("an object is expected in each line")
    for name in value:
        if name not in _NAMES:
            raise _OddLine(f"{_shown(name)} means nothing here: {did_you_mean(name, _NAMES) or ', '.join(_NAMES)}")
    _required(value)
    texts = {name: _text(value, name) for name in ("url", "checked", "error", "final", "sha256", "title")}
    for name in ("url", "final"):
        if texts[name] and (texts[name] != value[name] or not _is_address(texts[name])):
            raise _OddLine(f"{name} is no address of http or https: {_shown(texts[name])}")
    if texts["sha256"] and not _HASH.fullmatch(texts["sha256"]):
        raise _OddLine(f"sha256 is no SHA-256: {_shown(texts['sha256'])}")
    if _when(texts["checked"]) == "":
        raise _OddLine(f"checked is no day, and no time: {_shown(texts['checked'])}")
    return Look(line=number, status=value.get("status", 0), **texts | {"sha256": texts["sha256"].lower()})


def _is_address(text: str) -> bool:
    try:
        return bool(_ADDRESS.fullmatch(text) and urlsplit(text).netloc)
    except ValueError:  # a host that is none: http://[::1
        return False


def _required(value: dict[str, Any]) -> None:
    for name in ("url", "checked"):
        if not value.get(name):
            raise _OddLine(f"{name} is missing")
    status = value.get("status")
    if (status is None) == (value.get("error") is None):
        raise _OddLine("a line has a status, or says the error for which there was none")
    if status is not None and (isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 599):
        raise _OddLine(f"status is no status of HTTP: {_shown(status)}")


def _text(value: dict[str, Any], name: str) -> str:
    found = value.get(name)
    if found is not None and not isinstance(found, str):
        raise _OddLine(f"{name} is to be a text: {_shown(found)}")
    return printable(found or "")


def _when(text: str) -> str:
    """A time in one form, so that two can be compared; the empty text where it is none."""
    try:
        when = datetime.fromisoformat(text)
        return (when if when.tzinfo is None else when.astimezone(UTC).replace(tzinfo=None)).isoformat()
    except (ValueError, OverflowError):
        return ""


def _shown(value: Any) -> str:
    text = printable(str(value))
    return repr(text if len(text) <= _TOLD else f"{text[:_TOLD]}…")


__all__ = ["SEEN", "Look", "Odd", "Seen", "read_seen"]
