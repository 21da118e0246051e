# SPDX-License-Identifier: Apache-2.0
"""Where everything comes from that Sourcebook runs with: lock files, a list of it, and what lies in the repository."""
