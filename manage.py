#!/usr/bin/env python
"""Every command of the product: `python manage.py help`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saypro_review.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
