# SPDX-License-Identifier: Apache-2.0
"""Records as files: a row each, with the labels of what they refer to, or the documents as they were curated.

In come keys; out go pieces of CSV, JSON or a workbook. A statement never goes without who says it and what answers it.
"""
