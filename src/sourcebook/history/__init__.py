# SPDX-License-Identifier: Apache-2.0
"""What git tells of a book's records: in which version each was added, changed, renamed and removed.

In come a book, its repository and the database that is being built; out go two tables in that, and all keys that
records ever had. Commits are asked for at once, and of their files only those are read that differ (`diff` says what
became of records). It knows nothing of releases and pages.
"""
