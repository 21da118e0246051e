# SPDX-License-Identifier: Apache-2.0
"""The data files of a book to records: which file is whose, how records lie in it, which keys are taken.

In come a book and the bytes of its files; out go records, each with its key and its place, and findings. It knows
nothing of what schemas ask of records, and of tables. Nothing is imported here: who compiles wants parts only.
"""
