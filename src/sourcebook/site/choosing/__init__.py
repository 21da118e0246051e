# SPDX-License-Identifier: Apache-2.0
"""Which records of a collection a listing shows: filters, sets of records, their order and their facets.

In comes what is asked; out go keys, counts, and the addresses of what else could be asked.
"""
