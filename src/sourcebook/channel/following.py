# SPDX-License-Identifier: Apache-2.0
"""A release followed: copied from where it was pushed to, judged whole, and made current here; else nothing changes."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from sourcebook.channel.fetching import clear, fetch, turn
from sourcebook.channel.form import (
    MOST_OF_POINTER,
    OLDER,
    OTHERS,
    POINTER,
    TWICE,
    UNSIGNED,
    Manifest,
    Pointer,
    Refused,
    Short,
    digest,
    place_of_manifest,
    read_manifest,
    read_pointer,
)
from sourcebook.channel.installing import check, install, lacking, let_go, try_out, wanted
from sourcebook.channel.remembered import Remembered, note_look, recall, remember
from sourcebook.errors import EnvironmentFailure, UsageError, run_out
from sourcebook.files import kind
from sourcebook.progress import Progress, silent
from sourcebook.publish import pointer as link
from sourcebook.publish import release, signing
from sourcebook.publish.ground import inspect
from sourcebook.storage import Missing, Storage, StorageFailure, opened

_AGAIN = 3  # times that it is begun anew where another release came meanwhile
_MOST_OF_SIGNERS = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Followed:
    """What following came to: which release is current here, and whether that is another than before.

    ``files`` are those that it has with kept versions, ``copied`` the contents that were missing here, ``key`` the
    fingerprint of the key that signed it, where signers were named. ``dropped`` are versions that are kept no more,
    since the target has them no more.
    """

    name: str
    release: str
    version: str
    serial: int
    changed: bool
    files: int = 0
    copied: int = 0
    key: str = ""
    dropped: Sequence[str] = ()


def follow(
    url: str,
    build: Path,
    *,
    endpoint: str = "",
    signers: Path | None = None,
    tried: Callable[[Path], None] | None = None,
    progress: Progress = silent,
) -> Followed:
    """Have the release that is current at ``url`` current in the folder ``build``, once.

    ``build`` is one that only following writes to, and is made where it is not. With ``signers``, a file of keys as
    ssh-keygen has them, what none of them signed is refused; and so is a release of whose folder ``tried`` raises
    ValueError. Only contents that are missing here are copied. Raises UsageError where the address or the folder is
    none for it, Refused where what lies there is not taken, and EnvironmentFailure or OSError where the target or the
    machine fails, or has no memory or threads left; what was current then still is.
    """
    try:
        return _follow(url, build, endpoint, signers, tried, progress)
    except OSError as error:
        if error.errno is not None and error.filename is None:  # as of what is written to, and not opened
            error.filename = str(build)
        raise
    except (MemoryError, RuntimeError) as error:
        if not (why := run_out(error)):
            raise
        raise Short(f"{url} cannot be followed into {build}: {why} on this machine", why) from error


def _follow(
    url: str,
    build: Path,
    endpoint: str,
    signers: Path | None,
    tried: Callable[[Path], None] | None,
    progress: Progress,
) -> Followed:
    storage = opened(url, endpoint=endpoint)
    allowed = _signers(signers)
    _check_private(url, signed=signers is not None)
    _prepare(build)
    _check_listed(build, signers)
    for again in range(_AGAIN, 0, -1):
        progress("asking the target")
        pointer = _pointer(storage)
        known = recall(build)
        if known and _is_current(build, known, pointer, allowed):
            let_go(build)
            note_look(build)
            return Followed(known.name, known.release, known.version, known.serial, changed=False)
        try:
            with turn(build, progress):
                return _followed(storage, build, pointer, allowed, tried, progress)
        except Missing as error:
            if again == 1 or _pointer(storage) == pointer:
                raise StorageFailure(f"{storage.url} lacks something of its current release: {error}") from error
    raise AssertionError


def was_judged(build: Path, signers: Path | None) -> bool:
    """Whether what is current in ``build`` was taken by this list of ``signers``, or without one where none is named.

    Raises OSError or EnvironmentFailure where that cannot be told.
    """
    now, known = link.read(build), recall(build)
    while now != (now := link.read(build)):  # another has installed what comes next, and may have noted that by now
        known = recall(build)
    if known is None:
        return False
    by = _by(_signers(signers))
    return any(one.signers == by and now == one.release for one in known.here)


def _followed(
    storage: Storage,
    build: Path,
    pointer: Pointer,
    allowed: bytes | None,
    tried: Callable[[Path], None] | None,
    progress: Progress,
) -> Followed:
    known = recall(build)
    if known and _is_current(build, known, pointer, allowed):  # by who had the turn before
        return Followed(known.name, known.release, known.version, known.serial, changed=False)
    progress("reading the manifest")
    data = storage.read(place_of_manifest(pointer.manifest), pointer.size)
    if digest(data) != pointer.manifest:
        raise Refused(f"the manifest at {storage.url} is not what {POINTER} says")
    key = _judged(storage, data, pointer, allowed) if allowed is not None else ""
    try:
        manifest = read_manifest(data)
    except ValueError as error:
        raise Refused(f"the manifest at {storage.url} is none: {error}") from error
    _check_newer(storage, manifest, pointer, known)
    new = lacking(build, manifest)
    contents, copied = fetch(build, storage, wanted(manifest, new), progress)
    progress("checking")
    check(manifest, contents, new)
    if tried is not None:
        progress("opening")
        try_out(build, manifest, contents, tried, storage.url)
    forget = known is not None and (
        not known.done
        or known.coming is not None
        or known.serial < manifest.forget
        or known.taken_down != manifest.taken_down
    )
    now = Remembered(
        manifest.name, manifest.serial, pointer.manifest, _by(allowed), manifest.version, manifest.taken_down
    )
    # Before it is current: none that is older is taken from here on. What is current stays known until it is done.
    coming = replace(now, release=manifest.release)
    remember(build, replace(known, coming=coming) if known is not None and known.done else coming)
    name, dropped = install(build, manifest, contents, new, forget=forget)
    remember(build, replace(now, release=name, done=True))
    clear(build)
    return Followed(
        manifest.name, name, manifest.version, manifest.serial, True, len(manifest.files), copied, key, dropped
    )


def _pointer(storage: Storage) -> Pointer:
    try:
        return read_pointer(storage.read(POINTER, MOST_OF_POINTER, fresh=True))
    except Missing as error:
        raise StorageFailure(f"nothing was pushed to {storage.url} yet, or it is another address") from error
    except ValueError as error:
        raise Refused(f"{POINTER} at {storage.url} is none of a release channel: {error}") from error


def _check_newer(storage: Storage, manifest: Manifest, pointer: Pointer, known: Remembered | None) -> None:
    """Raise Refused where a manifest is not of what was followed before, or older."""
    if manifest.serial != pointer.serial:
        raise Refused(f"{POINTER} at {storage.url} says another serial than its manifest")
    if known is None:
        return
    anew = "remove the folder, and follow again, if that is meant"
    if manifest.name != known.name:
        raise Refused(
            f"{storage.url} has the releases of {manifest.name}, and {known.name} was followed; {anew}", OTHERS
        )
    newest = known.newest
    if manifest.serial < newest.serial:
        raise Refused(
            f"{storage.url} goes back to a release that is older than the one here "
            f"(serial {manifest.serial}, after {newest.serial}); {anew}",
            OLDER,
        )
    if manifest.serial == newest.serial and pointer.manifest != newest.manifest:
        raise Refused(f"{storage.url} has two releases of one serial, {manifest.serial}; push there again", TWICE)


def _judged(storage: Storage, data: bytes, pointer: Pointer, allowed: bytes) -> str:
    """The fingerprint of the key that signed a manifest. Raises Refused where none that is allowed to did."""
    if not pointer.signature:
        raise Refused(f"the release at {storage.url} is not signed, and only signed ones are to be taken", UNSIGNED)
    day = time.strftime("%Y-%m-%d", time.gmtime())
    said = signing.judged(data, pointer.signature.encode("utf-8", "replace"), allowed, day)
    if said.state == "unverifiable":
        raise EnvironmentFailure(f"whether the release at {storage.url} is signed cannot be told: {said.why}")
    if said.state != "good":
        why = "by a key that is not allowed to" if said.state == "unknown" else "and the signature is not of it"
        raise Refused(f"the release at {storage.url} is signed {why}", UNSIGNED)
    return said.key


def _signers(file: Path | None) -> bytes | None:
    if file is None:
        return None
    data = file.read_bytes()
    if len(data) > _MOST_OF_SIGNERS or not data.strip():
        raise UsageError(f"{file} is no list of keys that may sign, as ssh-keygen has them")
    return data


def _check_private(url: str, *, signed: bool) -> None:
    """Raise UsageError where whoever lies on the way could say what is shown here."""
    parts = urlsplit(url)
    if parts.scheme.lower() != "http" or signed:
        return
    host = parts.hostname or ""
    try:
        here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = host == "localhost"
    if not here:
        raise UsageError(f"anybody on the way to http://{host} could change what comes: use https://, or --signers")


def _prepare(build: Path) -> None:
    """Have a folder to follow into. Raises UsageError where something that was built lies there."""
    if kind(build) not in ("", "folder"):
        inspect(build)
    build.mkdir(parents=True, exist_ok=True)
    inspect(build)
    if link.read(build) and recall(build) is None:  # in this order: who follows beside remembers before it links
        raise UsageError(f"what lies in {build} was built, and not followed: follow into another folder")


def _check_listed(build: Path, signers: Path | None) -> None:
    """Raise UsageError where what is signed was followed into a folder, and now anything were to be taken there."""
    known = recall(build)
    if known is not None and known.signers and signers is None:
        raise UsageError(
            f"into {build} was followed what is signed, and no signers are named now: name them (--signers), or follow "
            "into another folder"
        )


def _is_current(build: Path, known: Remembered, pointer: Pointer, allowed: bytes | None) -> bool:
    """Whether what a pointer names is current here, and was judged by the same list of signers."""
    if (
        not known.done
        or known.coming is not None
        or (known.manifest, known.signers) != (pointer.manifest, _by(allowed))
    ):
        return False
    try:
        return release.current(build).name == known.release
    except (UsageError, EnvironmentFailure):
        return False


def _by(allowed: bytes | None) -> str:
    return digest(allowed) if allowed is not None else ""
