# SPDX-License-Identifier: Apache-2.0
"""What Sourcebook is compared with: scripts that run in the peers' environment, and the preparation of their input."""
