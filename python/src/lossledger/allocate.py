"""Allocates a loss change to parameters, and sums it by chunk and unit: A = mean gradient * update, in float64.

Source of the sums: the contract's AllocationSums.
"""

from __future__ import annotations

import math
from typing import Optional

import numpy as np

from lossledger.step import Chunk, Sums, Tensor

_BLOCK = 1 << 16  # two float64 arrays of this size stay in a core's cache


def allocate(tensor: Tensor, chunk: Chunk, delta: np.ndarray, mean: np.ndarray,
             coarse: Optional[np.ndarray]) -> tuple[Sums, Optional[np.ndarray]]:
    """Sums over one chunk, and LCA by unit from the unit of its first parameter on; None when it has no units.

    delta, mean and coarse: the chunk's elements, float32 or float64. coarse is None when there is no coarser rule.
    """
    count, per_unit = len(delta), tensor.parameters_per_unit
    offset = chunk.offset
    first_unit = offset // per_unit if per_unit else 0
    units = np.zeros((offset + count - 1) // per_unit - first_unit + 1) if per_unit else None
    total = _Total()
    for begin, end in _blocks(count, offset, per_unit):
        changes = delta[begin:end].astype(np.float64)
        gradients = mean[begin:end].astype(np.float64)
        allocated = gradients * changes
        total.add(allocated, changes, gradients, None if coarse is None else coarse[begin:end].astype(np.float64))
        if units is not None:
            _add_units(units, allocated, offset + begin, per_unit, first_unit)
    return total.sums(count, coarse is not None), units


def product(delta: np.ndarray, other: np.ndarray) -> float:
    """Sum of products in float64, block by block."""
    total = 0.0
    for begin in range(0, len(delta), _BLOCK):
        end = begin + _BLOCK
        total += float(np.dot(delta[begin:end].astype(np.float64), other[begin:end].astype(np.float64)))
    return total


class _Total:
    """The sums so far."""

    def __init__(self) -> None:
        self.helped = self.hurt = self.zero = 0
        self.nonfinite = 0
        self.lca = self.help = self.harm = self.squares = 0.0
        self.least = self.most = 0.0
        self.coarse = self.estimate = 0.0
        self.gradients = self.changes = 0.0

    def add(self, allocated: np.ndarray, changes: np.ndarray, gradients: np.ndarray,
            coarse: Optional[np.ndarray]) -> None:
        lca = float(allocated.sum())
        self.lca += lca
        self.squares += float(np.dot(allocated, allocated))
        self.changes += float(np.dot(changes, changes))
        self.gradients += float(np.dot(gradients, gradients))
        if coarse is not None:
            coarse *= changes
            self.coarse += float(coarse.sum())
            coarse -= allocated
            np.abs(coarse, out=coarse)
            self.estimate += float(coarse.sum())
        if not math.isfinite(lca):
            finite = np.isfinite(allocated)
            self.nonfinite += len(allocated) - int(np.count_nonzero(finite))
            allocated = allocated[finite]
            if not len(allocated):
                return
        helped = int(np.count_nonzero(allocated < 0))
        hurt = int(np.count_nonzero(allocated > 0))
        self.helped += helped
        self.hurt += hurt
        self.zero += len(allocated) - helped - hurt
        self.help += float(np.minimum(allocated, 0).sum())
        self.harm += float(np.maximum(allocated, 0).sum())
        self.least = min(self.least, float(allocated.min()))
        self.most = max(self.most, float(allocated.max()))

    def sums(self, count: int, has_coarse: bool) -> Sums:
        return Sums(count, self.helped, self.hurt, self.zero, self.nonfinite, self.lca, self.help, self.harm,
                    self.squares, self.least, self.most, self.coarse if has_coarse else math.nan,
                    self.estimate if has_coarse else math.nan, self.gradients, self.changes)


def _blocks(count: int, offset: int, per_unit: int) -> list[tuple[int, int]]:
    """Blocks that hold whole units where a unit fits into one."""
    if not per_unit or per_unit > _BLOCK:
        return [(begin, min(begin + _BLOCK, count)) for begin in range(0, count, _BLOCK)]
    size = _BLOCK // per_unit * per_unit
    head = min(-offset % per_unit, count)
    starts = ([0] if head else []) + list(range(head, count, size))
    return list(zip(starts, starts[1:] + [count]))


def _add_units(units: np.ndarray, allocated: np.ndarray, offset: int, per_unit: int, first_unit: int) -> None:
    begin = offset // per_unit - first_unit
    if offset % per_unit == 0 and len(allocated) % per_unit == 0:
        sums = allocated if per_unit == 1 else allocated.reshape(-1, per_unit).sum(axis=1)
    else:
        edges = np.arange(-(offset % per_unit), len(allocated), per_unit)
        edges[0] = 0
        sums = np.add.reduceat(allocated, edges)
    units[begin:begin + len(sums)] += sums
