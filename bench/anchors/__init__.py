# SPDX-License-Identifier: Apache-2.0
"""Scripted edits of fictional texts, and what becomes of passages that were anchored before: ours, and peers'.

``python -m bench.anchors`` prints the table of docs/evidence-compared.md; the tests run the edits on our own.
"""
