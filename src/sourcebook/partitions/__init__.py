# SPDX-License-Identifier: Apache-2.0
"""A book as partitions of Parquet, for one that no database should hold.

In come the rows of chunks, as they were packed; out go files of Parquet by table, what tells of all of them, and views
for the references between them. It knows nothing of releases, and makes no database of the book.
"""
