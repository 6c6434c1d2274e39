"""Charts as plain data: small static SVG for lists, a Plotly specification for pages where one explores.

Both are drawn from one `Drawn`, so that they cannot disagree. Colours are the theme's: SVG through CSS classes, Plotly in charts.js.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from metrics.core.verdicts import Variation

WIDTH, HEIGHT, PAD = 160, 36, 3
SPARK_POINTS = 36
LARGEST = 1e300  # beyond it differences overflow
NOTE = 32  # characters of a reason that fit beside a re-base
NOTE_HEIGHT = 26
NOT_OVER = "Ends after the window, not judged"
MARKED = {"concern": (Variation.CONCERN,), "improvement": (Variation.IMPROVEMENT,), "mean": (Variation.HIGH, Variation.LOW)}
NAMES = {
    Variation.CONCERN: "worse than chance allows",
    Variation.IMPROVEMENT: "better than chance allows",
    Variation.HIGH: "higher than chance allows",
    Variation.LOW: "lower than chance allows",
    Variation.COMMON_CAUSE: "within normal variation",
    Variation.UNDETERMINED: "not judged",
}


@dataclass(frozen=True)
class Regime:
    """A stretch between two re-bases, slots start .. stop - 1, with the limits that the run drew; None where it drew none."""

    start: int
    stop: int
    mean: float | None
    lower: float | None
    upper: float | None
    reason: str = ""  # why a person began it


@dataclass(frozen=True)
class TrendLine:
    """A trend that was called, as a straight line between two slots."""

    start: int
    stop: int
    first: float
    last: float


@dataclass(frozen=True)
class Drawn:
    """A series as a chart shows it: one entry a slot, that is a period, None where a value is missing."""

    periods: Sequence[date]
    labels: Sequence[str]
    values: Sequence[float | None]
    types: Sequence[Variation]
    goal: Sequence[float | None]
    industry: Sequence[float | None]
    regimes: Sequence[Regime]
    judged: int  # slots up to the latest complete period; later ones are only drawn
    adjusted: Sequence[float | None] = ()  # without the season, where one was found
    trend: TrendLine | None = None

    def regime(self, slot: int) -> Regime | None:
        """The regime that a slot lies in."""
        return next((one for one in self.regimes if one.start <= slot < one.stop), None)

    def begins(self, slot: int) -> bool:
        """Whether a person began a new baseline there."""
        return any(one.start == slot for one in self.regimes[1:])


def sparkline(drawn: Drawn) -> str:
    """The last SPARK_POINTS periods as an SVG of 160 x 36: limits as a band, target as a line, the latest point and signals marked.

    Only numbers and fixed words go into it. It is hidden from screen readers: the sentence beside it says the same.
    """
    values = list(drawn.values[-SPARK_POINTS:])
    shown = [value for value in values if value is not None]
    if not shown:
        return ""
    hidden = len(drawn.values) - len(values)
    bands = [(max(one.start - hidden, 0), one) for one in drawn.regimes if one.stop > hidden and one.lower is not None]
    target = next((goal for goal in reversed([*drawn.industry, *drawn.goal]) if goal is not None), None)
    edges = [edge for _, one in bands for edge in (one.lower, one.upper)]
    low, high = _range([*shown, *(one for one in (target, *edges) if one is not None)])
    x = [PAD + i * (WIDTH - 2 * PAD) / max(len(values) - 1, 1) for i in range(len(values))]

    def y(value: float) -> float:
        return HEIGHT - PAD - (value - low) * (HEIGHT - 2 * PAD) / (high - low)

    parts = [f'<svg class="sparkline" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">']
    for start, one in bands:
        assert one.lower is not None
        assert one.upper is not None
        left = x[start] if start else 0
        right = x[one.stop - hidden - 1] if one.stop < len(drawn.values) else WIDTH
        top, bottom = y(one.upper), y(one.lower)
        size = f'width="{right - left:.4g}" height="{max(bottom - top, 0.5):.1f}"'
        parts.append(f'<rect class="band" x="{left:.4g}" y="{top:.1f}" {size}/>')
    if target is not None:
        parts.append(f'<line class="target" x1="0" x2="{WIDTH}" y1="{y(target):.1f}" y2="{y(target):.1f}"/>')
    parts.append(f'<path class="line" d="{_path(x, values, y)}"/>')
    types = list(drawn.types[-SPARK_POINTS:])
    last = max(i for i, value in enumerate(values) if value is not None)
    for i, value in enumerate(values):
        signal = types[i] in (Variation.CONCERN, Variation.IMPROVEMENT)
        if value is not None and (signal or i == last):
            name = types[i].value.replace("_", "-")
            parts.append(f'<circle class="point-{name}" cx="{x[i]:.1f}" cy="{y(value):.1f}" r="{2.6 if i == last else 1.8}"/>')
    return "".join([*parts, "</svg>"])


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = max(min(values), -LARGEST), min(max(values), LARGEST)
    return (low, high) if high > low else (low - (abs(low) or 1) * 0.1, high + (abs(high) or 1) * 0.1)


def _path(x: Sequence[float], values: Sequence[float | None], y: Any) -> str:
    """An SVG path that is broken where a value is missing."""
    out, drawing = [], False
    for at, value in zip(x, values, strict=True):
        if value is None:
            drawing = False
            continue
        out.append(f"{'L' if drawing else 'M'}{at:.1f} {y(value):.1f}")
        drawing = True
    return "".join(out)


def xmr_figure(drawn: Drawn, *, unit: str) -> dict[str, Any]:
    """The XmR chart as a Plotly figure: values, mean and limits of each regime, signals by colour and shape, goal and industry
    standard, and where there are such the series without its season, the trend, re-bases with their reason, periods not over.

    A trace's `meta` names its role; charts.js gives each role the theme's colour.
    """
    dates = [day.isoformat() for day in drawn.periods]
    traces = _limits(drawn, dates)
    for name, series, role in (("Internal goal", drawn.goal, "target"), ("Industry standard", drawn.industry, "industry")):
        if any(value is not None for value in series):
            traces.append(_line(name, dates, list(series), role) | {"line": {"shape": "hv"}, "hoverinfo": "y+name"})
    if drawn.trend:
        of = drawn.trend
        traces.append(_line("Trend", [dates[of.start], dates[of.stop]], [of.first, of.last], "trend"))
    if drawn.adjusted:
        traces.append(_line("Value", dates, list(drawn.values), "raw") | {"mode": "lines+markers", "hoverinfo": "y+name"})
    traces.append(_judged(drawn, dates))
    traces += [trace for role, kinds in MARKED.items() if (trace := _marks(drawn, dates, role, kinds))]
    traces += _incomplete(drawn, dates)
    return {"data": traces, "layout": _layout(drawn, dates, unit)}


def _limits(drawn: Drawn, dates: Sequence[str]) -> list[dict[str, Any]]:
    """Limits and mean of each regime that has them; one entry of each in the legend."""
    traces: list[dict[str, Any]] = []
    for one in drawn.regimes:
        if one.lower is not None and one.upper is not None:
            edge, again = [dates[one.start], dates[one.stop - 1]], {"showlegend": not traces}
            traces += [
                _line("Upper limit", edge, [one.upper] * 2, "limit") | again,
                _line("Lower limit", edge, [one.lower] * 2, "limit") | {"fill": "tonexty", "showlegend": False},
                _line("Mean", edge, [one.mean] * 2, "mean") | again,
            ]
    return traces


def _line(name: str, x: Sequence[str], y: Sequence[float | None], role: str) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "name": name, "x": list(x), "y": list(y), "hoverinfo": "skip", "meta": role}


def _judged(drawn: Drawn, dates: Sequence[str]) -> dict[str, Any]:
    """The series as it is judged, with what is said of each point: its values, or what is left of them without the season."""
    said = [
        f"{_plain(label)}: {NAMES[kind] if slot < drawn.judged else NOT_OVER.lower()}"
        for slot, (label, kind) in enumerate(zip(drawn.labels, drawn.types, strict=True))
    ]
    name = "Without the season, as judged" if drawn.adjusted else "Value"
    return _line(name, dates, list(drawn.adjusted or drawn.values), "line") | {
        "mode": "lines+markers",
        "connectgaps": False,
        "text": said,
        "hoverinfo": "text+y",
    }


def _marks(drawn: Drawn, dates: Sequence[str], role: str, kinds: Collection[Variation]) -> dict[str, Any] | None:
    """The points of some kinds as larger marks, on the judged line; None when there is none."""
    judged = drawn.adjusted or drawn.values
    at = [i for i, kind in enumerate(drawn.types) if kind in kinds and judged[i] is not None]
    if not at:
        return None
    name = NAMES[drawn.types[at[0]]].capitalize()
    return _line(name, [dates[i] for i in at], [judged[i] for i in at], role) | {"mode": "markers"}


def _incomplete(drawn: Drawn, dates: Sequence[str]) -> list[dict[str, Any]]:
    """The periods that were not over, as open marks."""
    at = [i for i in range(drawn.judged, len(dates)) if drawn.values[i] is not None]
    trace = _line(NOT_OVER, [dates[i] for i in at], [drawn.values[i] for i in at], "incomplete") | {"mode": "markers"}
    return [trace] if at else []


def _layout(drawn: Drawn, dates: Sequence[str], unit: str) -> dict[str, Any]:
    layout: dict[str, Any] = {"template": "none", "xaxis": {"type": "date"}, "yaxis": {"title": {"text": _plain(unit)}}}
    begun = drawn.regimes[1:]
    if begun:
        across = {"type": "line", "yref": "paper", "y0": 0, "y1": 1}
        layout["shapes"] = [across | {"x0": dates[one.start], "x1": dates[one.start]} for one in begun]
        layout["annotations"] = [_note(one, dates) for one in begun]
        layout["margin"] = {"t": NOTE_HEIGHT}
    return layout


def _note(regime: Regime, dates: Sequence[str]) -> dict[str, Any]:
    """The words at a re-base: on the side of the line that has more room."""
    short = regime.reason if len(regime.reason) <= NOTE else regime.reason[: NOTE - 1].rstrip() + "…"
    return {
        "x": dates[regime.start],
        "xanchor": "left" if regime.start < len(dates) / 2 else "right",
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "showarrow": False,
        "text": _plain(f"New baseline: {short}" if short else "New baseline"),
        "hovertext": _plain(regime.reason),
    }


def _plain(text: str) -> str:
    """Text without the tags that Plotly would read in a label."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
