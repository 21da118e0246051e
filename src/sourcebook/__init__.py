# SPDX-License-Identifier: Apache-2.0
"""Publish hand-curated records, with their sources.

The functions here are what the command line calls; each does what the verb of its name does. Each is imported when it
is first asked for, so that who needs one does not pay for all.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from sourcebook import schema
    from sourcebook.check.baseline import Written, write_baseline
    from sourcebook.check.check import check
    from sourcebook.check.result import Checked
    from sourcebook.dev import dev
    from sourcebook.explain import explain
    from sourcebook.finding import Finding, Ledger
    from sourcebook.init import Initialised, init
    from sourcebook.mutate import Mutated, Tried, mutate
    from sourcebook.publish.build import Built, build
    from sourcebook.publish.opened import database
    from sourcebook.site.serve import serve
    from sourcebook.verify import Difference, Verified, verify
    from sourcebook.where import Located, where

# Where each public name is from.
_HOMES = {
    "check.baseline": ("Written", "write_baseline"),
    "publish.build": ("Built", "build"),
    "publish.opened": ("database",),
    "check.check": ("check",),
    "check.result": ("Checked",),
    "dev": ("dev",),
    "explain": ("explain",),
    "finding": ("Finding", "Ledger"),
    "init": ("Initialised", "init"),
    "mutate": ("Mutated", "Tried", "mutate"),
    "site.serve": ("serve",),
    "verify": ("Difference", "Verified", "verify"),
    "where": ("Located", "where"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Built",
    "Checked",
    "Difference",
    "Finding",
    "Initialised",
    "Ledger",
    "Located",
    "Mutated",
    "Tried",
    "Verified",
    "Written",
    "__version__",
    "build",
    "check",
    "database",
    "dev",
    "explain",
    "init",
    "mutate",
    "schema",
    "serve",
    "verify",
    "where",
    "write_baseline",
]


class _Package(ModuleType):
    """This package: where a function has the name of a room or a module, the name here is the function's."""

    def __setattr__(self, name: str, value: object) -> None:
        # The import system sets every imported module as an attribute of its package.
        if not (isinstance(value, ModuleType) and name in _HOME):
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        if name == "schema":
            return import_module("sourcebook.schema")
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
        super().__setattr__(name, value)
        return value


sys.modules[__name__].__class__ = _Package
