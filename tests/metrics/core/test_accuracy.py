"""The stated accuracy of METHODS comes out of the product's own core, within the error of 2,000 draws."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.accuracy import CASES, STEPS, TRENDS, run_case, run_discoveries, run_step

DRAWS = 2_000
ROUNDED = 0.005  # of the stated shares, on top of the draws' error


def close(found, stated):
    error = 4 * np.sqrt(np.maximum(np.array(stated) * (1 - np.array(stated)), 0.002) / DRAWS)
    return np.abs(np.array(found) - stated) <= error + ROUNDED


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_stable_processes(case):
    assert close(run_case(case, DRAWS), case.stated).all()


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"n {step.n}, window {step.window}")
def test_steps(step):
    assert close(run_step(step, DRAWS), step.stated).all()


@pytest.mark.parametrize("case", [case for case in TRENDS if case.stated is not None], ids=lambda case: case.name)
def test_false_discoveries_among_trends(case):
    """METHODS does not say of which runs its figures are: ours come within .03 of them, and find what rises."""
    false, found = run_discoveries(case, 10_000)
    assert abs(false - case.stated) <= 0.03
    assert found > 0.9
