"""Invented cycles: who works where, who said what of whom, and the figures that could be told of it."""

from __future__ import annotations

import numpy as np

from interviews.core.privacy import Figure

STANCES = ("raised", "problem", "strength")
DIVISION = 4  # departments below one division


def made_cycle(seed: int, *, departments: int, themes: int, voices: int, said: tuple[int, int] = (4, 12)):
    """(figures, interviewed groups) of a cycle: figures of the whole, of divisions of four departments, of departments; by theme."""
    rng = np.random.default_rng(seed)
    place, role = rng.integers(0, departments, voices), rng.choice(3, voices, p=[0.1, 0.25, 0.65])
    popular = rng.dirichlet(np.ones(themes) * 0.5)
    counted: dict[tuple[int, int, int, int], set[int]] = {}
    for voice in range(voices):
        for theme in rng.choice(themes, rng.integers(*said, endpoint=True), p=popular):
            about = int(place[voice] if rng.random() < 0.75 else rng.integers(0, departments))
            for stance in (0, 1 if rng.random() < 0.7 else 2):
                for level, unit in ((0, 0), (1, about // DIVISION), (2, about)):
                    counted.setdefault((level, stance, unit, int(theme)), set()).add(voice)
    staff = {(2, one): frozenset(np.flatnonzero(place == one).tolist()) for one in range(departments)}
    staff |= {(1, one): frozenset(np.flatnonzero(place // DIVISION == one).tolist()) for one in range(departments)}
    staff[0, 0] = frozenset(range(voices))
    groups = [frozenset(np.flatnonzero((place == one) & (role == rank)).tolist()) for one in range(departments) for rank in range(3)]
    figures = [Figure(key, frozenset(counted[key]), staff[key[0], key[2]], _general(key)) for key in sorted(counted)]
    return figures, [group for group in groups if group]


def _general(key: tuple[int, int, int, int]) -> tuple[int, int, int, int] | None:
    """The figure that this one is a part of."""
    level, stance, unit, theme = key
    if stance:
        return level, 0, unit, theme
    return {0: None, 1: (0, 0, 0, theme), 2: (1, 0, unit // DIVISION, theme)}[level]
