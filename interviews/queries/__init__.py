"""Reads of interviews that join."""
