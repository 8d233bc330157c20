"""The GitHub edge: the only place that talks to GitHub, and the only importer of githubkit.

Its answers become small values here; its faults become the errors of `bot.github.errors`.
"""
