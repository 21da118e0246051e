# SPDX-License-Identifier: Apache-2.0
"""The verb ``diff``: what makes one state of a book of another, record by record, field by field. Stages ask it too.

In come two sides (revisions of git, a working tree, releases, packages); out goes a frozen `Compared`. No build is
needed: of a commit the objects of git alone are read, and only the files that differ. Each side is read by its own
descriptor. It knows nothing of builds and of the site.
"""

from sourcebook.diff.applied import Name, applied
from sourcebook.diff.compare import diff
from sourcebook.diff.model import (
    AnswerChange,
    Change,
    Compared,
    FileChange,
    RecordChange,
    Side,
    Stand,
    Statement,
    TableChange,
    Uncompared,
    Unreadable,
)

__all__ = [
    "AnswerChange",
    "Change",
    "Compared",
    "FileChange",
    "Name",
    "RecordChange",
    "Side",
    "Stand",
    "Statement",
    "TableChange",
    "Uncompared",
    "Unreadable",
    "applied",
    "diff",
]
