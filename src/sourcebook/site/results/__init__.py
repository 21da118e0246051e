# SPDX-License-Identifier: Apache-2.0
"""The answers of queries: run, read as rows that lead to records, below headings, as charts and as files.

In comes a question; out go carriers that templates show. A row that names a statement has it with its answers.
"""
