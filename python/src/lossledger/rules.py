"""Quadrature rules for the average of a gradient over a segment.

Source: Lan, Liu, Zhou, Yosinski, "LCA: Loss Change Allocation for Neural Network Training", NeurIPS 2019: for an
integrand that depends on s alone, their Runge-Kutta 4 is Simpson's rule.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class QuadratureRule:
    """Weights at the nodes 0, 1/n, …, 1, and those of the next coarser rule at the same nodes. Immutable."""

    name: str
    weights: tuple[float, ...]
    coarse: tuple[float, ...]

    @property
    def splits(self) -> int:
        return len(self.weights) - 1


def simpson(splits: int) -> QuadratureRule:
    """Composite Simpson with `splits` splits; the coarser rule has half as many, or is the trapezoid.

    Raises ValueError unless splits is 2, 4, 8, 16 or 32.
    """
    if splits not in (2, 4, 8, 16, 32):
        raise ValueError(f"splits: must be 2, 4, 8, 16 or 32. Found: {splits}")
    coarse = [0.0] * (splits + 1)
    coarse[::2] = (0.5, 0.5) if splits == 2 else _weights(splits // 2)
    return QuadratureRule(f"simpson-{splits}", _weights(splits), tuple(coarse))


def _weights(splits: int) -> tuple[float, ...]:
    inner = [4.0 if node % 2 else 2.0 for node in range(1, splits)]
    return tuple(weight / (3 * splits) for weight in [1.0, *inner, 1.0])
