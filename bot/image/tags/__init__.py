"""Tags of base images: read them, order them, and say where one could move to. Pure."""
