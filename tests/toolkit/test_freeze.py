# SPDX-License-Identifier: Apache-2.0
"""The site as files: which there are, what they say, and what becomes of them when anything changes."""

from __future__ import annotations

LETTERS = """\
name: letters
title: Letters of Ostrava Vale
resources:
  - name: people
    title: People
    path: build/csv/people.csv
    schema: build/tableschema/people.json
    sourcebook: {records: data/people.yaml, layout: map}
  - name: sayings
    title: What was said
    path: build/csv/sayings.csv
    schema: build/tableschema/sayings.json
    sourcebook:
      records: data/sayings.yaml
      layout: map
      references: {by: people, denies: sayings}
licenses:
  - {name: CC0-1.0, path: "https://example.org/cc0"}
"""
PEOPLE = "wendel-arko: {name: Wendel Arko}\nmira-tolm: {name: Mira Tolm}\n"
SAYINGS = "s1: {by: wendel-arko, says: The mill burned twice.}\n"
