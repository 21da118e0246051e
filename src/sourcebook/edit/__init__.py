# SPDX-License-Identifier: Apache-2.0
"""Changes of a book's files, by position: what the verbs that edit have in common.

In come a book and what is to become of its records; out goes a `model.Proposal`: the bytes of each file before and
after, of which nothing but the lines concerned differs. `text` edits one file, `records` whole records, `references`
says who leads where, `carry_out` judges a proposal and writes it. Nothing here knows the command line.
"""
