"""Refuses a loss that cannot be measured rightly, before the training begins."""

from __future__ import annotations

import math
from typing import Any, Optional

import torch

from lossledger.evaluator import Evaluator

_REPEATED = 1e-6  # float32 rounding of a sum whose order may change from one evaluation to the next
_STEPS = (1e-3, 3e-3, 3e-4, 1e-2, 1e-4, 1e-5, 1e-6)  # long steps meet kinks, short ones rounding: one that agrees is enough
_SLOPE = 0.02
_PUSH = 0.03


def check_loss(evaluator: Evaluator, batch: Any) -> None:
    """Compares the loss with itself, and its gradient with central differences. Inside `evaluating()` only.

    The differences are taken along the gradient. Parameters without gradient are pushed in a random direction instead,
    which must leave the loss as it is.

    Raises ValueError with the reason when the loss is not a scalar, has no gradient, differs at the same parameters, or
    disagrees with its gradient. A loss that is not finite is accepted: it is published, and counted.
    """
    start = evaluator.point()
    loss, gradients = evaluator.gradients(batch)
    if not gradients:
        raise ValueError("loss: must depend on the model's trained parameters. Found: one that uses none of them")
    here = float(loss.double())
    again = float(evaluator.loss(batch).detach().double())
    if not math.isfinite(here):
        return
    scale = max(1e-3, abs(here))
    if abs(again - here) > _REPEATED * scale:
        raise ValueError(f"loss: must be the same at the same parameters. Found: {here!r} and then {again!r}; dropout "
                         "that ignores eval(), random augmentation or noise in the loss are the usual reasons")
    slope = evaluator.zeros()
    evaluator.add(gradients, [(slope, 1.0)])
    if not bool(torch.isfinite(slope).all()):
        return
    rounding = scale * (4e-7 if slope.dtype == torch.float32 else 1e-13)
    if any(parameter.dtype in (torch.float16, torch.bfloat16) for parameter in evaluator.layout.parameters):
        return  # differences in half precision are rounding
    error = _slope_error(evaluator, batch, start, slope, rounding)
    if error is not None:
        raise ValueError("loss: must have its own slope as its gradient. Found: "
                         f"differences along the gradient that are off by {error:.1%}; detached or no_grad parts, custom "
                         "backward functions and rounding such as quantisation are the usual reasons")
    _require_no_detached(evaluator, batch, start, slope, here, rounding)
    evaluator.move(start)


def _slope_error(evaluator: Evaluator, batch: Any, start: torch.Tensor, slope: torch.Tensor,
                 rounding: float) -> Optional[float]:
    """The least relative error found, or None when it is small enough or hidden by rounding."""
    norm = float(slope.double().norm())
    if norm == 0:
        return None
    length = float(start.double().norm()) or 1.0
    least: Optional[float] = None
    for share in _STEPS:
        step = share * length
        losses = []
        for sign in (1, -1):
            evaluator.move(torch.add(start, slope, alpha=sign * step / norm))
            losses.append(float(evaluator.loss(batch).detach().double()))
        error = abs((losses[0] - losses[1]) / (2 * step) - norm)
        if not math.isfinite(error) or rounding / step > _SLOPE * norm:
            continue
        error = max(0.0, error - rounding / step) / norm
        if error <= _SLOPE:
            return None
        least = error if least is None else min(least, error)
    return least


def _require_no_detached(evaluator: Evaluator, batch: Any, start: torch.Tensor, slope: torch.Tensor, here: float,
                         rounding: float) -> None:
    generator = torch.Generator().manual_seed(2)
    pushed = start.clone()
    names = []
    for tensor, place in zip(evaluator.layout.layout.tensors, evaluator.layout.placements):
        part = slice(place.start, place.start + place.count)
        if bool((slope[part] != 0).any()) or not evaluator.layout.parameters[place.parameter].requires_grad:
            continue
        size = float(start[part].double().norm()) / math.sqrt(place.count)
        if size == 0:
            continue  # two zero factors have no gradient either, and rightly so
        noise = torch.randn(place.count, generator=generator, dtype=torch.float64).to(slope)
        pushed[part] += noise * (_PUSH * size)
        names.append(tensor.name)
    if not names:
        return
    evaluator.move(pushed)
    there = float(evaluator.loss(batch).detach().double())
    if math.isfinite(there) and abs(there - here) > 10 * rounding:
        raise ValueError("loss: must have a gradient for every trained parameter that it depends on. Found: none for "
                         + ", ".join(names[:3]) + (", …" if len(names) > 3 else "") + ", though the loss changes with "
                         "them; detach() and no_grad() are the usual reasons. Set requires_grad=False on parameters "
                         "that are not meant to be trained")
