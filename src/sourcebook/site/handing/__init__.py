# SPDX-License-Identifier: Apache-2.0
"""Files of a release handed out over HTTP, whole or in part, packed or plain, as fast as the disk and the reader are.

In comes a request for a path of ``SHA256SUMS``; out goes the file, as it was written. It knows nothing of pages, and
opens no file that the checksums do not list.
"""
