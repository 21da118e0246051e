# SPDX-License-Identifier: Apache-2.0
"""Hostile books, hostile readers, failing machines: what finds where the product gives way."""
