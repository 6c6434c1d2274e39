"""`make bench`: every ratio in one run. Absolute figures drift with the machine; only the ratios are goals."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saypro_review.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from benchmarks import core, imports, recompute  # noqa: E402


def main() -> None:
    call_command("migrate", verbosity=0)
    print("Judging, 10,000 series of 60 points")
    core.main(10_000, 60)
    print("\nReading and recompute, 1,000,000 observations in 20,000 series")
    print(f"{'':62s} seconds   bare read / this   goal")
    for what, seconds, ratio, goal in recompute.run():
        print(f"{what:62s} {seconds:7.2f} {ratio:18.2f}   {goal}")
    print("\nImport")
    imports.run()


if __name__ == "__main__":
    main()
