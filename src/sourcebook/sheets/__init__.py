# SPDX-License-Identifier: Apache-2.0
"""Spreadsheets: a collection sent out as sheets and brought back, and records first brought in from a sheet.

In come a book and a file; out go a file (`sending.export`), or a proposal of what is to be changed in the book
(`taking.import_`), which writes nothing. What a sheet says is distrusted: what spreadsheets do to values is told at the
cell, and not taken. It reads the book's files, and knows nothing of builds.
"""
