"""Advisories: read from OSV records, matched against packages, rated."""
