"""Splits updates of SGD by cause: gradient, momentum, weight decay."""

from __future__ import annotations

from typing import Optional, Sequence

import torch
from torch.optim import SGD, Optimizer

from lossledger.evaluator import Evaluator


class UpdateParts:
    """Adds up the parts of the updates since the last `take`. Only reads optimizer and model.

    With d = ±gradient + decay * parameter, m the momentum and b its buffer before the step, SGD moves a parameter by
    -rate * d without momentum, by -rate * (m b + (1 - dampening) d) with it, and by -rate * (m² b + (1 + m) d) with
    Nesterov's; a first step has no buffer and no dampening. The part of b is `momentum`, that of decay is `weight-decay`, and
    the rest is `gradient`, so that the parts add up to the update. Not thread-safe.

    names: the parts of this run, gradient first; momentum and weight decay only if an optimizer uses them at the start.

    Raises ValueError for optimizers other than torch.optim.SGD.
    """

    def __init__(self, optimizers: Sequence[Optimizer], evaluator: Evaluator) -> None:
        for optimizer in optimizers:
            if type(optimizer) is not SGD:
                raise ValueError("parts: the optimizer must be torch.optim.SGD, whose update can be split exactly. "
                                 f"Found: {type(optimizer).__name__}; use parts=False")
        self._evaluator = evaluator
        self._numbers = {id(parameter): number for number, parameter in enumerate(evaluator.layout.parameters)}
        groups = [group for optimizer in optimizers for group in optimizer.param_groups]
        self.names = ["gradient"]
        self.names += ["momentum"] if any(group["momentum"] for group in groups) else []
        self.names += ["weight-decay"] if any(group["weight_decay"] for group in groups) else []
        self._momentum = evaluator.zeros() if "momentum" in self.names else None
        self._decay = evaluator.zeros() if "weight-decay" in self.names else None
        self._moved: list[tuple[int, torch.Tensor]] = []
        self._decayed: list[tuple[int, torch.Tensor]] = []

    def before_step(self, optimizer: Optimizer) -> None:
        """Must be called with the state before a step."""
        self._moved, self._decayed = [], []
        with torch.no_grad():
            for group in optimizer.param_groups:
                self._keep_group(optimizer, group)

    def after_step(self) -> None:
        """Must be called after a step: only then is it known what has a gradient, as a closure may have evaluated it.

        Raises ValueError when the optimizer has a part that it did not have at the start.
        """
        moved, decayed = self._moved, self._decayed
        self._moved, self._decayed = [], []
        self._add("momentum", moved, self._momentum)
        self._add("weight-decay", decayed, self._decay)

    def _keep_group(self, optimizer: Optimizer, group: dict) -> None:
        rate, momentum, decay = float(group["lr"]), group["momentum"], group["weight_decay"]
        for parameter in group["params"]:
            number = self._numbers.get(id(parameter))
            if number is None:
                continue  # refused by name when the segment is measured
            buffer = optimizer.state[parameter].get("momentum_buffer") if parameter in optimizer.state else None
            factor = 1 - group["dampening"] if momentum and buffer is not None else 1
            if group["nesterov"]:
                factor = 1 + momentum
            if momentum and buffer is not None:
                power = momentum ** 2 if group["nesterov"] else momentum
                self._moved.append((number, buffer * (-rate * power)))
            if decay:
                self._decayed.append((number, parameter.detach() * (-rate * decay * factor)))

    def _add(self, name: str, values: list[tuple[int, torch.Tensor]], part: Optional[torch.Tensor]) -> None:
        stepped = [(number, value) for number, value in values
                   if self._evaluator.layout.parameters[number].grad is not None]
        if part is not None:
            self._evaluator.add(stepped, [(part, 1.0)])
        elif stepped:
            raise ValueError(f"parts: must be those of the start, {self.names}. Found: {name}, switched on later")

    def take(self, delta: torch.Tensor) -> list[tuple[str, torch.Tensor]]:
        """The parts of an update, flat vectors that add up to it; starts again from zero."""
        rest = delta.clone()
        parts = []
        for name, part in (("momentum", self._momentum), ("weight-decay", self._decay)):
            if part is not None:
                rest -= part
                parts.append((name, part.clone()))
        self.clear()
        return [("gradient", rest), *parts]

    def clear(self) -> None:
        """Starts again from zero."""
        self._moved, self._decayed = [], []
        for part in (self._momentum, self._decay):
            if part is not None:
                part.zero_()
