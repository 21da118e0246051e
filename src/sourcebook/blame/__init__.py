# SPDX-License-Identifier: Apache-2.0
"""The verb ``blame``: which commit last changed a value of a record, and what it was before.

In come a book in a repository of git, a record and a property; out go the commits that changed this very value, by its
place in the record and not by lines: through merges, renamed keys and moved files. It names commits and days, and who
the records say made a change. It knows nothing of builds, and says nothing of git's authors.
"""

from __future__ import annotations

from sourcebook.blame.asked import asked
from sourcebook.blame.model import Blamed, Property, Was
from sourcebook.blame.trace import Trace
from sourcebook.book import Folder

__all__ = ["Blamed", "Property", "Was", "blame"]


def blame(folder: Folder, table: str, key: str, column: str | None = None) -> Blamed:
    """Which commits made a value what it is: of the record ``key`` in ``table``, or of a row of it.

    ``column`` is a column or the path of a property (``roles[0].from``); without it every property is told of, and the
    commit that last changed it. A change that is not committed is told as such. No build is needed. Raises UsageError
    where there is no such record or property, or no repository; EnvironmentFailure where git fails.
    """
    with Trace(asked(folder, table, key, column)) as trace:
        return trace.blamed()
