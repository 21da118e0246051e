# SPDX-License-Identifier: Apache-2.0
"""Several processes at one socket, each a server of the same releases, and one that keeps them going."""
