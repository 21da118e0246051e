# SPDX-License-Identifier: Apache-2.0
"""Versions that a target has and this build has not: they stay there, for a version is kept for good.

``build/versions`` is not in git, so a second publisher and a job with a fresh checkout have none. What stays is listed
in the next manifest as it was in the last; nothing of it is copied. Where that would show what was taken down, or have
a key sign what nobody vouches for, nothing is pushed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcebook import files
from sourcebook.book.model import SIGNERS, Book
from sourcebook.channel.fingerprints import taken_down
from sourcebook.channel.form import File, Manifest, Pointer, digest, place_of, some
from sourcebook.channel.goods import Goods
from sourcebook.errors import UsageError
from sourcebook.exact import loads
from sourcebook.publish import signing
from sourcebook.publish.kept import Version, by_age, kept
from sourcebook.publish.listing import FORMAT
from sourcebook.publish.release import SUMS
from sourcebook.publish.versions import INDEX, VERSIONS
from sourcebook.storage import Storage, StorageFailure

_INDEX = f"{VERSIONS}/{INDEX}"
_MOST = 16 * 1024 * 1024  # bytes of an index
_MOST_OF_SIGNERS = 1024 * 1024
_OR = "or have them go from there: `--drop-versions`"


@dataclass(frozen=True, slots=True)
class Staying:
    """The ``versions`` that stay at a target, their ``files``, and the ``index`` of all; none where none do."""

    versions: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    index: Goods | None = None

    def beside(self, sent: Sequence[Goods]) -> Sequence[Goods]:
        """What is ``sent``, with the index of all."""
        if self.index is None:
            return sent
        return sorted([*(one for one in sent if one.path != _INDEX), self.index], key=lambda one: one.path)

    def beside_files(self, files: Iterable[File]) -> tuple[File, ...]:
        """The ``files`` of what is sent, and those that stay, sorted."""
        return tuple(sorted((*files, *self.files), key=lambda one: one.path))

    def check_there(self, there: Mapping[str, int]) -> None:
        """Raise StorageFailure where a content is not ``there``, by hash and bytes: nobody here could send it."""
        for one in self.files:
            if there.get(one.sha256) != one.size:
                raise StorageFailure(
                    f"of {one.path}, which is not kept here, the target lacks the content: push from where it is kept, "
                    f"{_OR}"
                )


def staying(
    storage: Storage,
    book: Book,
    before: Manifest,
    pointer: Pointer,
    sent: Sequence[Goods],
    sign: Path | None,
) -> Staying:
    """What of the manifest ``before``, which a ``pointer`` names, stays where ``sent`` is pushed of a ``book``.

    ``sign`` is the key that is to sign it. Raises UsageError where what is there may not stay, or a version that is
    kept here has other files there; StorageFailure where the target lacks something, or does not answer.
    """
    ours = {one.version: one for one in kept(book.build)}
    _check_same(storage, before, ours, {one.path: one.sha256 for one in sent})
    names = [name for name in before.versions if name not in ours]
    if not names:
        return Staying()
    told = f"{storage.url} has versions that are not kept here ({some(names)})"
    if before.taken_down != taken_down(book):
        raise UsageError(
            f"{told}, and something was taken down since they came there: push from where they are kept, after "
            f"`sourcebook build` there, {_OR}"
        )
    if sign is not None and not _is_vouched_for(book, before, pointer, sign):
        raise UsageError(
            f"{told}, and nothing there is signed by this key, or by one of {SIGNERS}, so this key is not to sign "
            f"them: push from where they are kept, {_OR}"
        )
    found = tuple(
        File(f"{VERSIONS}/{name}/{path}", one.sha256, one.size)
        for name in names
        for path, one in before.below(f"{VERSIONS}/{name}").items()
    )
    return Staying(tuple(names), found, _index(storage, book, before, sent, names, ours))


def _check_same(storage: Storage, before: Manifest, ours: Mapping[str, Version], sent: Mapping[str, str]) -> None:
    """Raise UsageError where a version that never changes would be another after a push."""
    there = {one.path: one.sha256 for one in before.files}
    for name, one in ours.items():
        path = f"{VERSIONS}/{name}/{SUMS}"
        if path in there and there[path] != sent.get(path) and not (one.replaced or one.withdrawn):
            raise UsageError(
                f"{storage.url} has other files as version {name} than are kept here, and a version never changes: to "
                f"leave it as it is there, remove {one.folder}; to have it be as it is here, say `--drop-versions`"
            )


def _is_vouched_for(book: Book, before: Manifest, pointer: Pointer, key: Path) -> bool:
    """Whether a manifest was signed by a ``key``, or by one that the book lists."""
    data, signature = before.data(), pointer.signature.encode("utf-8", "replace")
    if not signature:
        return False
    if signing.is_by(data, signature, key):
        return True
    if not files.kind(book.root / SIGNERS):
        return False
    allowed, odd = files.read_bytes(book.root, SIGNERS, _MOST_OF_SIGNERS)
    day = time.strftime("%Y-%m-%d", time.gmtime())
    return not odd and signing.judged(data, signature, allowed, day).state == "good"


def _index(
    storage: Storage,
    book: Book,
    before: Manifest,
    sent: Sequence[Goods],
    names: Sequence[str],
    ours: Mapping[str, Version],
) -> Goods:
    """The index of what stays and of what is kept here: which tags they have, it alone says."""
    theirs = next((one for one in before.files if one.path == _INDEX), None)
    mine = next((one for one in sent if one.path == _INDEX), None)
    entries: list[dict[str, Any]] = []
    try:
        if theirs is not None:
            data = storage.read(place_of(theirs.sha256), min(theirs.size, _MOST))
            if digest(data) != theirs.sha256:
                raise ValueError("it is not what its name says")
            entries += [one for one in loads(data)["releases"] if one["version"] in names]
        if mine is not None and mine.data is not None:
            entries += [one for one in loads(mine.data)["releases"] if one["version"] in ours]
        entries.sort(key=lambda one: by_age(str(one["day"]), str(one["version"])), reverse=True)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StorageFailure(
            f"the index of versions at {storage.url} cannot be read ({error}), and some are not kept here "
            f"({some(names)}): push from where they are kept, {_OR}"
        ) from error
    told = {"format": FORMAT, "name": book.name, "releases": entries}
    data = (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "surrogatepass")
    return Goods(_INDEX, digest(data), len(data), Path(INDEX), data)
