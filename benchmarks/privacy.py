"""What three ways to decide what may be told would betray, on invented cycles, and how long the product's takes.

    python -m benchmarks.privacy [CYCLES]        (60 by default)

Each cycle: four departments, 30 people, six themes. Betrayed: an attacker who computes in fractions (tests/interviews/core/attacker.py)
finds a group below k that the numbers of people interviewed by department and role did not tell already.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

from interviews.core.privacy import Figure, Voices, release
from tests.interviews.core.attacker import learns
from tests.interviews.core.made_cycles import made_cycle

K = 3
Rule = Callable[[Sequence[Figure], Sequence[Voices]], list[Figure]]


def alone(figures: Sequence[Figure], known: Sequence[Voices]) -> list[Figure]:
    """At least k voices, and nothing else."""
    return [figure for figure in figures if len(figure.voices) >= K]


def pairwise(figures: Sequence[Figure], known: Sequence[Voices]) -> list[Figure]:
    """Also, no difference of two sets is a group below k."""
    told: list[Figure] = []
    for figure in alone(figures, known):
        others = [one.voices for one in told] + [figure.everybody]
        if all(not _remainder(figure.voices, other) for other in others):
            told.append(figure)
    return told


def _remainder(one: Voices, other: Voices) -> bool:
    small, large = sorted((one, other), key=len)
    return small <= large and 0 < len(large - small) < K


def row_space(figures: Sequence[Figure], known: Sequence[Voices]) -> list[Figure]:
    """The product's rule."""
    return [figures[number] for number in release(figures, k=K, out=[], known=known)[0]]


RULES: dict[str, Rule] = {
    "k voices alone": alone,
    "and no difference of two below k": pairwise,
    "the row space (the product)": row_space,
}


def main(cycles: int) -> None:
    made = [made_cycle(seed, departments=4, themes=6, voices=30, said=(1, 3)) for seed in range(cycles)]
    blind = [(figures, [frozenset().union(*known)]) for figures, known in made]
    for knows, of in (("interviews by department and role", made), ("only how many were interviewed", blind)):
        print(f"An attacker who knows {knows}")
        large = sum(len(alone(*cycle)) for cycle in of)
        for name, rule in RULES.items():
            told = [rule(*cycle) for cycle in of]
            betrayed = sum(bool(learns([one.voices for one in its], known, K)) for its, (_, known) in zip(told, of, strict=True))
            print(
                f"  {name:34s} betrayed in {betrayed:3d} of {cycles}, {sum(map(len, told)) / large:5.0%} of the figures of k or more told"
            )
    figures, known = made_cycle(1, departments=40, themes=50, voices=500)
    began = time.process_time()
    released, _ = release(figures, k=5, out=[], known=known)
    took = time.process_time() - began
    print(f"\n{len(figures)} figures of 500 people in 40 departments: {len(released)} told at k = 5, {took:.1f} s of processor time")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
