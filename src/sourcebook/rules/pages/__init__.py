# SPDX-License-Identifier: Apache-2.0
"""The page of each rule: what it finds, an example of the mistake with what is printed, and the repair.

The pages are files beside this one. ``sourcebook explain`` prints them, ``docs/reference/rules.md`` is made of them,
and the tests carry their examples out: a fence names the file that it is the content of (``yaml data/harvests.yaml``),
or that it changes (``diff datapackage.yaml``); what is printed stands in a fence ``text``; ``sh`` is run.
"""

from __future__ import annotations

from importlib import resources

OWN_CHECKS = "checks"  # the page of the book's own checks


def page(rule: str) -> str:
    """The page of ``rule``, in Markdown. Raises FileNotFoundError where there is none."""
    return resources.files(__name__).joinpath(f"{rule}.md").read_text("utf-8")
