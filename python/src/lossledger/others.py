"""Notices a loss that changes modules which do not belong to the model, such as the discriminator of a generator."""

from __future__ import annotations

import contextlib
from typing import Any, Iterator

import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook


@contextlib.contextmanager
def others_unchanged(model: nn.Module) -> Iterator[None]:
    """Inside: buffers of modules besides the model are watched; afterwards they are as before. Not thread-safe.

    Raises ValueError with the first module whose buffers were changed, such as running statistics in training mode: only
    the model is restored after an evaluation.
    """
    own = {id(module) for module in model.modules()}
    met: dict[int, tuple[nn.Module, list[tuple[torch.Tensor, torch.Tensor, int]]]] = {}

    def meet(module: nn.Module, _: Any) -> None:
        if id(module) not in own and id(module) not in met:
            met[id(module)] = module, [(buffer, buffer.detach().clone(), buffer._version)
                                       for buffer in module._buffers.values()
                                       if buffer is not None and not buffer.is_inference()]

    handle = register_module_forward_pre_hook(meet)
    try:
        yield
    finally:
        handle.remove()
        changed = []
        for module, buffers in met.values():
            for buffer, value, version in buffers:
                if buffer._version != version or _differ(buffer, value):
                    changed.append(type(module).__name__)
                buffer.data.copy_(value)
    if changed:
        raise ValueError("loss: must leave modules besides the model as they are. Found: a changed buffer of "
                         f"{changed[0]}; call watch() with a module that holds both, or eval() on the other one in the loss")


def _differ(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Norms update their statistics without counting it as a change."""
    return one.layout == torch.strided and bool(((one != other) & ~(one.isnan() & other.isnan())).any())
