# SPDX-License-Identifier: Apache-2.0
"""Lanes of workers: processes that answer what readers may make expensive, within limits, and are ended over one."""
