"""Writes of interviews, their coding and their release."""
