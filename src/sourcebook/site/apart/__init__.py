# SPDX-License-Identifier: Apache-2.0
"""What readers may make expensive, answered by processes of their own, each within limits, and ended when over one."""
