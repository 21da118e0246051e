# SPDX-License-Identifier: Apache-2.0
"""What a release says: its records, what they are called, its statements with who says them and what answers them.

In comes the folder of a release, or one that is being made: its database, ``site.json`` and the index beside it; out
go records, labels, statements and flat rows. It knows nothing of Datasette, of pages and of files that are written, so
that all of them say the same.
"""
