"""Bumps: what a better base image would change, proven by scans, and what becomes of its pull request."""
