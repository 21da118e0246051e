# SPDX-License-Identifier: Apache-2.0
"""The verb ``release``: the next version prepared, in the book's own files, or one that is prepared made and kept.

In comes a book in a repository of git; out goes a proposal of changes, or a `Making` or a `Tagging`, which write when
they are told to. It builds and verifies by the verbs of these names, from what was committed alone.
"""

from sourcebook.release.making import Made, Making
from sourcebook.release.releasing import release
from sourcebook.release.tagging import Tagging

__all__ = ["Made", "Making", "Tagging", "release"]
