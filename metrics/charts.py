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
class Drawn:
    """A series as a chart shows it: one entry a period, None where a value is missing."""

    periods: Sequence[date]
    labels: Sequence[str]
    values: Sequence[float | None]
    types: Sequence[Variation]
    goal: Sequence[float | None]
    industry: Sequence[float | None]
    mean: float | None
    lower: float | None
    upper: float | None
    adjusted: Sequence[float | None] = ()


def sparkline(drawn: Drawn) -> str:
    """The last SPARK_POINTS periods as an SVG of 160 x 36: limits as a band, target as a line, the latest point and signals marked.

    Only numbers and fixed words go into it. It is hidden from screen readers: the sentence beside it says the same.
    """
    values = list(drawn.values[-SPARK_POINTS:])
    shown = [value for value in values if value is not None]
    if not shown:
        return ""
    target = next((goal for goal in reversed([*drawn.industry, *drawn.goal]) if goal is not None), None)
    low, high = _range([*shown, *(one for one in (target, drawn.lower, drawn.upper) if one is not None)])
    x = [PAD + i * (WIDTH - 2 * PAD) / max(len(values) - 1, 1) for i in range(len(values))]

    def y(value: float) -> float:
        return HEIGHT - PAD - (value - low) * (HEIGHT - 2 * PAD) / (high - low)

    parts = [f'<svg class="sparkline" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">']
    if drawn.lower is not None and drawn.upper is not None:
        top, bottom = y(drawn.upper), y(drawn.lower)
        parts.append(f'<rect class="band" x="0" y="{top:.1f}" width="{WIDTH}" height="{max(bottom - top, 0.5):.1f}"/>')
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
    """The XmR chart as a Plotly figure: values, mean and limits, signals by colour and shape, goal and industry standard.

    A trace's `meta` names its role; charts.js gives each role the theme's colour.
    """
    dates = [day.isoformat() for day in drawn.periods]
    traces = []
    if drawn.upper is not None and drawn.lower is not None:
        edge = [dates[0], dates[-1]]
        traces += [
            _line("Upper limit", edge, [drawn.upper] * 2, "limit"),
            _line("Lower limit", edge, [drawn.lower] * 2, "limit") | {"fill": "tonexty", "showlegend": False},
            _line("Mean", edge, [drawn.mean] * 2, "mean"),
        ]
    for name, series, role in (("Internal goal", drawn.goal, "target"), ("Industry standard", drawn.industry, "industry")):
        if any(value is not None for value in series):
            traces.append(_line(name, dates, list(series), role) | {"line": {"shape": "hv"}, "hoverinfo": "y+name"})
    if drawn.adjusted:
        traces.append(_line("Without the season", dates, list(drawn.adjusted), "muted"))
    traces.append(_values(drawn, dates))
    traces += [trace for role, kinds in MARKED.items() if (trace := _marks(drawn, dates, role, kinds))]
    return {"data": traces, "layout": _layout(unit)}


def _line(name: str, x: Sequence[str], y: Sequence[float | None], role: str) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "name": name, "x": list(x), "y": list(y), "hoverinfo": "skip", "meta": role}


def _values(drawn: Drawn, dates: Sequence[str]) -> dict[str, Any]:
    said = [f"{_plain(label)}: {NAMES[kind]}" for label, kind in zip(drawn.labels, drawn.types, strict=True)]
    return _line("Value", dates, list(drawn.values), "line") | {
        "mode": "lines+markers",
        "connectgaps": False,
        "text": said,
        "hoverinfo": "text+y",
    }


def _marks(drawn: Drawn, dates: Sequence[str], role: str, kinds: Collection[Variation]) -> dict[str, Any] | None:
    """The points of some kinds as larger marks; None when there is none."""
    at = [i for i, kind in enumerate(drawn.types) if kind in kinds and drawn.values[i] is not None]
    if not at:
        return None
    name = NAMES[drawn.types[at[0]]].capitalize()
    return _line(name, [dates[i] for i in at], [drawn.values[i] for i in at], role) | {"mode": "markers"}


def _layout(unit: str) -> dict[str, Any]:
    return {
        "template": "none",
        "xaxis": {"type": "date"},
        "yaxis": {"title": {"text": _plain(unit)}},
    }


def _plain(text: str) -> str:
    """Text without the tags that Plotly would read in a label."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
