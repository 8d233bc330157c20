"""Routers: HTTP in, nothing decided here."""
