# SPDX-License-Identifier: Apache-2.0
"""Files that lie elsewhere: a folder, a bucket that speaks S3, Google's, a web server; the one door to fsspec.

In comes an address; out goes a `Storage`. It knows neither what is kept there nor in which order it is written.
Credentials come by the environment, as each kind of storage has it, and stand in no address and no message.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from sourcebook.errors import UsageError
from sourcebook.storage.model import MOST, PART, PARTED, Missing, Storage, StorageFailure, plain

__all__ = ["MOST", "PART", "PARTED", "Missing", "Storage", "StorageFailure", "check", "is_url", "opened", "plain"]

KINDS = ("file", "s3", "gs", "http", "https", "memory")
"""What an address begins with, before ``://``; without it, it is a folder of this machine."""


def is_url(said: str) -> bool:
    """Whether something is an address with a kind before it, and no mere path (``C:`` of Windows is none)."""
    kind, separator, _ = said.partition("://")
    return bool(separator) and len(kind) > 1 and kind.isascii() and kind.replace("+", "").isalnum()


def opened(url: str, *, endpoint: str = "") -> Storage:
    """The storage at an address: a path, ``file://``, ``s3://``, ``gs://``, ``https://``, ``http://``, ``memory://``.

    ``endpoint`` is where a store that speaks S3 answers, unless ``AWS_ENDPOINT_URL`` says so or it is Amazon's. Nothing
    is asked yet, but threads may be started that no fork takes along. Raises UsageError as `check` does, and where the
    extra is not installed that its kind needs.
    """
    kind, place = check(url, endpoint=endpoint)
    if kind == "file":
        from sourcebook.storage.local import Local

        return Local(Path(place).absolute(), url)
    from sourcebook.storage.remote import Remote  # slow to import

    return Remote(kind, place, endpoint)


def check(url: str, *, endpoint: str = "") -> tuple[str, str]:
    """The kind of an address, and what it names: a path where it is ``file``, else the address without odd ends.

    Raises UsageError for an address of another kind, an empty one, and one that bears credentials.
    """
    if not url.strip():
        raise UsageError("the address of a storage is empty: a variable that was not set? the folder here is .")
    if not is_url(url):
        kind, bare, place = "file", url, url
    else:
        parts = _parts(url)
        kind, host = parts.scheme.lower(), parts.netloc.rpartition("@")[2]
        bare = f"{kind}://{host.lower() if kind in ('http', 'https') else host}{parts.path}"  # a bucket's case counts
        place = unquote(parts.path) if kind == "file" else bare.rstrip("/")
        if kind not in KINDS:
            known = ", ".join(f"{one}://" for one in KINDS)
            raise UsageError(f"{kind}:// is no storage that is known; there are {known}")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise UsageError(
                f"only the place belongs in {bare}: no credentials, which come by the environment, and no ? or #"
            )
        if kind == "file" and parts.netloc not in ("", "localhost"):
            raise UsageError(f"{bare} names a machine: file:// has three strokes before a path")
        if kind != "file" and not parts.netloc:
            raise UsageError(f"{bare} does not say which bucket or host")
    if endpoint and "@" in _parts(endpoint).netloc:
        raise UsageError("an endpoint bears no credentials: they come by the environment")
    if endpoint and kind != "s3":
        raise UsageError(f"an endpoint is for s3:// alone, and {bare} is none of these")
    return kind, place


def _parts(url: str) -> SplitResult:
    """The parts of an address. Raises UsageError where it is none; without its words, for these may be credentials."""
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname
    except ValueError:
        raise UsageError("this is no address: [ ] are for IPv6 alone, and behind a colon stands a port") from None
    return parts
