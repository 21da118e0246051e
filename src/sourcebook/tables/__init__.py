# SPDX-License-Identifier: Apache-2.0
"""JSON Schema to relational plan, and records to rows and back.

In come schemas and plain values; out go plans and rows. It opens no file and no database, and knows nothing of how
records are read: `whole_book` is handed those that a schema is inferred from, or filled by where the descriptor asks
for that. No other plan depends on which records there are, but in what columns promise of those that are known to
depart from their schema (`departures`).
"""

from sourcebook.tables.encoding import EXACT, decode, encode, fits, told
from sourcebook.tables.flatten import Misfit, flatten
from sourcebook.tables.from_schema import shape_of
from sourcebook.tables.model import Column, Plan, Table, collisions
from sourcebook.tables.planner import Wanted, plan_collection
from sourcebook.tables.rebuild import Rows, projected, rebuild
from sourcebook.tables.shape import Note, Object

__all__ = [
    "EXACT",
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
    "told",
]
