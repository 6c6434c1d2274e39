"""What is known of the demo organisation before it is loaded."""

DEMO_PASSWORD = "saypro-demo-2026"  # noqa: S105  published: these logins work on this machine only (lib.accounts)
