# SPDX-License-Identifier: Apache-2.0
"""The work of a freeze in parts that any process can do: each is some pages, made and written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from operator import methodcaller

from sourcebook.content import past
from sourcebook.content.addresses import DOWNLOADS, STATIC
from sourcebook.content.frozen import NAMES, file_of
from sourcebook.exact import dumps
from sourcebook.extract.site import Collection
from sourcebook.freeze import former
from sourcebook.freeze.manifest import Manifest
from sourcebook.freeze.pages import Pages, Wanted
from sourcebook.freeze.relative import relative
from sourcebook.freeze.writing import Done, Writer
from sourcebook.publish.kept import Version
from sourcebook.publish.release import SUMS
from sourcebook.site import routes
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.machines import files
from sourcebook.site.published import Published
from sourcebook.site.rendering import icon, page, static_files
from sourcebook.site.twin_files import twin_files

_RECORDS = 250  # in a part
_PAGES = 20  # of a listing in a part
Part = Callable[[Pages, Writer], None]


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that pages are made of, by the address of a collection: of today, gone, and of each version then."""

    today: Mapping[str, Sequence[str]]
    gone: Mapping[str, Sequence[str]] = field(default_factory=dict)
    then: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)


class Work:
    """All that is to be done for a twin of the release that is ``opened``, with the files of ``versions``."""

    def __init__(
        self,
        opened: Published,
        asked: Asked,
        keys: Keys,
        versions: Sequence[Version],
        manifest: Manifest,
        *,
        alone: bool = False,
    ) -> None:
        """``alone`` is what is opened without a server: links lead from file to file.

        ``manifest`` may be set to a later one, until the first part is done.
        """
        self.opened = opened
        self.alone = alone
        self.asked = asked
        self.keys = keys
        self.versions = versions
        self.manifest = manifest
        self._of_process: tuple[int, Published, Writer] | None = None
        self._parts = list(self._planned())

    @property
    def count(self) -> int:
        """How many parts there are."""
        return len(self._parts)

    def do(self, number: int) -> Done:
        """Make and write the files of a part. Raises what a `Writer` does."""
        opened, writer = self._own()
        writer.begin()
        self._parts[number](Pages(opened, self.asked), writer)
        writer.flush()
        return writer.done

    def content(self, opened: Published, wanted: Wanted) -> tuple[bytes, int]:
        """The content of a file, and the status by which the served site would send it."""
        answer = routes.answer(opened, wanted.asked)
        if answer.status == HTTPStatus.PERMANENT_REDIRECT:
            answer = former.leading_on(opened, wanted.asked, answer.headers["location"])
        return _body(answer), answer.status

    def _own(self) -> tuple[Published, Writer]:
        """The release, opened by this process, and what it writes with: connections are not to be shared."""
        if self._of_process is None or self._of_process[0] != os.getpid():
            opened = Published(self.opened.folder)
            change = partial(relative, base=self.asked.base) if self.alone else None
            self._of_process = os.getpid(), opened, Writer(self.manifest.folder, self.manifest.known, change)
        return self._of_process[1:]

    def _planned(self) -> Iterator[Part]:
        """The parts, those that take longest first."""
        opened, site = self.opened, self.opened.site
        for number in range(len(site.questions)):
            yield self._made(methodcaller("question", number))
        for name in site.pictures:
            yield partial(self._picture, name)
        for one in site.collections:
            yield self._made(methodcaller("listing_files", one))
        yield partial(self._fixed)
        if past.is_kept(opened):
            for name in ("", *past.collections(opened)):
                yield self._made(methodcaller("changes", name))
        yield self._made(methodcaller("coverage"))
        for version in self.versions:
            yield partial(self._version, version)
        for one in site.collections:
            yield from self._of_collection(one, self.keys.today[one.address])
        for address, keys in self.keys.gone.items():
            yield self._made(partial(former.gone_pages, address=address, keys=keys))
        for name, by_address in self.keys.then.items():
            for address, keys in by_address.items():
                for some in _chunks(keys):
                    yield self._made(partial(former.pages_then, version=name, address=address, keys=some))

    def _of_collection(self, one: Collection, keys: Sequence[str]) -> Iterator[Part]:
        last = Pages(self.opened, self.asked).listing_pages(one, len(keys)) + 1
        for first in range(1, last, _PAGES):
            yield self._made(methodcaller("listing", one, first, min(first + _PAGES, last)))
        for some in _chunks(keys):
            yield partial(self._records, one, some)

    def _records(self, one: Collection, keys: Sequence[str], pages: Pages, writer: Writer) -> None:
        for href, content in pages.records(one, keys):
            writer.write(file_of(href, self.asked.base), content)
        self._pages(methodcaller("forms", one, keys), pages, writer)

    def _made(self, wanted: Callable[[Pages], Iterable[Wanted]]) -> Part:
        return partial(self._pages, wanted)

    def _pages(self, some: Callable[[Pages], Iterable[Wanted]], pages: Pages, writer: Writer) -> None:
        for wanted in some(pages):
            content, status = self.content(pages.opened, wanted)
            path = self._path(wanted)
            if wanted.may_lack and status == HTTPStatus.NOT_FOUND:
                continue
            if status >= HTTPStatus.BAD_REQUEST and status != HTTPStatus.GONE:
                if not path.endswith("/index.html"):
                    continue  # a file that says that it is none
                writer.done.failed.append(path)
            writer.write(path, content)

    def _picture(self, name: str, pages: Pages, writer: Writer) -> None:
        for wanted in pages.picture(name):
            content, status = self.content(pages.opened, wanted)
            if status == HTTPStatus.NOT_FOUND:
                return
            writer.write(self._path(wanted), content)

    def _path(self, wanted: Wanted) -> str:
        return file_of(wanted.href, self.asked.base)

    def _version(self, version: Version, pages: Pages, writer: Writer) -> None:
        """The files of a version that is kept."""
        for path, source, digest in former.files_of(version):
            writer.copy(file_of(pages.at.kept(version.version, path), self.asked.base), source, digest)

    def _fixed(self, pages: Pages, writer: Writer) -> None:
        """What there is one of: pages, style and scripts, the page of what is not there, the files of the release."""
        self._pages(methodcaller("fixed"), pages, writer)
        for name, content in beside().items():
            writer.write(name, content)
        names = self.asked.twin.names if self.asked.twin else {}
        if names:
            listed = {f"{address}/{key}": name for (address, key), name in sorted(names.items())}
            writer.write(NAMES, dumps(listed).encode("utf-8", "replace") + b"\n")
        writer.write("favicon.ico", icon().body)
        writer.write(".nojekyll", b"")
        writer.write("404.html", page("missing", pages.opened, self.asked, status=404, words="").body)
        hashes, folder = dict(pages.opened.files), pages.opened.folder
        for name in (*files.AT_ROOT, "index.json"):
            if name in hashes:
                writer.copy(name, folder / name, hashes[name])
        for name in (SUMS, f"{DOWNLOADS}{SUMS}"):
            writer.write(name, (folder / SUMS).read_bytes())
        for path, digest in hashes.items():
            writer.copy(f"{DOWNLOADS}{path}", folder / path, digest)


def beside() -> dict[str, bytes]:
    """Style and scripts, and what searches in the browser: what is the same for every book."""
    return {f"{STATIC}{name}": content for name, content in {**static_files(), **twin_files()}.items()}


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[first : first + _RECORDS] for first in range(0, len(keys), _RECORDS))


def _body(answer: Answer) -> bytes:
    return b"".join(answer.pieces) if answer.pieces is not None else answer.body
