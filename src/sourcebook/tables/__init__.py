# SPDX-License-Identifier: Apache-2.0
"""JSON Schema to relational plan, and records to rows and back. Pure: nothing here touches the disk."""

from sourcebook.tables.plan import Column, Plan, Table, collisions
from sourcebook.tables.planner import Wanted, plan_collection
from sourcebook.tables.rows import Misfit, Rows, decode, encode, fits, flatten, projected, rebuild
from sourcebook.tables.shape import Note, Object, shape_of

__all__ = [
    "Column",
    "Misfit",
    "Note",
    "Object",
    "Plan",
    "Rows",
    "Table",
    "Wanted",
    "collisions",
    "decode",
    "encode",
    "fits",
    "flatten",
    "plan_collection",
    "projected",
    "rebuild",
    "shape_of",
]
