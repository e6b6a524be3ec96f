"""Evaluates a model in the middle of its training, and leaves no trace."""

from __future__ import annotations

import contextlib
import random
import re
from typing import Any, Iterator, Optional, Sequence

import numpy as np
import torch
from torch import nn

_BATCH_STATISTICS = (nn.modules.batchnorm._NormBase,)
_SCRIPTED = re.compile(r"(Batch|Instance)Norm[123]d|SyncBatchNorm")


@contextlib.contextmanager
def untouched(model: nn.Module, parameters: Sequence[nn.Parameter]) -> Iterator[None]:
    """Inside: evaluation mode, float32 without autocast or TF32, gradients enabled. Afterwards: everything as before.

    Dropout is off. Norms over the batch keep the mode that they train in, so that they use the batch's statistics.
    Restored to the bit: parameters, buffers, .grad, modes, tensors that modules keep as plain attributes, random states
    of Python, NumPy, the CPU and all CUDA devices, and the global switches. Not undone: what hooks of your own do besides.

    Not thread-safe: for the thread that trains.
    """
    kept = _Kept(model, parameters)
    try:
        with contextlib.ExitStack() as stack:
            stack.enter_context(_random_states(parameters))
            stack.enter_context(_full_precision())
            stack.enter_context(torch.inference_mode(False))
            stack.enter_context(torch.enable_grad())
            _evaluation_mode(model)
            yield
    finally:
        try:
            kept.restore()
        except BaseException:  # such as Ctrl-C in the middle of it
            kept.restore()
            raise


class _Kept:
    """What an evaluation may change."""

    def __init__(self, model: nn.Module, parameters: Sequence[nn.Parameter]) -> None:
        self.values = [(parameter, parameter.detach().clone()) for parameter in parameters]
        self.parameters = [(parameter, parameter.grad, parameter.requires_grad, parameter._backward_hooks)
                           for parameter in parameters]
        self.modules = []
        for module in model.modules():
            dropout = module.dropout if isinstance(module, nn.RNNBase) else None
            self.modules.append((module, module.training, dropout, dict(module._buffers.items()), _tensors(module)))
        self.buffers = [(buffer, buffer.detach().clone()) for buffer in model.buffers()]
        for parameter in parameters:
            if parameter._backward_hooks:
                parameter._backward_hooks = None  # such as clipping: part of the training, not of the loss

    def restore(self) -> None:
        """May be repeated when it was interrupted."""
        for parameter, value in self.values:
            parameter.data.copy_(value)  # see Evaluator.move
        for parameter, gradient, required, hooks in self.parameters:
            if parameter.requires_grad != required:
                parameter.requires_grad_(required)
            if parameter.grad is not gradient:
                parameter.grad = gradient
            if hooks:
                parameter._backward_hooks = hooks
        for module, training, dropout, buffers, tensors in self.modules:
            if module.training != training:
                module.training = training
            if dropout is not None:
                module.dropout = dropout
            for name, buffer in buffers.items():
                if name not in module._buffers or module._buffers[name] is not buffer:
                    module._buffers[name] = buffer
            for name in _tensors(module).keys() - tensors.keys():
                del module.__dict__[name]
            module.__dict__.update(tensors)
        for buffer, value in self.buffers:
            with torch.inference_mode(buffer.is_inference()):
                buffer.data.copy_(value)


def _tensors(module: nn.Module) -> dict[str, torch.Tensor]:
    """Such as the weight that weight_norm computes anew in each forward pass."""
    return {name: value for name, value in module.__dict__.items() if isinstance(value, torch.Tensor)}


def uses_batch_statistics(module: nn.Module) -> bool:
    """Whether it is a norm that is being trained on the statistics of its batch, and not a frozen one."""
    scripted = isinstance(module, torch.jit.ScriptModule) and _SCRIPTED.fullmatch(module.original_name)
    return bool((isinstance(module, _BATCH_STATISTICS) or scripted) and module.training)


def _evaluation_mode(model: nn.Module) -> None:
    for module in model.modules():
        if isinstance(module, nn.RNNBase):
            # cuDNN has no backward pass for recurrent layers in evaluation mode.
            module.dropout, module.training = 0.0, True
        elif module.training and not uses_batch_statistics(module):
            module.training = False


@contextlib.contextmanager
def _random_states(parameters: Sequence[nn.Parameter]) -> Iterator[None]:
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() and torch.cuda.is_initialized() else None
    states: tuple[Any, ...] = (random.getstate(), np.random.get_state(), torch.get_rng_state())
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])
        if cuda is not None:
            torch.cuda.set_rng_state_all(cuda)


@contextlib.contextmanager
def _full_precision() -> Iterator[None]:
    precision = torch.get_float32_matmul_precision()
    convolution: Optional[bool] = torch.backends.cudnn.allow_tf32 if torch.cuda.is_available() else None
    with contextlib.ExitStack() as stack:
        stack.enter_context(torch.autocast("cpu", enabled=False, dtype=torch.bfloat16))
        if torch.cuda.is_available():
            stack.enter_context(torch.autocast("cuda", enabled=False))
        try:
            if precision != "highest":
                torch.set_float32_matmul_precision("highest")
            if convolution:
                torch.backends.cudnn.allow_tf32 = False
            yield
        finally:
            if precision != "highest":
                torch.set_float32_matmul_precision(precision)
            if convolution:
                torch.backends.cudnn.allow_tf32 = True
