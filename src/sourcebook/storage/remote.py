# SPDX-License-Identifier: Apache-2.0
"""The door to fsspec: storages that another machine keeps, each asked in bounds of time and of bytes."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from sourcebook.errors import SourcebookError, UsageError
from sourcebook.storage.model import PART, Missing, Storage, StorageFailure, plain, too_large

_EXTRAS = {"s3": "storage", "gs": "gcs", "http": "storage", "https": "storage", "memory": "storage"}
_CONNECT, _SILENT = 15, 60  # seconds to be let in, and without a byte
_SLOWEST = 8 * 1024  # bytes a second that are to come on the whole, after as many seconds as are allowed in silence
_AT_ONCE = 1000  # files that are removed by one request
_SECRETS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_VERSION = "?versionId="  # which s3fs takes for the version of an object with a shorter name
_FRESH = {"Cache-Control": "no-cache"}
_turn = Lock()  # of what is kept in the memory of this process


class Remote(Storage):
    """The storage at an address of some kind."""

    def __init__(self, kind: str, url: str, endpoint: str) -> None:
        """Raises UsageError where the extra is not installed that this ``kind`` needs."""
        self.url = url
        self.writable = kind not in ("http", "https")
        self._kind = kind
        # Of a whole answer: one that comes in drops is never silent.
        self._bound: dict[str, Any] = {} if kind == "memory" else {"timeout": _SILENT}
        self._root = url if not self.writable else url.partition("://")[2]
        try:
            import fsspec

            self._files = fsspec.filesystem(kind, **_options(kind, endpoint))
        except ImportError as error:
            extra = _EXTRAS[kind]
            raise UsageError(
                f"{kind}:// needs the extra {extra!r}: pip install 'sourcebook[{extra}]' ({error.name or error})"
            ) from error
        except (OSError, ValueError) as error:
            raise StorageFailure(f"{url} cannot be asked: {_words(error)}") from error

    def parts(self, path: str, most: int, *, fresh: bool = False) -> Iterator[bytes]:
        """See `Storage`."""
        with self._told(path), self._reading(path, fresh=fresh) as read:
            since, seen = time.monotonic(), 0
            while part := read(PART):
                seen += len(part)
                if seen > most:
                    raise too_large(path, self.url, most)
                if time.monotonic() - since > _SILENT + seen / _SLOWEST:
                    raise StorageFailure(f"{self.url} is too slow: {seen:,} bytes of {path} came")
                yield part

    def write(self, path: str, data: bytes) -> None:
        """See `Storage`."""
        with self._told(path, writing=True):
            self._check_writable()
            self._files.pipe_file(self._at(path), data)

    def put(self, path: str, file: Path) -> None:
        """See `Storage`."""
        with self._told(path, writing=True):
            self._check_writable()
            self._files.put_file(str(file), self._at(path))

    def stamp(self, path: str) -> str:
        """See `Storage`."""
        with self._told(path):
            self._files.invalidate_cache()
            try:
                about = self._files.info(self._at(path), **self._bound)
            except FileNotFoundError:
                return ""
            known = about.get("ETag") if self._kind == "s3" else about.get("generation")
        return str(known) if known else self._content(path)

    def replace(self, path: str, data: bytes, stamp: str) -> bool:
        """See `Storage`.

        A store that speaks S3 compares by itself; of others what is there is compared before and afterwards, which
        tells two that write within the same moment apart by chance alone.
        """
        if self._kind == "s3":
            try:
                return self._replaced_if(path, data, stamp)
            except NotImplementedError:  # as some that speak S3 say
                pass
        with _turn:
            if self.stamp(path) != stamp:
                return False
            self.write(path, data)
            return self._content(path) == hashlib.sha256(data).hexdigest()

    def sizes(self, prefix: str = "") -> dict[str, int]:
        """See `Storage`."""
        if not self.writable:
            raise UsageError(f"what lies at {self.url} is not listed: a web server does not tell")
        with self._told(prefix):
            self._files.invalidate_cache()
            top = self._at(prefix) if prefix else self._root
            try:
                found = self._files.find(top, detail=True)
            except FileNotFoundError:
                return {}
            root = self._files._strip_protocol(self._root).rstrip("/") + "/"
        sizes = {name.removeprefix(root): int(about["size"]) for name, about in found.items() if name.startswith(root)}
        return dict(sorted((name, size) for name, size in sizes.items() if size or not _marks(name)))

    def size(self, path: str) -> int:
        """See `Storage`."""
        with self._told(path):
            self._files.invalidate_cache()
            size = self._files.info(self._at(path), **self._bound)["size"]
        if not isinstance(size, int):
            raise StorageFailure(f"{self.url} does not say how many bytes {path} has")
        return size

    def remove(self, paths: Iterable[str]) -> None:
        """See `Storage`."""
        gone = [self._at(path) for path in paths]
        with self._told(""):
            self._check_writable()
            for start in range(0, len(gone), _AT_ONCE):
                self._removed(gone[start : start + _AT_ONCE])

    def _removed(self, places: list[str]) -> None:
        if self._kind == "s3":
            self._files.rm(places)
            return
        for place in places:
            with suppress(FileNotFoundError):
                self._files.rm_file(place)

    def _at(self, path: str) -> str:
        if self._kind == "s3" and _VERSION in path:
            raise StorageFailure(f"{path[:100]!r} at {self.url} cannot be asked for: rename it, without {_VERSION}")
        return f"{self._root}/{plain(path)}"

    def _check_writable(self) -> None:
        if not self.writable:
            raise UsageError(f"{self.url} can be read alone: a web server takes no files")

    def _content(self, path: str) -> str:
        try:
            return hashlib.sha256(self.read(path)).hexdigest()
        except Missing:
            return ""

    @contextmanager
    def _reading(self, path: str, *, fresh: bool) -> Iterator[Callable[[int], bytes]]:
        """What reads the next bytes of a file as they come, so that no more of it is held than one part."""
        if self._kind == "s3":
            from fsspec.asyn import sync

            loop = self._files.loop
            file = sync(loop, self._files.open_async, self._at(path), "rb", timeout=_SILENT)
            try:
                yield lambda most: sync(loop, file.read, most, timeout=_SILENT)
            finally:
                if file.r is not None:
                    file.r.close()
                sync(loop, file.close)
            return
        if not self.writable:
            with self._streamed(path, fresh=fresh) as read:
                yield read
            return
        with self._files.open(self._at(path), "rb") as file:
            yield file.read

    @contextmanager
    def _streamed(self, path: str, *, fresh: bool) -> Iterator[Callable[[int], bytes]]:
        """Of a web server a stream, from that address alone: no pieces by their ranges, no question of its size before.

        It has so many seconds until its answer begins, whatever it sends until then; how fast that is to come
        afterwards is counted by who reads.
        """
        from fsspec.asyn import sync

        loop, place = self._files.loop, self._files.encode_url(self._at(path))
        session = sync(loop, self._files.set_session)

        async def asked() -> Any:
            return await session.get(place, allow_redirects=False, headers=_FRESH if fresh else {})

        answer = sync(loop, asked, timeout=_SILENT)
        try:
            if answer.status == 404:
                raise FileNotFoundError(place)
            answer.raise_for_status()
            if not 200 <= answer.status < 300:
                raise StorageFailure(
                    f"{self.url} leads elsewhere for {path} (status {answer.status}); name the address itself"
                )
            yield lambda most: sync(loop, answer.content.read, most, timeout=_SILENT)
        finally:
            loop.call_soon_threadsafe(answer.close)

    def _replaced_if(self, path: str, data: bytes, stamp: str) -> bool:
        condition = {"IfMatch": stamp} if stamp else {"IfNoneMatch": "*"}
        with self._told(path):
            try:
                self._files.pipe_file(self._at(path), data, CacheControl="no-cache", **condition)
            except Exception as error:
                if _code(error) in ("PreconditionFailed", "ConditionalRequestConflict", "412", "409"):
                    # A write whose answer was lost on the way is made again, and fails then by what it wrote itself.
                    return self._content(path) == hashlib.sha256(data).hexdigest()
                if stamp and isinstance(error, FileNotFoundError):
                    return False
                if _code(error) in ("NotImplemented", "501"):
                    raise NotImplementedError from error
                raise
        return True

    @contextmanager
    def _told(self, path: str, *, writing: bool = False) -> Iterator[None]:
        """Have whatever fsspec and those below it raise told in plain words."""
        try:
            yield
        except (SourcebookError, NotImplementedError, GeneratorExit):
            raise
        except FileNotFoundError as error:
            if writing:
                raise StorageFailure(f"there is no bucket at {self.url} to write to") from error
            raise Missing(f"there is no {path or 'such folder'} at {self.url}") from error
        except Exception as error:
            raise StorageFailure(
                f"{self.url} does not let {path or 'files'} be read or written: {_words(error)}"
            ) from error


def _options(kind: str, endpoint: str) -> dict[str, Any]:
    known: dict[str, Any] = {"skip_instance_cache": True, "use_listings_cache": False}
    if kind == "s3":
        # Not checksums that only Amazon's store knows: what is read is compared with its SHA-256.
        times = {"connect_timeout": _CONNECT, "read_timeout": _SILENT, "retries": {"max_attempts": 3}}
        sums = {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}
        return known | {"endpoint_url": endpoint or None, "config_kwargs": times | sums}
    if kind in ("http", "https"):
        import aiohttp

        timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT, sock_read=_SILENT)
        web = {
            "timeout": timeout,
            "headers": {"Accept-Encoding": "identity"},
            "trust_env": True,
        }  # proxies, as others do
        return known | {"client_kwargs": web}
    return {} if kind == "memory" else known


def _marks(name: str) -> bool:
    """Whether an empty file of that name is no file, but marks a folder, as consoles make them."""
    return not name or name.endswith("/")


def _code(error: BaseException) -> str:
    """What a store that speaks S3 calls an error, which s3fs hides behind one of Python's."""
    for one in (error, error.__cause__, error.__context__):
        answer = getattr(one, "response", None)
        if isinstance(answer, dict):
            return str(answer.get("Error", {}).get("Code", ""))
    return ""


def _words(error: BaseException) -> str:
    """An error in one line, without what the environment keeps secret."""
    kind = type(error).__name__
    if kind in ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError"):
        return "there are no credentials for it in the environment (of S3, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)"
    if kind in ("FSTimeoutError", "TimeoutError"):
        return f"no answer came within {_SILENT} s"
    said = " ".join(str(error).split())[:300]
    for name in _SECRETS:
        if secret := os.environ.get(name):
            said = said.replace(secret, f"({name})")
    return f"{said or 'it says nothing'} ({kind})"
