# SPDX-License-Identifier: Apache-2.0
"""What the machine gives that this runs on, and those that it shares its work with.

In comes what is to be done; out go locks, limits, processes of this machine and workers of a cluster, and what toolkit
runs here. It knows nothing of books: what is done is for others to say. Nothing is imported here, for each of it costs.
"""
