# SPDX-License-Identifier: Apache-2.0
"""Files that readers and programs take away: tables in other formats, archives, and what describes all of them.

In comes a release that is being made, with its database, its site's description and index; out go more files in it,
and what they are. It knows nothing of data files and findings, and nothing of the server.
"""
