# SPDX-License-Identifier: Apache-2.0
"""JSON Schema: which schema an address means, whether an instance is valid by it, and why not in a curator's words.

In come schemas and instances as plain data; out go verdicts and violations (`schemas` is what others ask). It knows
nothing of books, of the disk and of YAML. Nothing is imported here, for most runs need no more than the verdict.
"""
