"""Writes of this app: the recompute, the demo organisation."""
