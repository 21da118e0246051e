# SPDX-License-Identifier: Apache-2.0
"""The kinds of hostile books, a module each; ``scripts/hostile-books --list`` says what there is."""

from __future__ import annotations

from tests.hostile.books.kinds.baselines import baselines
from tests.hostile.books.kinds.columns import columns
from tests.hostile.books.kinds.descriptors import descriptors
from tests.hostile.books.kinds.found import found
from tests.hostile.books.kinds.json_text import json_text
from tests.hostile.books.kinds.names import names
from tests.hostile.books.kinds.nesting import nesting
from tests.hostile.books.kinds.pages import pages
from tests.hostile.books.kinds.patterns import patterns
from tests.hostile.books.kinds.schemas import schemas
from tests.hostile.books.kinds.sql import sql
from tests.hostile.books.kinds.values import values

ALL = (nesting, values, json_text, descriptors, patterns, schemas, sql, pages, names, columns, baselines, found)
