# SPDX-License-Identifier: Apache-2.0
"""The verbs that amend records: ``set``, ``fix`` and ``new``.

In come a book and what is wished for; out goes a proposal (`sourcebook.edit`) that writes nothing by itself. What a
repair does is here; which rules have one is said beside the rules (`sourcebook.rules.repairs`), so that these need not
know of it. Every guess about a record is tried by its schema, and every text by its reader, before it is proposed.
"""
