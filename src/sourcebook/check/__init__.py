# SPDX-License-Identifier: Apache-2.0
"""Everything that is wrong with a book, in one run: the verb ``check``, and what others do with what it came to.

In comes a book; out go findings, the ledger of what was looked at, and a database where none is an error. It knows
nothing of extracts and of how a release is made: of the last one it is handed what may be patched (`check.Target`).
Nothing is imported here: `result` is for those who are told, and do not check.
"""
