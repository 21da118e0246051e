# SPDX-License-Identifier: Apache-2.0
"""Records to one SQLite database: files -> chunks -> batches -> tables, each file once, on all cores.

In come a book's data files and the plan of its tables; out go a database and what only all records tell (`gather`). It
knows no rule: that something may be wrong with what a record holds is marked, not told. Nothing is imported here, for a
build in which nothing changed needs no more than `scan`.
"""
