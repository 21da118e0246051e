# SPDX-License-Identifier: Apache-2.0
"""The text of one data file, edited by position: what is not concerned stays byte for byte.

In come the bytes of a file and changes (`changes`); out go its bytes after them, which are read again and must give the
values that were wished for, exactly. Whatever cannot be done so is refused.
"""

from sourcebook.edit.model import CannotEdit
from sourcebook.edit.text.changes import Add, Change, Drop, Insert, Order, Put, Remove, Rename
from sourcebook.edit.text.editing import edited

__all__ = ["Add", "CannotEdit", "Change", "Drop", "Insert", "Order", "Put", "Remove", "Rename", "edited"]
