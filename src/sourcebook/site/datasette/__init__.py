# SPDX-License-Identifier: Apache-2.0
"""Datasette's own pages, put right: what differs between its versions is here, and in `shown` what ends it.

In comes a Datasette that serves a release; its methods and templates then know what the site knows.
"""
