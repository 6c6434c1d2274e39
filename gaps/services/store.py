"""A run's verdicts into the database, column by column."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt
from django.db import connection

from gaps.core.grading import Cap, Grades
from gaps.models import POINT_TYPE, Comparison, Run, SeriesVerdict
from gaps.services.inputs import Inputs
from metrics.core import periods
from metrics.core.verdicts import Assurance, Kind, Quality, Standing, TrendSense, Variation, Verdicts
from saypro_review.lib import pgcopy
from saypro_review.lib.pgcopy import Date, Ragged

Array = npt.NDArray[np.generic]
FLOATS = (
    "latest_value", "window_mean", "baseline_mean", "mean", "lower", "upper", "sigma", "phi", "sd", "nu", "shift_t", "shift_needed",
    "trend_phi", "trend_z", "trend_p", "trend_q", "trend_tau", "trend_slope", "trend_level", "trend_reach",
    "pooled_rate", "pooled_low", "pooled_high",
)  # fmt: skip
COUNTS = ("n_complete", "n_fit", "n_window", "n_baseline", "n_judged", "trend_n", "trend_span", "trend_s")
FLAGS = ("stale", "withheld", "locked", "degenerate", "seasonal")
COMPARED_FLOATS = ("benchmark", "shortfall", "shortfall_pct", "z0", "missed_low", "missed_high", "expected_miss", "d", "t")
COMPARED_COUNTS = ("missed", "periods", "level_n")


LIMITS = ("mean", "lower", "upper")
ANALYZE_FROM = 1_000  # series: from here on pages must not wait for the server to notice that the tables have grown
# As a difference of sets: a join would be a nested loop of twenty seconds until the server has noticed how many series there are.
MISSING = "SELECT EXISTS (SELECT series_id FROM gaps_seriesverdict WHERE run_id = %s EXCEPT SELECT id FROM metrics_series)"


class Overtaken(Exception):
    """What the run was made from has changed before it was stored."""


def store(run: Run, inputs: Inputs, verdicts: Verdicts, grades: Grades) -> None:
    """Write every series' verdict and comparisons of the run, in the caller's transaction. Raises Overtaken when a series is gone."""
    with connection.cursor() as cursor:
        pgcopy.write(cursor, SeriesVerdict._meta.db_table, _verdict_columns(run, inputs, verdicts, grades))
        for kind in Kind:
            columns = _comparison_columns(run, inputs, verdicts, grades, kind)
            if columns:
                pgcopy.write(cursor, Comparison._meta.db_table, columns)
        if len(inputs.series) >= ANALYZE_FROM:
            cursor.execute("ANALYZE gaps_seriesverdict (run_id, series_id, grade), gaps_comparison (run_id, series_id)")  # not the arrays
        cursor.execute(MISSING, [run.pk])
        if cursor.fetchone()[0]:
            raise Overtaken("a series was removed while the run was made")


def latest_periods(inputs: Inputs, verdicts: Verdicts) -> npt.NDArray[np.int64]:
    """First day (days since 1970) of each series' latest complete period; pgcopy.NO_DATE where there is none."""
    out = np.full(len(inputs.series), pgcopy.NO_DATE, np.int64)
    for frequency, starts, members in inputs.by_calendar():
        here = members & ~np.isnan(verdicts.latest_value)
        out[here] = periods.first_day(verdicts.latest_index[here], frequency, starts)
    return out


def baselines_from(inputs: Inputs, verdicts: Verdicts) -> npt.NDArray[np.int64]:
    """First day of the current regime of the series that have an earlier one; pgcopy.NO_DATE for the others."""
    out = np.full(len(inputs.series), pgcopy.NO_DATE, np.int64)
    several = np.diff(verdicts.regime_offsets) > 1
    for frequency, starts, members in inputs.by_calendar():
        here = np.flatnonzero(members & several)
        out[here] = periods.first_day(verdicts.regime_start[verdicts.regime_offsets[here + 1] - 1], frequency, starts)
    return out


def names(enum: type[StrEnum], codes: Array) -> Array:
    """A column of an enum's values from the codes of verdicts.py."""
    return np.array([member.value for member in enum], "S")[codes.astype(np.int64)]


def kind_grades(verdicts: Verdicts, grades: Grades, kind: Kind) -> npt.NDArray[np.int8]:
    """Each series' grade against one kind, -1 where that kind does not grade: history beside a valid goal or industry value."""
    graded: npt.NDArray[np.int8] = getattr(grades, kind.value)
    if kind is not Kind.HISTORY:
        return graded
    beside = ~np.isnan(verdicts.goal.benchmark) | ~np.isnan(verdicts.industry.benchmark)
    return np.where(beside, -1, graded).astype(np.int8)


def _verdict_columns(run: Run, inputs: Inputs, verdicts: Verdicts, grades: Grades) -> dict[str, pgcopy.Column]:
    count = len(inputs.series)
    several = np.diff(verdicts.regime_offsets) > 1
    return {
        "run_id": np.full(count, run.pk, np.int64),
        "series_id": np.array([one.id for one in inputs.series], np.int64),
        "grade": grades.grade.astype(np.int16),
        "graded_by": np.array(["", *Kind], "S")[grades.graded_by.astype(np.int64) + 1],
        "capped": np.array(["" if cap is Cap.NONE else cap for cap in Cap], "S")[grades.capped.astype(np.int64)],
        "quality": names(Quality, verdicts.quality),
        "variation": names(Variation, verdicts.variation),
        "variation_plain": names(Variation, verdicts.variation_plain),
        "latest_signals": verdicts.latest_signals.astype(np.int16),
        "trend": names(TrendSense, verdicts.trend),
        "latest_period": Date(latest_periods(inputs, verdicts)),
        "baseline_from": Date(baselines_from(inputs, verdicts)),
        "first_index": verdicts.cal_start.astype(np.int64),
        "week_starts": inputs.starts.astype(np.int16),  # of quarters and years too, in spite of its name
        **{name: getattr(verdicts, name).astype(np.float64) for name in FLOATS},
        **{name: getattr(verdicts, name).astype(np.int32) for name in COUNTS},
        **{name: getattr(verdicts, name).astype(bool) for name in FLAGS},
        "values": Ragged(verdicts.values, verdicts.cal_offsets),
        "adjusted": _some(verdicts.adjusted, verdicts.cal_offsets, verdicts.seasonal.astype(bool)),
        "points": Ragged(verdicts.signals.astype(np.int16) + (verdicts.point_type.astype(np.int16) << POINT_TYPE), verdicts.cal_offsets),
        "goals": _on_calendar(inputs.batch.goal, inputs, verdicts),
        "industry": _on_calendar(inputs.batch.industry, inputs, verdicts),
        "regime_starts": _some(verdicts.regime_start, verdicts.regime_offsets, several),
        **{f"regime_{name}s": _some(getattr(verdicts, f"regime_{name}"), verdicts.regime_offsets, several) for name in LIMITS},
    }


def _on_calendar(per_point: npt.NDArray[np.float64], inputs: Inputs, verdicts: Verdicts) -> Ragged:
    """A column of points laid on the calendar's slots: empty for the series that have none, one entry where all are the same."""
    sizes = np.diff(inputs.batch.offsets)
    slots = np.full(len(verdicts.values), np.nan)
    slots[inputs.batch.index + np.repeat(verdicts.cal_offsets[:-1] - verdicts.cal_start, sizes)] = per_point
    if not len(sizes):
        return Ragged(slots, verdicts.cal_offsets)
    starts = inputs.batch.offsets[:-1]
    given = np.logical_or.reduceat(~np.isnan(per_point), starts)
    constant = given & (np.minimum.reduceat(per_point, starts) == np.maximum.reduceat(per_point, starts))
    return _some(slots, verdicts.cal_offsets, given, constant)


def _some(
    values: Array,
    offsets: npt.NDArray[np.int64],
    wanted: npt.NDArray[np.bool_],
    once: npt.NDArray[np.bool_] | None = None,
) -> Ragged:
    """The arrays of the wanted rows, of those in `once` the first entry only; empty ones for the others."""
    once = np.zeros(len(wanted), bool) if once is None else once
    sizes = np.where(once, 1, np.where(wanted, np.diff(offsets), 0))
    kept = np.repeat(wanted & ~once, np.diff(offsets))
    kept[offsets[:-1][once]] = True
    return Ragged(values[kept], np.append(0, np.cumsum(sizes)))


def _comparison_columns(run: Run, inputs: Inputs, verdicts: Verdicts, grades: Grades, kind: Kind) -> dict[str, pgcopy.Column] | None:
    """Columns for the series that have a benchmark of this kind; None when there is no such series."""
    compared = verdicts.comparison(kind)
    has = ~np.isnan(compared.benchmark)
    if not has.any():
        return None
    return {
        "run_id": np.full(int(has.sum()), run.pk, np.int64),
        "series_id": np.array([one.id for one in inputs.series], np.int64)[has],
        "kind": np.full(int(has.sum()), kind.value.encode()),
        "standing": names(Standing, compared.standing[has]),
        "assurance": names(Assurance, compared.assurance[has]),
        "grade": kind_grades(verdicts, grades, kind)[has].astype(np.int16),
        "needed": compared.threshold[has],
        **{name: getattr(compared, name)[has].astype(np.float64) for name in COMPARED_FLOATS},
        **{name: getattr(compared, name)[has].astype(np.int32) for name in COMPARED_COUNTS},
    }
