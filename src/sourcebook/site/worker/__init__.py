# SPDX-License-Identifier: Apache-2.0
"""The processes that answer apart from the server: one that forks, and its workers."""
