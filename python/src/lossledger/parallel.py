"""Adds up what the devices of a data-parallel training measured."""

from __future__ import annotations

from typing import Any, Optional, Sequence

import torch
from torch import distributed


class MeasuringError(RuntimeError):
    """A step could not be measured on this or another device."""


class Devices:
    """The processes that train together; one alone when torch.distributed is not initialised.

    Every method is collective: all processes must call it, in the same order.
    """

    def __init__(self, device: torch.device) -> None:
        together = distributed.is_available() and distributed.is_initialized()
        self.rank = distributed.get_rank() if together else 0
        self.count = distributed.get_world_size() if together else 1
        self._device = device

    def sum(self, numbers: Sequence[float]) -> list[float]:
        """The sums over all processes, in float64."""
        if self.count == 1:
            return list(numbers)
        sums = torch.tensor(list(numbers), dtype=torch.float64, device=self._device)
        distributed.all_reduce(sums)
        return sums.tolist()

    def add_up(self, vectors: Sequence[torch.Tensor]) -> None:
        """Replaces vectors by their sums over all processes."""
        if self.count > 1:
            for vector in vectors:
                distributed.all_reduce(vector)

    def same(self, value: Any) -> Any:
        """The value of the first process, everywhere."""
        if self.count == 1:
            return value
        values = [value]
        distributed.broadcast_object_list(values, src=0)
        return values[0]

    def require_all(self, failure: Optional[Exception]) -> None:
        """Raises on every process when one has failed: the others would wait for it forever."""
        try:
            if self.count > 1 and self.sum([float(failure is not None)])[0] > 0 and failure is None:
                raise MeasuringError("another process could not measure the step")
            if failure is not None:
                raise failure
        finally:
            del failure  # its traceback refers to this frame: the cycle would keep the tensors of the evaluation
