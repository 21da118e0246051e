# SPDX-License-Identifier: Apache-2.0
"""Pictures of records: where and when they are, and how they hang together, drawn as SVG on the server.

In come a release and what is asked of it, and layouts that were made at build time; out go marks with their places, for
templates to write down, and the keys of the records that the table below a picture has. It knows nothing of pages.
"""
