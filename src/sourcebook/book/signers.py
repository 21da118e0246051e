# SPDX-License-Identifier: Apache-2.0
"""Who may sign a release: the public keys in ``curation/allowed_signers``, a line each, in the form of ssh-keygen.

A line is ``NAME [OPTIONS] TYPE KEY [COMMENT]`` (https://man.openbsd.org/ssh-keygen#ALLOWED_SIGNERS). What is told of a
line says nothing that stands in it: names are often addresses of mail, and a key may be a private one.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from sourcebook import files
from sourcebook.book.model import SIGNERS
from sourcebook.finding import Finding, is_unprintable
from sourcebook.validation.wording import did_you_mean

_MOST = 1024 * 1024
_KEY = "curator ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA…"
_TYPES = (
    "ssh-ed25519",
    "ssh-rsa",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
)
_NAMESPACE = "sourcebook"
_PART = re.compile(r'(?:"[^"]*"|[^\s"])+')
_OPTION = re.compile(r'([A-Za-z-]+)(?:="([^"]*)")?(?:,|$)')
_OPTIONS = ("cert-authority", "namespaces", "valid-after", "valid-before")
_TIME = re.compile(r"(?:\d{8}|\d{12}|\d{14})Z?", re.ASCII)


def read_signers(root: Path, findings: list[Finding]) -> int:
    """How many keys may sign in the book in ``root``, which has a list; what is wrong is added to ``findings``."""
    data, odd = files.read_bytes(root, SIGNERS, _MOST)
    if odd:
        findings.append(odd)
        return 0
    if len(data) > _MOST:
        findings.append(_finding(1, 1, f"the list has more than {_MOST:,} bytes", "a key is one line"))
        return 0
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = data[: error.start].count(b"\n") + 1
        findings.append(_finding(at, 1, "this is no text in UTF-8", _KEY))
        return 0
    keys = [(number, line.removesuffix("\r")) for number, line in enumerate(text.split("\n"), 1) if _is_key(line)]
    for number, line in keys:
        findings += _line(number, line)
    return len(keys)


def _is_key(line: str) -> bool:
    """Whether a line is to be a key, and not empty or a comment."""
    return bool(line.strip(" \t\r")) and not line.lstrip(" \t").startswith("#")


def _finding(line: int, column: int, message: str, hint: str) -> Finding:
    return Finding(SIGNERS, line, column, "allowed-signers", message, hint=hint)


def _line(number: int, line: str) -> Iterator[Finding]:
    if "PRIVATE KEY" in line:
        hint = "take it out, and make another key: this one is known now to whoever has the repository"
        yield _finding(number, 1, "a private key begins here, and public ones are listed", hint)
        return
    if any(is_unprintable(one) and one != "\t" for one in line):
        yield _finding(number, 1, "the line holds characters that nobody sees", _KEY)
        return
    parts = [(found[0], found.start() + 1) for found in _PART.finditer(line)]
    at = next((at for at, (part, _) in enumerate(parts) if part in _TYPES), None)
    if at is None:
        yield _finding(number, *_without_type(parts))
    elif at == 0:
        yield _finding(number, parts[0][1], "the name of who signs is missing before the key", _KEY)
    elif at > 2:
        yield _finding(number, 1, "before the type of a key there stand a name and its options, and no more", _KEY)
    else:
        if at == 2:
            yield from _options(number, *parts[1])
        yield from _key(number, parts[at : at + 2])


def _without_type(parts: list[tuple[str, int]]) -> tuple[int, str, str]:
    types = f"its type is one of {', '.join(_TYPES)}"
    for part, column in parts[1:3]:
        if part.startswith(("ssh-", "ecdsa-", "sk-")):
            message = "there is no key of this type that a release may be signed with"
            return column, message, types
    return parts[0][1] if parts else 1, "no key stands in this line", _KEY


def _options(number: int, said: str, column: int) -> Iterator[Finding]:
    end = 0
    for found in _OPTION.finditer(said):
        if found.start() != end:
            break
        end = found.end()
        name, value = found[1].lower(), found[2]
        if name not in _OPTIONS:
            yield _finding(
                number, column + found.start(), "there is no such option", did_you_mean(name, _OPTIONS) or _listed()
            )
        elif (value is None) != (name == "cert-authority"):
            yield _finding(
                number, column + found.start(), "the option is not written so", name if value else f'{name}="…"'
            )
        elif name == "namespaces" and not _covers(value):
            hint = f'namespaces="{_NAMESPACE}"'
            yield _finding(number, column + found.start(), "the key may sign other things, and no release", hint)
        elif name.startswith("valid-") and not _TIME.fullmatch(value):
            yield _finding(number, column + found.start(), "this is no day, or time", f'{name}="20261130"')
    if end != len(said):
        yield _finding(number, column + end, "these are no options", _listed())


def _listed() -> str:
    return f"there are {', '.join(_OPTIONS)}, with a comma and no space between them"


def _covers(value: str) -> bool:
    """Whether namespaces, which may be patterns, take in that of releases."""
    return any(fnmatchcase(_NAMESPACE, one) for one in value.split(","))


def _key(number: int, parts: list[tuple[str, int]]) -> Iterator[Finding]:
    kind, column = parts[0]
    if len(parts) == 1:
        yield _finding(number, column + len(kind), "the key itself is missing behind its type", _KEY)
        return
    said, column = parts[1]
    try:
        data = base64.b64decode(said, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    size = int.from_bytes(data[:4], "big")
    if data[4 : 4 + size] != kind.encode() or len(data) <= 4 + size:
        hint = "it is what stands in the file NAME.pub beside the private key"
        yield _finding(number, column, f"this is no public key of the type {kind}", hint)


__all__ = ["read_signers"]
