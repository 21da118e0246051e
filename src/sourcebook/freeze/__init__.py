# SPDX-License-Identifier: Apache-2.0
"""The verb ``freeze``: the site of a release as files, at the same addresses, for any server that hands out files.

In comes the folder of a release; out go files, made by the very functions that make the pages of the served site. It
knows no server, and asks none.
"""

from sourcebook.freeze.freezing import freeze
from sourcebook.freeze.result import Frozen, Told

__all__ = ["Frozen", "Told", "freeze"]
