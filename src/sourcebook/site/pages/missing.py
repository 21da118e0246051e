# SPDX-License-Identifier: Apache-2.0
"""The page of what is not there: short, with search; and of what was withdrawn, with the reason."""

from __future__ import annotations

from sourcebook.site.answer import Answer, Asked
from sourcebook.site.opened import Opened
from sourcebook.site.rendering import page


def answer(opened: Opened, asked: Asked) -> Answer:
    """A page that says that nothing is at the address, with status 404."""
    return page("missing", opened, asked, status=404)
