# SPDX-License-Identifier: Apache-2.0
"""Passages of texts that a book rests on and does not republish: where they stand, and whether they still do.

In come texts that are held here, and anchors: where in the normalised text a passage stands, and its hash; out go
verdicts. It knows nothing of records, rules and descriptors; who calls it says which text an anchor speaks of. What a
passage means, and whether it supports what is said of it, is for people.
"""
