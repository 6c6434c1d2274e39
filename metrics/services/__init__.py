"""Writes of this app: the import of KPI files."""
