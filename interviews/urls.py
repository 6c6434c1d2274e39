"""Addresses of the interviews, by area. Each needs a row in tests/test_access.py."""

from django.urls import URLPattern

app_name = "interviews"

# The editor: one interview, its answers and excerpts
editor: list[URLPattern] = []

# Planning, guides and the list of interviews
planning: list[URLPattern] = []

# The codebook
codebook: list[URLPattern] = []

# Import, export, agreement of coders
interchange: list[URLPattern] = []

# What has been released, privacy, erasure
voices: list[URLPattern] = []

urlpatterns = [*editor, *planning, *codebook, *interchange, *voices]
