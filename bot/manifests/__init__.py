"""Files other than Dockerfiles that use images: read them with spans, change a reference in place. Pure."""
