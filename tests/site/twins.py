# SPDX-License-Identifier: Apache-2.0
"""Static twins of books, on a file server that knows nothing of them: Python's own, which is as plain as any."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import sourcebook


@dataclass(frozen=True)
class Twin:
    """A twin as it lies on a disk below ``folder``, and the ``address`` of its home page, without the slash at the end.

    ``asked`` are the requests that were answered, each with its status.
    """

    folder: Path
    address: str
    asked: list[tuple[str, int]] = field(default_factory=list)


class _Files(SimpleHTTPRequestHandler):
    """Files below a folder; what is asked is noted, and nothing printed."""

    def __init__(self, asked: list[tuple[str, int]], *arguments: object, directory: str) -> None:
        self._asked = asked
        super().__init__(*arguments, directory=directory)  # type: ignore[arg-type]

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002
        self._asked.append((self.path, int(code)))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def as_files(book: Path, above: Path, base: str = "/", **options: object) -> Iterator[Twin]:
    """The book frozen below the folder ``above``, and handed out with its home page at ``base``."""
    folder = above / base.strip("/") if base.strip("/") else above
    folder.mkdir(parents=True, exist_ok=True)
    frozen = sourcebook.freeze(book, folder, base_url=base, **options)  # type: ignore[arg-type]
    assert frozen.failed == ()
    with handed_out(above) as (host, asked):
        yield Twin(folder, (host + base).rstrip("/"), asked)


def pages_of(folder: Path) -> set[Path]:
    """The pages of a twin that something leads to: what is said of keys that are gone, outside leads to alone."""
    return {file for file in folder.rglob("index.html") if b'<body class="withdrawn"' not in file.read_bytes()}


@contextmanager
def handed_out(folder: Path) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """A plain server of the files below a folder: its address without a slash at the end, and what it was asked."""
    asked: list[tuple[str, int]] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, asked, directory=str(folder))) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()
            thread.join()
