# SPDX-License-Identifier: Apache-2.0
"""The verbs that change the key of a record, take it out, or merge it: ``rename``, ``delete``, ``merge``, ``retract``.

In come a book and keys; out goes a proposal, and nothing is written. What was published under a key is not left to
lead nowhere: the key that was given up is kept in the book (docs/decisions/0094-moved-keys.md). It knows
nothing of what was built: that is swept elsewhere (`sourcebook.withdraw`).
"""

from sourcebook.rekey.deleting import delete
from sourcebook.rekey.differing import Differ, Differing
from sourcebook.rekey.merging import merge
from sourcebook.rekey.renaming import rename

__all__ = ["Differ", "Differing", "delete", "merge", "rename"]
