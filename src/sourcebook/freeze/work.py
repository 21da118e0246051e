# SPDX-License-Identifier: Apache-2.0
"""The work of a freeze in parts that any process can do: each is some pages, made and written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http.client import NOT_FOUND
from operator import methodcaller

from sourcebook.content import past
from sourcebook.content.addresses import DOWNLOADS, STATIC
from sourcebook.content.frozen import NAMES, file_of
from sourcebook.exact import dumps
from sourcebook.extract.site import Collection
from sourcebook.freeze.manifest import Manifest
from sourcebook.freeze.pages import Pages, Wanted, counts_of
from sourcebook.freeze.writing import Done, Writer
from sourcebook.publish.release import SUMS
from sourcebook.site import routes
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.machines import files
from sourcebook.site.published import Published
from sourcebook.site.rendering import icon, page, static_files
from sourcebook.site.twin_files import twin_files

_RECORDS = 250  # in a part
_PAGES = 20  # of a listing in a part


class Work:
    """All that is to be done for a twin of the release that is ``opened``."""

    def __init__(self, opened: Published, asked: Asked, keys: Mapping[str, list[str]], manifest: Manifest) -> None:
        self.opened = opened
        self.asked = asked
        self.keys = keys
        self.manifest = manifest
        self._of_process: tuple[int, Published, Writer] | None = None
        self._parts = list(self._planned())

    @property
    def count(self) -> int:
        """How many parts there are."""
        return len(self._parts)

    def do(self, number: int) -> Done:
        """Make and write the files of a part. Raises EnvironmentFailure where the disk does not let it."""
        opened, writer = self._own()
        done, before = Done(), writer.written
        self._parts[number](Pages(opened, self.asked), writer, done)
        done.written = writer.written - before
        return done

    def path(self, href: str) -> str:
        """The path of the file of an address."""
        return file_of(href, self.asked.base)

    def answer(self, pages: Pages, wanted: Wanted) -> bytes:
        """The content of a file."""
        return _body(routes.answer(pages.opened, wanted.asked))

    def _own(self) -> tuple[Published, Writer]:
        """The release, opened by this process, and what it writes with: connections are not to be shared."""
        if self._of_process is None or self._of_process[0] != os.getpid():
            opened = Published(self.opened.folder)
            self._of_process = os.getpid(), opened, Writer(self.manifest.folder, self.manifest.known)
        return self._of_process[1:]

    def _planned(self) -> Iterator[Callable[[Pages, Writer, Done], None]]:
        """The parts, those that take longest first."""
        counts = counts_of(self.opened)
        own = Pages(self.opened, self.asked)
        for number in range(len(self.opened.site.questions)):
            yield partial(self._pages, methodcaller("question", number))
        for name in self.opened.site.pictures:
            yield partial(self._picture, name)
        for one in self.opened.site.collections:
            yield partial(self._pages, methodcaller("listing_files", one))
        if past.is_kept(self.opened):
            for name in ("", *past.collections(self.opened)):
                yield partial(self._pages, methodcaller("changes", name))
        for one in self.opened.site.collections:
            last = own.listing_pages(one, counts.get(one.name, 0)) + 1
            for first in range(1, last, _PAGES):
                yield partial(self._listing, one, first, min(first + _PAGES, last))
        yield partial(self._pages, methodcaller("fixed"))
        yield self._beside
        for path, digest in self.opened.files:
            yield partial(self._file, path, digest)
        for one in self.opened.site.collections:
            for first in range(0, len(self.keys[one.address]), _RECORDS):
                yield partial(self._records, one, first)

    def _pages(self, some: Callable[[Pages], Iterator[Wanted]], pages: Pages, writer: Writer, done: Done) -> None:
        for wanted in some(pages):
            self._one(pages, wanted, writer, done)

    def _picture(self, name: str, pages: Pages, writer: Writer, done: Done) -> None:
        for wanted in pages.picture(name):
            answer = routes.answer(pages.opened, wanted.asked)
            if answer.status == NOT_FOUND:
                return
            done.files.append(writer.write(self.path(wanted.href), answer.body))

    def _listing(self, one: Collection, first: int, last: int, pages: Pages, writer: Writer, done: Done) -> None:
        self._pages(methodcaller("listing", one, first, last), pages, writer, done)

    def _records(self, one: Collection, first: int, pages: Pages, writer: Writer, done: Done) -> None:
        for key in self.keys[one.address][first : first + _RECORDS]:
            for wanted in pages.record(one, key):
                self._one(pages, wanted, writer, done)

    def _one(self, pages: Pages, wanted: Wanted, writer: Writer, done: Done) -> None:
        answer = routes.answer(pages.opened, wanted.asked)
        path = self.path(wanted.href)
        if answer.status >= 400 and not path.endswith("/index.html"):
            return  # a file that says that it is none
        if answer.status >= 400:
            done.failed.append(path)
        done.files.append(writer.write(path, _body(answer)))

    def _beside(self, pages: Pages, writer: Writer, done: Done) -> None:
        """What belongs to no page: style and scripts, the page of what is not there, files that lie at the root."""
        for name, content in static_files().items():
            done.files.append(writer.write(f"{STATIC}{name}", content))
        for name, content in twin_files().items():
            done.files.append(writer.write(f"{STATIC}{name}", content))
        names = self.asked.twin.names if self.asked.twin else {}
        if names:
            listed = {f"{address}/{key}": name for (address, key), name in sorted(names.items())}
            done.files.append(writer.write(NAMES, dumps(listed).encode("utf-8", "replace") + b"\n"))
        done.files.append(writer.write("favicon.ico", icon().body))
        done.files.append(writer.write(".nojekyll", b""))
        missing = page("missing", pages.opened, self.asked, status=404, words="")
        done.files.append(writer.write("404.html", missing.body))
        hashes = dict(pages.opened.files)
        for name in (*files.AT_ROOT, "index.json"):
            if name in hashes:
                done.files.append(writer.copy(name, pages.opened.folder / name, hashes[name]))
        sums = (pages.opened.folder / SUMS).read_bytes()
        for name in (SUMS, f"{DOWNLOADS}{SUMS}"):
            done.files.append(writer.write(name, sums))

    def _file(self, path: str, digest: str, pages: Pages, writer: Writer, done: Done) -> None:
        """A file of the release."""
        done.files.append(writer.copy(f"{DOWNLOADS}{path}", pages.opened.folder / path, digest))


def _body(answer: Answer) -> bytes:
    return b"".join(answer.pieces) if answer.pieces is not None else answer.body
