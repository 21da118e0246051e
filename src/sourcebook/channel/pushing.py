# SPDX-License-Identifier: Apache-2.0
"""A release pushed to a target: what is missing there, then the manifest's turn, by one file that is replaced last.

Who is stopped on the way has changed nothing that a follower reads, and goes on where it was when it pushes again. Of
two who push at once the second to end is refused: it had compared with what is not current any more.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sourcebook.book import Folder, build_folder, load_book
from sourcebook.book.model import Book
from sourcebook.channel.fingerprints import taken_down, taken_down_before
from sourcebook.channel.form import (
    FOLDERS,
    MOST_OF_MANIFEST,
    MOST_OF_POINTER,
    POINTER,
    File,
    Manifest,
    Pointer,
    check_sparse,
    digest,
    objects,
    place_of,
    place_of_manifest,
    read_manifest,
    read_pointer,
)
from sourcebook.channel.goods import Goods, checked, goods
from sourcebook.channel.pruning import prune
from sourcebook.channel.staying import Staying, staying
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.progress import Progress, silent
from sourcebook.publish import release, signing
from sourcebook.storage import Missing, Storage, opened

_AT_ONCE = 8  # files
_LOOKS = 3  # times that it is looked again whether all is there
_SETTLED = 5.0  # seconds in which a request to remove files that was under way has ended, mostly
_SMALL = 8 * 1024 * 1024  # bytes of a file that is read whole, and so hashed once more


class Overtaken(EnvironmentFailure):
    """Another publisher was first: what this one pushed is not current."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push came to: which release is current at the target now, and what was sent for it.

    ``files`` are those of the release and of kept versions, ``sent`` those contents that were missing, of so many
    ``bytes``; ``removed`` counts what nothing needs any more. ``unchanged`` says that it was current already.
    ``stayed`` are the versions that are there and not kept here, ``dropped`` those that were there, and are not now.
    """

    release: str
    version: str
    serial: int
    files: int
    sent: int
    bytes: int
    removed: int
    unchanged: bool
    signed: bool
    stayed: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def push(
    folder: Folder,
    target: str,
    *,
    endpoint: str = "",
    sign: Path | None = None,
    unsealed: bool = False,
    forget: bool = False,
    drop_versions: bool = False,
    progress: Progress = silent,
) -> Pushed:
    """Push the current release of the book in ``folder``, and the versions that are kept, to a ``target``.

    ``target`` is an address as `sourcebook.storage.opened` takes it, ``endpoint`` where a store that speaks S3 answers.
    The manifest is signed by the key of SSH ``sign``, private or held by an agent. A release that another user or
    machine built is pushed if it may be ``unsealed``. Followers leave readers on the release before until they are
    done, unless they are to ``forget`` it, or something was taken down since. Versions that are there and not kept here
    stay, unless the target is to ``drop_versions``. Raises UsageError where nothing is built, the target takes no files
    or is another book's, or what is there may not stay; Overtaken where another publisher was first;
    EnvironmentFailure or OSError where the machine or the target does not let it.
    """
    storage = opened(target, endpoint=endpoint)
    if not storage.writable:
        raise UsageError(f"{storage.url} can be followed, and not pushed to: push to where its files lie")
    book = load_book(folder)
    build = build_folder(folder)
    progress("reading the release")
    found = release.own(build, anyones=unsealed)
    with _kept_where_it_is(found):
        if unsealed:
            checked(found)
        sent = goods(build, found, anyones=unsealed)
        return _pushed(storage, book, found, sent, sign, progress, forget=forget, drop_versions=drop_versions)


def _pushed(
    storage: Storage,
    book: Book,
    folder: Path,
    sent: Sequence[Goods],
    sign: Path | None,
    progress: Progress,
    *,
    forget: bool,
    drop_versions: bool,
) -> Pushed:
    progress("asking the target")
    stamp, pointer, before = _current(storage)
    if before and before.name != book.name:
        raise UsageError(f"{storage.url} has the releases of {before.name}, and this is {book.name}: push elsewhere")
    if before and before.taken_down and before.taken_down not in taken_down_before(book):
        raise UsageError(
            f"of what is at {storage.url} other things were taken down than the log of this book has: pull the book, "
            f"build, and push again; if they are to be shown again, remove {POINTER} there first"
        )
    stays = Staying()
    if pointer and before and not drop_versions:
        stays = staying(storage, book, before, pointer, sent, sign)
        sent = stays.beside(sent)
    serial = max((pointer.serial if pointer else 0) + 1, int(time.time()))
    manifest = Manifest(
        name=book.name,
        version=str(book.descriptor.get("version") or ""),
        release=_identity(folder),
        serial=serial,
        at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        taken_down=taken_down(book),
        forget=serial if forget else before.forget if before else 0,
        files=stays.beside_files(File(one.path, one.sha256, one.size) for one in sent),
    )
    same = pointer is not None and before is not None and _same(manifest, before)
    if same and pointer and before and sign:  # by a key of before, or by whoever else, is as good as not
        same = signing.is_by(before.data(), pointer.signature.encode("utf-8", "replace"), sign)
    if same and pointer and before:
        manifest, new, data = before, pointer, b""
        signed = bool(pointer.signature)
    else:
        data = manifest.data()
        if len(data) > MOST_OF_MANIFEST:
            raise UsageError(f"the release has {len(sent):,} files, more than followers take")
        try:
            check_sparse(data)
        except ValueError as error:
            raise UsageError(f"followers would not take the manifest of the release: {error}") from error
        signature = _signature(data, sign) if sign else ""
        new, signed = Pointer(digest(data), len(data), manifest.serial, signature), bool(signature)
        storage.write(place_of_manifest(new.manifest), data)  # first, so that who cleans up leaves what it needs
    # What is there, and not of what is current: somebody may be about to remove it.
    sizes = storage.sizes(FOLDERS[0])
    there = {name: sizes[path] for name, path in objects(sizes).items()}
    stays.check_there(there)
    others = there.keys() - (before.hashes.keys() if before else set())
    rescued = not others.isdisjoint(one.sha256 for one in sent)
    count, size = _send(storage, sent, progress)
    if not same and not storage.replace(POINTER, new.data(manifest), stamp):
        raise Overtaken(
            f"another publisher was first at {storage.url}; what it pushed is current: look, and push again"
        )
    if not same:
        again, more = _look_again(storage, new, data, sent, progress, rescued=rescued)
        count, size = count + again, size + more
    progress("removing what nothing needs")
    removed = prune(storage, new, manifest)
    return Pushed(
        release=manifest.release,
        version=manifest.version,
        serial=new.serial,
        files=len(manifest.files),
        sent=count,
        bytes=size,
        removed=removed,
        unchanged=same,
        signed=signed,
        stayed=stays.versions,
        dropped=tuple(name for name in (before.versions if before else ()) if name not in manifest.versions),
    )


def _current(storage: Storage) -> tuple[str, Pointer | None, Manifest | None]:
    """What is current at a target, and the stamp by which it is known to be that still."""
    stamp = storage.stamp(POINTER)
    try:
        pointer = read_pointer(storage.read(POINTER, MOST_OF_POINTER, fresh=True))
    except Missing:
        return "", None, None
    except ValueError as error:
        raise UsageError(
            f"{POINTER} at {storage.url} is none of a release channel ({error}): push elsewhere"
        ) from error
    try:
        data = storage.read(place_of_manifest(pointer.manifest), MOST_OF_MANIFEST)
        return stamp, pointer, read_manifest(data) if digest(data) == pointer.manifest else None
    except (Missing, ValueError):
        return stamp, pointer, None  # it was damaged, and this push mends it


def _same(new: Manifest, before: Manifest) -> bool:
    """Whether what is current at a target is what is to be."""
    said = [(one.name, one.version, one.release, one.taken_down, one.files) for one in (new, before)]
    return said[0] == said[1] and new.forget == before.forget


def _send(storage: Storage, sent: Iterable[Goods], progress: Progress) -> tuple[int, int]:
    """Have every content at the target: how many were missing, and of how many bytes."""
    there = storage.sizes(FOLDERS[0])
    known = {name: there[path] for name, path in objects(there).items()}
    missing = list({one.sha256: one for one in sent if known.get(one.sha256) != one.size}.values())
    total = sum(one.size for one in missing)
    done = 0
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        tasks = [threads.submit(_sent, storage, one) for one in missing]
        try:
            for one, task in zip(missing, tasks, strict=True):
                task.result()
                done += one.size
                progress("sending (bytes)", done, total)
        except BaseException:
            threads.shutdown(wait=True, cancel_futures=True)
            raise
    return len(missing), total


def _look_again(
    storage: Storage, new: Pointer, data: bytes, sent: Iterable[Goods], progress: Progress, *, rescued: bool
) -> tuple[int, int]:
    """Have all there that a release needs which is current now, until nothing of it was missing; as `_send`.

    Who cleaned up meanwhile may not have seen it. Where something was ``rescued`` that nothing needed before, a removal
    that was begun is given some seconds to end.
    """
    if rescued:
        time.sleep(_SETTLED)
    count = size = 0
    for _ in range(_LOOKS):
        if not storage.exists(place_of_manifest(new.manifest)):
            storage.write(place_of_manifest(new.manifest), data)
        again, more = _send(storage, sent, progress)
        count, size = count + again, size + more
        if not again:
            break
    return count, size


def _sent(storage: Storage, one: Goods) -> None:
    place = place_of(one.sha256)
    if one.data is not None or one.size <= _SMALL:
        data = one.file.read_bytes() if one.data is None else one.data
        if hashlib.sha256(data).hexdigest() != one.sha256:
            one.check_unchanged()
            raise EnvironmentFailure(f"{one.file} cannot be read as it was written; run `sourcebook build`")
        storage.write(place, data)
        return
    one.check_unchanged()
    storage.put(place, one.file)
    try:
        one.check_unchanged()
    except EnvironmentFailure:
        storage.remove([place])
        raise


def _signature(data: bytes, key: Path) -> str:
    with tempfile.TemporaryDirectory(prefix="sourcebook-") as aside:
        file = Path(aside, "manifest.json")
        file.write_bytes(data)
        signing.sign(file, key)
        return file.with_name(f"{file.name}.sig").read_text("ascii")


def _identity(folder: Path) -> str:
    return digest((folder / release.SUMS).read_bytes())[:16]


@contextmanager
def _kept_where_it_is(folder: Path) -> Iterator[None]:
    """Have builds leave a release where it is meanwhile."""
    handle = release.showing(folder)
    try:
        yield
    finally:
        os.close(handle)
