"""The form of a line: name, day of release, last day of free security support, long-term line, codename.

Days are ISO dates, empty when not known; `over` stands for a last day that is past and not known. A long-term line
has `lts`, or the day from which on it is one. What is empty at the end is left out.
"""

Row = tuple[str, ...]
