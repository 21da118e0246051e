# SPDX-License-Identifier: Apache-2.0
"""Change sets: what makes the files of one package of those of another, and the files made of it.

In come two packages that were published (a release's folder, a kept version's, a folder or a ZIP with
``datapackage.json``); out goes a frozen `ChangeSet`, or from a package and a set the files of the next one, byte for
byte. A set holds no value of the past: hashes tell what it is to be applied to. Only packages are read, never records,
so that what is not public is in none.
"""

from sourcebook.changeset.applying import Applied, applied, apply
from sourcebook.changeset.comparing import between, change_set
from sourcebook.changeset.form import change_set_schema, read
from sourcebook.changeset.model import (
    FORMAT,
    ChangeSet,
    Documents,
    Elsewhere,
    FilePart,
    Refused,
    State,
)

__all__ = [
    "FORMAT",
    "Applied",
    "ChangeSet",
    "Documents",
    "Elsewhere",
    "FilePart",
    "Refused",
    "State",
    "applied",
    "apply",
    "between",
    "change_set",
    "change_set_schema",
    "read",
]
