"""What people give on the pages of figures."""
