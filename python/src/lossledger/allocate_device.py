"""The sums of `lossledger.allocate` for tensors that stay on their device: only the results are moved."""

from __future__ import annotations

import math
from typing import Optional

import numpy as np
import torch

from lossledger.step import Chunk, Sums, Tensor

_BLOCK = 1 << 23  # bounds the float64 copies


def allocate_on_device(tensor: Tensor, chunk: Chunk, delta: torch.Tensor, mean: torch.Tensor,
                       coarse: Optional[torch.Tensor]) -> tuple[Sums, Optional[np.ndarray]]:
    """As `allocate`; the order of additions, and so the last bits, are the device's."""
    count, per_unit = len(delta), tensor.parameters_per_unit
    first_unit = chunk.offset // per_unit if per_unit else 0
    units = torch.zeros((chunk.offset + count - 1) // per_unit - first_unit + 1, dtype=torch.float64,
                        device=delta.device) if per_unit else None
    total = torch.zeros(12, dtype=torch.float64, device=delta.device)
    extremes = torch.zeros(2, dtype=torch.float64, device=delta.device)
    with torch.no_grad():
        for begin in range(0, count, _BLOCK):
            end = min(begin + _BLOCK, count)
            changes, gradients = delta[begin:end].double(), mean[begin:end].double()
            allocated = changes * gradients
            coarser = None if coarse is None else coarse[begin:end].double() * changes
            finite = torch.where(allocated.isfinite(), allocated, torch.zeros_like(allocated))
            total += torch.stack([
                (finite < 0).sum(), (finite > 0).sum(), (allocated == 0).sum(), (~allocated.isfinite()).sum(),
                allocated.sum(), finite.clamp(max=0).sum(), finite.clamp(min=0).sum(), (allocated * allocated).sum(),
                allocated.new_tensor(math.nan) if coarser is None else coarser.sum(),
                allocated.new_tensor(math.nan) if coarser is None else (allocated - coarser).abs().sum(),
                (gradients * gradients).sum(), (changes * changes).sum()])
            extremes[0] = torch.minimum(extremes[0], finite.min())
            extremes[1] = torch.maximum(extremes[1], finite.max())
            if units is not None:
                _add_units(units, allocated, chunk.offset + begin, per_unit, first_unit)
        values, (least, most) = total.tolist(), extremes.tolist()
    classes = [int(value) for value in values[:4]]
    sums = Sums(count, *classes, *values[4:8], least, most, *values[8:])
    return sums, None if units is None else units.cpu().numpy()


def product_on_device(delta: torch.Tensor, other: torch.Tensor) -> float:
    """Sum of products in float64."""
    return math.fsum(float((delta[begin:begin + _BLOCK].double() * other[begin:begin + _BLOCK].double()).sum())
                     for begin in range(0, len(delta), _BLOCK))


def _add_units(units: torch.Tensor, allocated: torch.Tensor, offset: int, per_unit: int, first_unit: int) -> None:
    if offset % per_unit == 0 and len(allocated) % per_unit == 0:
        begin = offset // per_unit - first_unit
        sums = allocated.view(-1, per_unit).sum(1)
        units[begin:begin + len(sums)] += sums
    else:
        flat = torch.arange(offset, offset + len(allocated), device=units.device)
        units.index_add_(0, torch.div(flat, per_unit, rounding_mode="floor") - first_unit, allocated)
