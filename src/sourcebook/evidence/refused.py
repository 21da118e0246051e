# SPDX-License-Identifier: Apache-2.0
"""What is raised where a file is not read on purpose: its message is ours, and holds nothing of the file."""

from __future__ import annotations


class Refused(ValueError):
    """A file that is not read: the message says why."""
