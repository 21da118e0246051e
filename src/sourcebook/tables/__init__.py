# SPDX-License-Identifier: Apache-2.0
"""JSON Schema to relational plan, and records to rows and back. Pure: nothing here touches the disk."""

from sourcebook.tables.plan import Column, Plan, Table, Wanted, collisions, plan_collection
from sourcebook.tables.rows import Misfit, Rows, decode, encode, fits, flatten, places, projected, rebuild
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
    "places",
    "plan_collection",
    "projected",
    "rebuild",
    "shape_of",
]
