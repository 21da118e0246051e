# SPDX-License-Identifier: Apache-2.0
"""Publish hand-curated records, with their sources.

The functions here are what the command line calls; each does what the verb of its name does.
"""

from sourcebook import schema
from sourcebook.baseline import Written, write_baseline
from sourcebook.build import Built, build
from sourcebook.check import Checked, check
from sourcebook.explain import explain
from sourcebook.finding import Finding, Ledger
from sourcebook.init import Initialised, init
from sourcebook.mutate import Mutated, Tried, mutate
from sourcebook.serve import serve
from sourcebook.verify import Difference, Verified, verify
from sourcebook.where import Located, where

__version__ = "0.1.0"

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
    "explain",
    "init",
    "mutate",
    "schema",
    "serve",
    "verify",
    "where",
    "write_baseline",
]
