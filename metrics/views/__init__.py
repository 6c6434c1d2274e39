"""Pages of figures: one module a part of the navigation."""
