# SPDX-License-Identifier: Apache-2.0
"""The versions that are kept in ``build/versions``: each against its checksums, its change set and its signature.

Each is judged in a process that can be ended, as the current release is: what lies there may be forged.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from sourcebook import apart, files
from sourcebook.book import SIGNERS, Book
from sourcebook.changeset import Refused, applied, read
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.exact import loads
from sourcebook.finding import Ledger
from sourcebook.progress import Progress
from sourcebook.publish import signing
from sourcebook.publish.versions import ABOUT, CHANGES, INDEX, SIGNATURE, VERSIONS, Version, index, kept, sums, wrong_in
from sourcebook.verify.result import Difference

_SECONDS = 120.0
_BYTES_A_SECOND = 2_000_000
_MEMORY = 2 * 1024**3
_MEMORY_A_BYTE = 10
_MOST = 64 * 1024 * 1024
_SETS, _SIGNED = "change sets", "signatures"


def kept_versions(book: Book, size: int, progress: Progress) -> tuple[list[Difference], Ledger]:
    """What differs in the kept versions of a book, and how much was compared.

    ``size`` are the bytes of the database compiled just now, by which it is reckoned what judging one may take.
    """
    ledger = Ledger()
    try:
        versions = kept(book.build)
    except EnvironmentFailure as error:
        return [Difference(VERSIONS, str(error))], ledger
    if not versions:
        return [], ledger
    found = list(_index(book))
    ledger.performed("kept versions", len(versions))
    allowed = apart.Allowed(_SECONDS + size / _BYTES_A_SECOND, memory=_MEMORY + size * _MEMORY_A_BYTE)
    with (
        tempfile.TemporaryDirectory(prefix="sourcebook-") as aside,
        closing(apart.mapped(partial(_judged, book, versions, Path(aside)), len(versions), allowed)) as results,
    ):
        for one in versions:
            progress(f"verifying version {one.version}")
            result = next(results)
            if isinstance(result, apart.Over):
                message = f"judging it takes more {result.what} than a release of such a book; is it one?"
                found.append(Difference(f"{VERSIONS}/{one.version}", message))
                continue
            told, counted = result
            found += [Difference(f"{VERSIONS}/{one.version}/{name}".rstrip("/"), message) for name, message in told]
            ledger.add(Ledger.of(counted))
    return found, ledger


def _index(book: Book) -> Iterator[Difference]:
    """The index against what is kept."""
    path = f"{VERSIONS}/{INDEX}"
    try:
        with open(files.open_below(book.build, path), "rb") as file:
            told = loads(file.read(_MOST))
    except (OSError, ValueError) as error:
        yield Difference(path, f"cannot be read: {error}")
        return
    if told != index(book.build):
        yield Difference(path, "does not tell of what is kept; `sourcebook release --version VERSION` writes it anew")


def _judged(book: Book, versions: tuple[Version, ...], aside: Path, number: int, _at: apart.At) -> Any:
    """What there is to say of one version, as plain data."""
    if apart.FORKS:
        tempfile.tempdir = str(aside)
    one, ledger = versions[number], Ledger()
    damage = wrong_in(one)
    told = [(name, "is not the file that SHA256SUMS lists") for name in damage]
    if not damage:
        try:
            told += _change_set(one, {other.version: other for other in versions}, aside / str(number), ledger)
        except (OSError, ValueError, KeyError, TypeError, Refused, UsageError) as error:
            told.append((CHANGES, f"does not make this version of the one before: {error}"))
    told += _signature(book, one, ledger)
    return told, ledger.as_dict()


def _change_set(one: Version, versions: Mapping[str, Version], to: Path, ledger: Ledger) -> Iterable[tuple[str, str]]:
    """The version before it, after its change set, is this one."""
    before = versions.get(one.after)
    if not one.after or one.withdrawn:
        ledger.skipped(_SETS, "a version has none: it is the first one kept, or was withdrawn")
        return []
    if before is None or before.withdrawn:
        ledger.skipped(_SETS, "the version before is not kept any more")
        return []
    if files.kind(one.folder / CHANGES) != "file":
        return [(CHANGES, "is missing")]
    said = read(one.folder / CHANGES)
    made = applied(before.folder, said, to)
    ledger.performed(_SETS)
    listed = sums(one.folder)
    there = {path: listed.get(path) for path in listed if path not in (ABOUT, CHANGES)}
    new = {path: files.sha256(to / path) for path in made.made}
    new |= {path: said.elsewhere[path].sha256 for path in made.missing if path in said.elsewhere}
    new |= {path: said.files[path].sha256 for path in made.missing if path in said.files}
    return [
        (path, "is not what its change set says") for path in sorted(there.keys() ^ new.keys() | _other(there, new))
    ]


def _other(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    return {name for name in one.keys() & other.keys() if one[name] != other[name]}


def _signature(book: Book, one: Version, ledger: Ledger) -> Iterator[tuple[str, str]]:
    if not one.signed:
        ledger.skipped(_SIGNED, "a version is not signed")
        return
    if not files.kind(book.root / SIGNERS):
        ledger.unverifiable(_SIGNED, f"there is no {SIGNERS}, which says whose signatures count")
        return
    allowed, odd = files.read_bytes(book.root, SIGNERS, _MOST)
    if odd:
        return  # which the check tells
    parts = [_bytes(one.folder, name) for name in ("SHA256SUMS", SIGNATURE)]
    judged = signing.judged(parts[0], parts[1], allowed, one.day)
    if judged.state == "unverifiable":
        ledger.unverifiable(_SIGNED, judged.why)
        return
    ledger.performed(_SIGNED)
    if judged.state == "bad":
        yield SIGNATURE, "is no signature of SHA256SUMS"
    elif judged.state == "unknown":
        yield SIGNATURE, f"is by a key that {SIGNERS} does not list for {one.day}: {judged.key}"


def _bytes(folder: Path, name: str) -> bytes:
    with open(files.open_below(folder, name), "rb") as file:
        return file.read(_MOST)
