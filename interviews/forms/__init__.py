"""What people fill in about interviews."""
