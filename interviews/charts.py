"""Small drawings about interviews, as static SVG."""

from __future__ import annotations

from interviews.core.saturation import BASE, Saturation

WIDTH, HEIGHT, PAD = 120, 30, 3


def curve(found: Saturation) -> str:
    """Themes raised so far after each interview, the base shaded, as an SVG of 120 x 30; nothing for fewer than two interviews.

    Only numbers go into it. It is hidden from screen readers: the sentence beside it says what matters of it.
    """
    heights = found.curve
    if len(heights) < 2:
        return ""
    top = max(heights[-1], 1)
    step = (WIDTH - 2 * PAD) / (len(heights) - 1)
    points = [(PAD + n * step, HEIGHT - PAD - height * (HEIGHT - 2 * PAD) / top) for n, height in enumerate(heights)]
    edge = points[min(BASE, len(points)) - 1][0]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle class="latest" cx="{x:.1f}" cy="{y:.1f}" r="1.6"/>' for x, y in points)
    return (
        f'<svg class="sparkline" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">'
        f'<rect class="band" x="0" y="0" width="{edge:.1f}" height="{HEIGHT}"/><polyline class="line" points="{line}"/>{dots}</svg>'
    )
