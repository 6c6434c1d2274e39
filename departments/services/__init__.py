"""Writes of this app. Every act is one transaction with one AuditEvent inside it."""
