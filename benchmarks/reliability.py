"""Draws how well confidences hold as an SVG: each circle is a tenth of the scale, its area the number of values in it."""

from __future__ import annotations

import math

from ingestion.quality import Calibration

SIZE, LEFT, TOP = 300, 52, 34
WIDTH, HEIGHT = 2 * (SIZE + LEFT) + 30, SIZE + TOP + 50
INK, SOFT, LINE, TONE = "#1b1c1e", "#5c5f63", "#c9c9c2", "#2d55c7"


def draw(panels: list[tuple[str, Calibration]]) -> str:
    """The panels side by side, in one picture that can be read on white and on dark."""
    body = "".join(_panel(LEFT + number * (SIZE + LEFT + 30), *panel) for number, panel in enumerate(panels))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-label="Share of right values by confidence" font-family="sans-serif" font-size="12">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n{body}</svg>\n'
    )


def _panel(left: float, title: str, figures: Calibration) -> str:
    bottom = TOP + SIZE
    lines = [
        f'<text x="{left}" y="20" fill="{INK}" font-size="14">{title}: ECE {figures.ece:.3f}</text>',
        f'<rect x="{left}" y="{TOP}" width="{SIZE}" height="{SIZE}" fill="none" stroke="{LINE}"/>',
        f'<path d="M{left} {bottom}L{left + SIZE} {TOP}" stroke="{LINE}" stroke-dasharray="4 4"/>',
    ]
    for tenth in range(0, 11, 2):
        at = SIZE * tenth / 10
        lines += [
            f'<text x="{left + at:.0f}" y="{bottom + 17}" fill="{SOFT}" text-anchor="middle">{tenth / 10:g}</text>',
            f'<text x="{left - 8}" y="{bottom - at + 4:.0f}" fill="{SOFT}" text-anchor="end">{tenth / 10:g}</text>',
        ]
    lines.append(
        f'<text x="{left + SIZE / 2:.0f}" y="{bottom + 36}" fill="{SOFT}" text-anchor="middle">confidence given</text>'
    )
    lines.append(
        f'<text transform="translate({left - 34} {TOP + SIZE / 2:.0f}) rotate(-90)" fill="{SOFT}" '
        f'text-anchor="middle">share that is right</text>'
    )
    return "\n".join([*lines, *_circles(left, bottom, figures)]) + "\n"


def _circles(left: float, bottom: float, figures: Calibration) -> list[str]:
    shown = [b for b in figures.bins if b.count]
    most = max((b.count for b in shown), default=1)
    circles = []
    for b in shown:
        radius = max(3.0, 18 * math.sqrt(b.count / most))
        x, y = left + SIZE * b.confidence, bottom - SIZE * b.accuracy
        circles.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{TONE}" fill-opacity="0.35" stroke="{TONE}">'
            f"<title>{b.count} values at {b.confidence:.3f}: {b.accuracy:.3f} right</title></circle>"
        )
    return circles
