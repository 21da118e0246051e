# SPDX-License-Identifier: Apache-2.0
"""A host that hands out files, as plain as such hosts are: with HTTP Range, without it, or lying about it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass
class Host:
    """What a host does, which tests change, and what it was asked for and gave.

    ``ranges`` is ``yes``, ``no`` (all is given), or a lie: ``first`` (the first bytes as if they were those asked for),
    ``short`` (a byte less than it says), ``plain`` (status 206 and all bytes), ``once`` (ranges until ``until``
    requests came, then all), ``other`` (another size), ``broken`` (status 500 from then on).
    ``headers`` come with parts of files.
    """

    address: str = ""
    ranges: str = "yes"
    until: int = 1 << 60
    asked: list[tuple[str, str]] = field(default_factory=list)
    given: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    def of(self, ending: str) -> list[str]:
        """The ranges that were asked for of files whose name ends so; empty texts where all was."""
        return [what for path, what in self.asked if path.partition("?")[0].endswith(ending)]


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: Any, host: Host, **kwargs: Any) -> None:
        self.host = host
        super().__init__(*args, **kwargs)

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        host, asked = self.host, self.headers.get("Range", "")
        host.asked.append((self.path, asked))
        found = _RANGE.fullmatch(asked)
        path = Path(self.translate_path(self.path))
        if found and path.is_file() and host.ranges != "no":
            first, last = int(found[1]), int(found[2])
            late = len(host.of(".db")) + len(host.of(".sqlite")) > host.until
            if host.ranges == "broken" and late:
                self.send_error(500)
                return
            if not (host.ranges == "once" and late):
                self._part(path, first, last)
                return
        if path.is_file():
            host.given += path.stat().st_size
        super().do_GET()

    def _part(self, path: Path, first: int, last: int) -> None:
        size = path.stat().st_size
        last = min(last, size - 1)
        with path.open("rb") as file:
            file.seek(0 if self.host.ranges == "first" else first)
            body = file.read(size if self.host.ranges == "plain" else last - first + 1)
        body = body[:-1] if self.host.ranges == "short" else body
        told = size + 1 if self.host.ranges == "other" else size
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{last}/{told}")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/octet-stream")
        for name, value in self.host.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.host.given += len(body)


@contextmanager
def hosting(folder: Path) -> Iterator[Host]:
    """A host on loopback that hands out the files of a folder, for as long as it is needed."""
    host = Host()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, host=host, directory=str(folder)))
    server.daemon_threads = True
    host.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
