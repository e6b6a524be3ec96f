"""Losses and gradients of the model at points of the parameters, evaluated in place."""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Iterator, Optional, Sequence

import torch
from torch import nn

from lossledger.examples import map_tensors
from lossledger.layout import ModelLayout, element_type, unwrap
from lossledger.untouched import untouched, uses_batch_statistics

Loss = Callable[[nn.Module, Any], torch.Tensor]


class Evaluator:
    """Evaluates a model at any point of its parameters, as flat vectors in the order of the layout.

    Vectors have `layout.parameters` elements, on the device of the first parameter, float64 when a parameter is and
    otherwise float32. The model is evaluated in the types of its own parameters: half precision gives gradients in half
    precision, which are then widened. Only inside `evaluating()` do parameters change. Not thread-safe.
    """

    def __init__(self, model: nn.Module, layout: ModelLayout, loss: Loss) -> None:
        self.model = model
        self.layout = layout
        self._inner = unwrap(model)
        self._loss = loss
        self._type = element_type(layout.parameters)
        self._device = layout.parameters[0].device
        self._moved = torch.device("cpu") != self._device

    def zeros(self) -> torch.Tensor:
        """A flat vector of zeros."""
        return torch.zeros(self.layout.layout.parameters, dtype=self._type, device=self._device)

    def point(self) -> torch.Tensor:
        """A copy of the parameters as they are now."""
        point = self.zeros()
        with torch.no_grad():
            for place in self.layout.placements:
                place.inside(point).copy_(place.of(self.layout.parameters[place.parameter]))
        return point

    @contextlib.contextmanager
    def evaluating(self) -> Iterator[None]:
        """Allows `move`, `add_gradient` and `loss`; restores the training to the bit on leaving."""
        with contextlib.ExitStack() as stack:
            no_sync = getattr(self.model, "no_sync", None)
            if no_sync is not None:
                stack.enter_context(no_sync())
            stack.enter_context(untouched(self.model, self.layout.parameters))
            yield

    def move(self, point: torch.Tensor) -> None:
        """Sets the parameters to a point."""
        for place in self.layout.placements:
            # Through `data`, which does not count as a change: the training may still need a backward pass through a
            # graph that it made before the step, such as that of a generator when the discriminator is trained first.
            place.of(self.layout.parameters[place.parameter].data).copy_(place.inside(point))

    def loss(self, batch: Any) -> torch.Tensor:
        """The loss of a batch at the current parameters: a scalar that may need gradients.

        Raises ValueError when it is not a scalar tensor.
        """
        # A copy, as the training's own batches are: a loss may change its batch in place, or take entries out of it.
        batch = map_tensors(batch, lambda tensor: tensor.to(self._device, non_blocking=self._moved, copy=True))
        value = self._loss(self._inner, batch)
        if not isinstance(value, torch.Tensor) or value.numel() != 1:
            found = tuple(value.shape) if isinstance(value, torch.Tensor) else type(value).__name__
            raise ValueError(f"loss: must return a scalar tensor, the mean over the batch. Found: {found}")
        return value.reshape(())

    def gradients(self, batch: Any) -> tuple[torch.Tensor, list[tuple[int, torch.Tensor]]]:
        """The detached loss of a batch, and its gradients with the numbers of their parameters; frozen ones have none.

        Raises ValueError when the loss has no gradient, though no parameter is frozen.
        """
        loss = self.loss(batch)
        if not loss.requires_grad:
            if len(self.trained()) < len(self.layout.parameters):
                return loss, []
            raise ValueError("loss: must depend on the model's trained parameters. Found: one without a gradient, as"
                             " when it ignores its argument `model`, detaches the output, or runs under no_grad")
        trained = sorted(self.trained())
        try:
            found = torch.autograd.grad(loss, [self.layout.parameters[number] for number in trained], allow_unused=True)
        except RuntimeError as error:
            if "Checkpointing is not compatible with .grad()" not in str(error):
                raise
            raise ValueError("loss: must use torch.utils.checkpoint with use_reentrant=False, to be evaluated without "
                             "touching .grad. Found: use_reentrant=True, which is the default") from error
        return loss.detach(), [(number, gradient) for number, gradient in zip(trained, found) if gradient is not None]

    def trained(self) -> set[int]:
        """The numbers of the parameters that `gradients` has gradients for."""
        return {number for number, parameter in enumerate(self.layout.parameters) if parameter.requires_grad}

    def require_known(self) -> None:
        """Raises ValueError when the model has got parameters that are not in the layout, and so would not be booked."""
        known = {id(parameter) for parameter in self.layout.parameters}
        new = [path for path, parameter in self._inner.named_parameters()
               if id(parameter) not in known and parameter.requires_grad]
        if new:
            raise ValueError(f"model: must keep the parameters that it had at the start. Found: {len(new)} new, the first "
                             f"is {new[0]}; finish this ledger and watch() again")

    def unfreeze(self, delta: torch.Tensor) -> None:
        """Has gradients for every parameter that moved, also if it was frozen afterwards. Inside `evaluating()` only."""
        for place in self.layout.placements:
            parameter = self.layout.parameters[place.parameter]
            if not parameter.requires_grad and bool((place.inside(delta) != 0).any()):
                parameter.requires_grad_(True)

    def add(self, gradients: Sequence[tuple[int, torch.Tensor]], sums: Sequence[tuple[torch.Tensor, float]]) -> None:
        """Adds gradients to flat vectors, each with its factor."""
        by_number = dict(gradients)
        with torch.no_grad():
            for place in self.layout.placements:
                gradient = by_number.get(place.parameter)
                if gradient is None:
                    continue
                gradient = gradient.to_dense() if gradient.is_sparse else gradient
                part = place.of(gradient).to(device=self._device, dtype=self._type)
                for vector, factor in sums:
                    place.inside(vector).add_(part, alpha=factor)

    def buffers(self) -> list[torch.Tensor]:
        """Copies of the buffers that a loss may depend on: all but the running statistics of norms in training."""
        return [buffer.detach().clone() for module in self._inner.modules() if not uses_batch_statistics(module)
                for buffer in module._buffers.values() if buffer is not None]

    def has_batch_statistics(self) -> bool:
        """Whether a chunk's loss depends on which examples are in it."""
        return any(uses_batch_statistics(module) for module in self._inner.modules())


def same_tensors(before: Optional[Sequence[torch.Tensor]], now: Sequence[torch.Tensor]) -> bool:
    """Whether both lists hold equal tensors; never true without a list before, or with sparse tensors."""
    return before is not None and len(before) == len(now) and all(
        old.layout == new.layout == torch.strided and old.shape == new.shape and old.device == new.device
        and torch.equal(old, new) for old, new in zip(before, now))
