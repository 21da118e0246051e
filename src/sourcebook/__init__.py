# SPDX-License-Identifier: Apache-2.0
"""Publish hand-curated records, with their sources.

The functions here are what the command line calls; each does what the verb of its name does. Each is imported when it
is first asked for, so that who needs one does not pay for all.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str
    from sourcebook import schema
    from sourcebook.amend.fixing import fix
    from sourcebook.amend.new import new
    from sourcebook.amend.setting import set
    from sourcebook.archives import Links, addresses, links
    from sourcebook.blame import Blamed, blame
    from sourcebook.changeset import ChangeSet, apply, change_set
    from sourcebook.channel.beside import Channel
    from sourcebook.channel.following import Followed, follow
    from sourcebook.check.baseline import Written, write_baseline
    from sourcebook.check.check import check
    from sourcebook.check.chosen import check_files, check_text
    from sourcebook.check.result import Checked
    from sourcebook.cite import Cited, cite
    from sourcebook.coverage import Covered, coverage
    from sourcebook.dev import dev
    from sourcebook.diff import Compared, diff
    from sourcebook.dups import Dups, dups, mark_different
    from sourcebook.explain import explain
    from sourcebook.finding import Finding, Ledger
    from sourcebook.freeze import Frozen, freeze
    from sourcebook.init import Initialised, init
    from sourcebook.mutate import Mutated, Tried, mutate
    from sourcebook.open import OpenBook, OpenCollection, OpenRecord, Unreadable, open
    from sourcebook.publish.build import Built, build
    from sourcebook.publish.opened import database
    from sourcebook.push import Overtaken, Pushed, push
    from sourcebook.refs import Referred, refs
    from sourcebook.rekey import delete, merge, rename
    from sourcebook.rekey.withdrawing import retract, takedown
    from sourcebook.release import Made, Making, Tagging, release
    from sourcebook.sheets.sending import Exported, export
    from sourcebook.sheets.taking import import_
    from sourcebook.site.serve import serve
    from sourcebook.verify import Difference, Verified, verify
    from sourcebook.where import Located, where
    from sourcebook.withdraw import Swept, pending, remains, sweep

# Where each public name is from.
_HOMES = {
    "amend.fixing": ("fix",),
    "amend.new": ("new",),
    "amend.setting": ("set",),
    "archives": ("Links", "addresses", "links"),
    "blame": ("Blamed", "blame"),
    "changeset": ("ChangeSet", "apply", "change_set"),
    "channel.beside": ("Channel",),
    "channel.following": ("Followed", "follow"),
    "check.baseline": ("Written", "write_baseline"),
    "publish.build": ("Built", "build"),
    "publish.opened": ("database",),
    "check.check": ("check",),
    "check.chosen": ("check_files", "check_text"),
    "check.result": ("Checked",),
    "cite": ("Cited", "cite"),
    "coverage": ("Covered", "coverage"),
    "dev": ("dev",),
    "dups": ("Dups", "dups", "mark_different"),
    "diff": ("Compared", "diff"),
    "explain": ("explain",),
    "finding": ("Finding", "Ledger"),
    "freeze": ("Frozen", "freeze"),
    "init": ("Initialised", "init"),
    "mutate": ("Mutated", "Tried", "mutate"),
    "open": ("OpenBook", "OpenCollection", "OpenRecord", "Unreadable", "open"),
    "push": ("Overtaken", "Pushed", "push"),
    "refs": ("Referred", "refs"),
    "rekey": ("delete", "merge", "rename"),
    "rekey.withdrawing": ("retract", "takedown"),
    "release": ("Made", "Making", "Tagging", "release"),
    "sheets.sending": ("Exported", "export"),
    "sheets.taking": ("import_",),
    "site.serve": ("serve",),
    "verify": ("Difference", "Verified", "verify"),
    "where": ("Located", "where"),
    "withdraw": ("Swept", "pending", "remains", "sweep"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Blamed",
    "Built",
    "ChangeSet",
    "Channel",
    "Checked",
    "Cited",
    "Compared",
    "Covered",
    "Difference",
    "Dups",
    "Exported",
    "Finding",
    "Followed",
    "Frozen",
    "Initialised",
    "Ledger",
    "Links",
    "Located",
    "Made",
    "Making",
    "Mutated",
    "OpenBook",
    "OpenCollection",
    "OpenRecord",
    "Overtaken",
    "Pushed",
    "Referred",
    "Swept",
    "Tagging",
    "Tried",
    "Unreadable",
    "Verified",
    "Written",
    "__version__",
    "addresses",
    "apply",
    "blame",
    "build",
    "change_set",
    "check",
    "check_files",
    "check_text",
    "cite",
    "coverage",
    "database",
    "delete",
    "dev",
    "diff",
    "dups",
    "explain",
    "export",
    "fix",
    "follow",
    "freeze",
    "import_",
    "init",
    "links",
    "mark_different",
    "merge",
    "mutate",
    "new",
    "open",
    "pending",
    "push",
    "refs",
    "release",
    "remains",
    "rename",
    "retract",
    "schema",
    "serve",
    "set",
    "sweep",
    "takedown",
    "verify",
    "where",
    "write_baseline",
]


def _version() -> str:
    """The version that is installed, by the folder of its metadata: ``importlib.metadata`` takes longer to import."""
    here = __file__.removesuffix(f"{os.sep}sourcebook{os.sep}__init__.py")
    for folder in (here, *sys.path):
        try:
            with os.scandir(folder or ".") as entries:
                names = sorted(one.name for one in entries if one.name.startswith("sourcebook-"))
        except OSError:  # an archive, or nothing
            continue
        found = [name.removesuffix(".dist-info").partition("-")[2] for name in names if name.endswith(".dist-info")]
        if found:
            return found[-1]
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("sourcebook")
    except PackageNotFoundError:
        return "0.0.0+unknown"


class _Package(ModuleType):
    """This package: where a function has the name of a room or a module, the name here is the function's."""

    def __setattr__(self, name: str, value: object) -> None:
        # The import system sets every imported module as an attribute of its package.
        if not (isinstance(value, ModuleType) and name in _HOME):
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            super().__setattr__(name, _version())
            return self.__dict__[name]
        if name == "schema":
            return import_module("sourcebook.schema")
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
        super().__setattr__(name, value)
        return value

    def __dir__(self) -> list[str]:
        # What is not imported yet is there all the same.
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Package
