# SPDX-License-Identifier: Apache-2.0
"""A checked book to a release, and the release to the current one: the verb ``build``.

In comes a book; out comes an immutable folder of database, extracts and descriptions, made current in one step
(`release`), and what the next build may take over (`cache`). It knows nothing of pages and of what judges releases; it
hands out their database alone (`opened`). Nothing is imported here, for a build in which nothing changed needs nothing
that makes a release (`compose`).
"""
