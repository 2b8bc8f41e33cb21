"""Rounds: who contests takes turns, so that what the machine does meanwhile falls on all alike."""

import statistics
from collections.abc import Callable, Mapping


def medians(contestants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Let each do a round, `rounds` times over, in turning order; return each one's median."""
    names = list(contestants)
    results: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            results[name].append(contestants[name]())
    return {name: statistics.median(figures) for name, figures in results.items()}
