# SPDX-License-Identifier: Apache-2.0
"""To come."""

from __future__ import annotations

from sourcebook.site.answer import Answer, Asked
from sourcebook.site.opened import Opened
from sourcebook.site.rendering import page


def answer(opened: Opened, asked: Asked) -> Answer | None:
    """To come."""
    return page("listing", opened, asked)
