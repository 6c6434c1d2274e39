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
    for title, run in (("Reading and recompute, 1,000,000 observations in 20,000 series", recompute.run), ("Import", imports.run)):
        print(f"\n{title:62s}   seconds   ratio   goal")
        for what, seconds, ratio, goal in run():
            print(f"{what:62s} {seconds:9.2f} {ratio:7.2f}   {goal}")


if __name__ == "__main__":
    main()
