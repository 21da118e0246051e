# SPDX-License-Identifier: Apache-2.0
"""The pages of the site, one module a type: each a function from a release and what is asked to an answer.

They know nothing of Datasette and of servers, so that the same functions may write pages to files. What is not there
is None, and the page of `missing`.
"""
