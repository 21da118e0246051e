# SPDX-License-Identifier: Apache-2.0
"""What this toolkit is, here: its own code, and the versions of what it reads with.

What files compile to depends on all of it: nothing is taken over from another, and no other shares the work.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path

# Whose versions may change what a file compiles to, or what is told of it.
READERS = ("genson", "jsonschema", "jsonschema-rs", "pyyaml", "simplejson", "yaml-rs")

# What of the toolkit says what comes out: its modules, schemas, and what pages are made of.
_WRITTEN = (".py", ".json", ".sql", ".html", ".css", ".js")


@cache
def code() -> bytes:
    """A hash of the toolkit's own code, templates and schemas, and of the versions of what it reads with."""
    digest = blake2b(repr((sys.version, versions())).encode())
    _hash_modules(digest)
    return digest.digest()


def _hash_modules(digest: blake2b) -> None:
    top = str(Path(__file__).parent.parent)
    paths = (f"{folder}/{name}" for folder, _, names in os.walk(top) for name in names)  # pathlib is slower
    for path in sorted(path for path in paths if path.endswith(_WRITTEN)):
        with open(path, "rb", buffering=0) as file:
            digest.update(path.removeprefix(top).encode("utf-8", "surrogateescape") + file.read())


def versions(names: Iterable[str] = READERS) -> list[str]:
    """What is installed of libraries with these ``names``: all folders ``NAME-VERSION.dist-info``, wherever they are.

    That the folders are called so is a standard of packaging; where one is not, ``importlib.metadata`` is asked. Of
    what is not installed there is the name alone.
    """
    found: dict[str, set[str]] = {name: set() for name in names}
    for folder in sys.path:
        try:
            with os.scandir(folder or ".") as entries:
                names = [entry.name for entry in entries]
        except OSError:  # an archive, or nothing
            continue
        for name in names:
            project, _, number = name.removesuffix(".dist-info").partition("-")
            if number and name.endswith(".dist-info"):
                found.get(project.replace("_", "-").lower(), set()).add(number)
    if not all(found.values()):
        from importlib.metadata import PackageNotFoundError, version  # slow to import, and seldom needed

        for name, numbers in found.items():
            with suppress(PackageNotFoundError):
                found[name] = numbers or {version(name)}
    return [" ".join((name, *sorted(numbers))) for name, numbers in found.items()]


@cache
def facts() -> tuple[str, ...]:
    """The same in words, for another machine to compare: Python, SQLite, the libraries, and the code by its hash."""
    import sqlite3

    digest = blake2b(digest_size=6)
    _hash_modules(digest)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return (python, f"SQLite {sqlite3.sqlite_version}", *versions(), f"Sourcebook with the code {digest.hexdigest()}")


def unlike(there: tuple[str, ...], wanted: tuple[str, ...]) -> str:
    """What of some facts is not as in those that are ``wanted``, in words; the empty text where nothing is."""
    more, less = [one for one in there if one not in wanted], [one for one in wanted if one not in there]
    return f"{', '.join(more) or 'less'} in the place of {', '.join(less) or 'nothing'}" if more or less else ""
