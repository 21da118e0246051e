# SPDX-License-Identifier: Apache-2.0
"""A served site under load: what asks it, what is asked, and what its processes hold meanwhile."""
