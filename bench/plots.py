"""Plots as SVG: pairs of bars, and lines over time."""

import html
import math

COLOURS = {"apache": "#9aa0a6", "barnabas": "#1f6fb4"}
NAMES = {"apache": "Apache Kafka", "barnabas": "Barnabas"}
LEFT, WIDTH, RIGHT, ROW, TOP = 330, 430, 130, 44, 76


def text(x, y, words, size=12, anchor="start", weight="normal", colour="#202124"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" font-weight="{weight}" '
            f'fill="{colour}">{html.escape(words)}</text>')


def number(value):
    """Three digits, and no more than are told apart."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def framed(width, height, title, subtitle, parts):
    legend = []
    for index, side in enumerate(COLOURS):
        x = 12 + 130 * index
        legend.append(f'<rect x="{x}" y="48" width="12" height="12" fill="{COLOURS[side]}"/>')
        legend.append(text(x + 18, 58, NAMES[side]))
    head = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
            'font-family="Helvetica, Arial, sans-serif">', '<rect width="100%" height="100%" fill="white"/>',
            text(12, 20, title, 15, weight="bold"), text(12, 38, subtitle, 12, colour="#5f6368")]
    return "\n".join([*head, *legend, *parts, "</svg>"]) + "\n"


def bars(title, subtitle, rows):
    """`rows`: [(name, {side: value}, words behind Barnabas's bar)]. Each pair is drawn to its own scale."""
    parts = []
    for index, (name, values, words) in enumerate(rows):
        top = TOP + ROW * index
        most = max(values.values()) or 1
        parts.append(text(LEFT - 10, top + 21, name, anchor="end"))
        for line, side in enumerate(COLOURS):
            length = WIDTH * values[side] / most
            y = top + 16 * line
            behind = number(values[side]) + (f" ({words})" if side == "barnabas" else "")
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="14" fill="{COLOURS[side]}"/>')
            parts.append(text(LEFT + length + 6, y + 11, behind, 11, weight="bold" if side == "barnabas" else "normal"))
    return framed(LEFT + WIDTH + RIGHT, TOP + ROW * len(rows), title, subtitle + "; each pair to its own scale", parts)


def ticks(most):
    """About five round numbers from 0 to `most`."""
    step = 10 ** math.floor(math.log10(most / 5))
    step *= next(factor for factor in (1, 2, 5, 10) if most / (step * factor) <= 6)
    return [step * index for index in range(int(most / step) + 1)]


def lines(title, subtitle, x_name, series):
    """`series`: {side: [(x, y)]}, on one scale from 0."""
    width, height, left, top, bottom = 760, 340, 64, 76, 44
    most_x = max(x for points in series.values() for x, _ in points)
    most_y = 1.05 * max(y for points in series.values() for _, y in points) or 1

    def at(x, y):
        return left + (width - left - 20) * x / most_x, height - bottom - (height - top - bottom) * y / most_y

    parts = []
    for y in ticks(most_y):
        _, row = at(0, y)
        parts.append(f'<line x1="{left}" y1="{row:.1f}" x2="{width - 20}" y2="{row:.1f}" stroke="#e0e0e0"/>')
        parts.append(text(left - 8, row + 4, f"{y:g}", 11, "end"))
    for x in ticks(most_x):
        parts.append(text(at(x, 0)[0], height - bottom + 18, f"{x:g}", 11, "middle"))
    parts.append(text((left + width) / 2, height - 8, x_name, 12, "middle", colour="#5f6368"))
    for side, points in series.items():
        path = " ".join("{:.1f},{:.1f}".format(*at(x, y)) for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[side]}" stroke-width="2"/>')
    return framed(width, height, title, subtitle, parts)
