"""Scanners: from a resolved image to its inventory."""
