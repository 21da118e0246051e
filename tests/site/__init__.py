# SPDX-License-Identifier: Apache-2.0
"""The published site in a real browser: every type of page, of several books, on both versions of Datasette."""
