# SPDX-License-Identifier: Apache-2.0
"""What was published once: keys that are gone or lead to another, and the versions that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from http import HTTPStatus
from pathlib import Path

from sourcebook.book.addresses import ROUTES
from sourcebook.content import past
from sourcebook.extract.gone_keys import GONE
from sourcebook.freeze.pages import Pages, Wanted, keys_of
from sourcebook.publish.kept import SIGNATURE, Version
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.gone import has_table
from sourcebook.site.handing.listed import listed
from sourcebook.site.head import Head
from sourcebook.site.machines.place import root
from sourcebook.site.published import Published
from sourcebook.site.rendering import page


def gone_keys(opened: Published, keys: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The keys that were published once and are none today, by the address of their collection.

    ``keys`` are those of today. Of a collection that is gone itself there is none, where its address is another's now.
    """
    found = {(name, key) for name, some in opened.site.moved.items() for key in some}
    if has_table(opened):
        found |= set(opened.connection.execute(f"SELECT collection, key FROM site.{GONE}"))
    addresses = {one.name: one.address for one in opened.site.collections}
    taken = {*ROUTES, opened.site.name.casefold(), *(one.casefold() for one in addresses.values())}
    there = {address: set(some) for address, some in keys.items()}
    by_address: dict[str, list[str]] = {}
    for name, key in sorted(found):
        address = addresses.get(name) or ("" if name.casefold() in taken else name)
        if address and key not in there.get(address, ()):
            by_address.setdefault(address, []).append(key)
    return by_address


def gone_pages(pages: Pages, address: str, keys: Sequence[str]) -> Iterator[Wanted]:
    """What is said of keys that are none any more, as pages and as data."""
    if address not in pages.opened.addressed:
        yield pages.one(pages.at.listing(address), address)
    for key in keys:
        yield pages.of(pages.at.record(address, key), address, key)
        if href := pages.at.record(address, key, "json"):
            yield pages.data_of(href, address, key)


def changed(opened: Published) -> frozenset[tuple[str, str]]:
    """The records that have more of a history than that they were added, by the address of their collection and key."""
    if not past.is_kept(opened):
        return frozenset()
    addresses = {one.name: one.address for one in opened.site.collections}
    sql = f"SELECT DISTINCT collection, record FROM {past.CHANGES} WHERE record IS NOT NULL AND kind <> 'added'"
    rows = opened.connection.execute(sql)
    return frozenset((addresses[name], str(key)) for name, key in rows if name in addresses)


def frozen(paths: Mapping[str, object]) -> set[str]:
    """The versions that have a page among the files of a twin."""
    start, end = "releases/", "/index.html"
    names = {path.removeprefix(start).removesuffix(end) for path in paths if path.startswith(start)}
    return {name for name in names if "/" not in name and f"{start}{name}{end}" in paths}


def shown(opened: Published) -> list[Version]:
    """The versions whose files may be had: all that are kept, but those that were withdrawn or are not whole."""
    versions = opened.versions
    return [one for one in versions.all.values() if one.withdrawn is None and versions.is_whole(one)]


def files_of(version: Version) -> Iterator[tuple[str, Path, str]]:
    """The files of a version: path, where it lies, and hash."""
    for path, one in sorted(listed(version.folder, [SIGNATURE] if version.signed else []).items()):
        yield path, version.folder / path, one.plain.digest


def keys_then(opened: Published, version: Version) -> dict[str, list[str]]:
    """The keys that records of today's collections had in a version, by the address of the collection then.

    What has another key today is asked for by that too.
    """
    today = {one.name: one for one in opened.site.collections}
    try:
        with closing(Published(version.folder)) as then:
            return {
                one.address: list(dict.fromkeys((*keys_of(then, one), *keys_of(opened, today[one.name]))))
                for one in then.site.collections
                if one.name in today
            }
    except (OSError, ValueError):  # an older Sourcebook wrote it: there are its files alone
        return {}


def pages_then(pages: Pages, version: str, address: str, keys: Sequence[str]) -> Iterator[Wanted]:
    """The pages of records as of a version, and their data."""
    at = pages.at.as_of(version)
    for key in keys:
        yield pages.past(at.record(address, key), version, address, key)
        yield pages.past(at.record(address, key, "json"), version, address, key, form="json")


def leading_on(opened: Published, asked: Asked, to: str) -> Answer:
    """What stands where the served site leads on to another address: a page that does, or data that say so."""
    if asked.data:
        told = {"ok": False, "error": "This record has another key.", "status": 308, "location": to}
        return Answer.json(told, HTTPStatus.PERMANENT_REDIRECT)
    head = Head(root(opened, asked) + asked.at("").cited(to), "This record has another key.")
    return page("moved", opened, asked, head=head, to=to)
