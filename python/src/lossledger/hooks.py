"""Calls back before and after each step of an optimizer."""

from __future__ import annotations

import functools
import types
from typing import Any, Callable, Sequence

from torch.optim import LBFGS, Optimizer

Callback = Callable[[Optimizer], None]


class OptimizerHooks:
    """Calls `before(optimizer)` and `after(optimizer)` around each step, by torch's own hooks or by wrapping `step`.

    A step that GradScaler skips does not reach the optimizer, and so is none. Schedulers may be made before or after.

    Raises ValueError for LBFGS: its step evaluates a closure at several points of a search.
    """

    def __init__(self, optimizers: Sequence[Optimizer], before: Callback, after: Callback) -> None:
        require_optimizers(optimizers)
        self._before, self._after = before, after
        self._removals = [self._hook(optimizer) for optimizer in optimizers]

    def remove(self) -> None:
        """Undoes it; may be called twice."""
        self._before = self._after = _nothing  # whoever wrapped `step` since keeps this object, not the model
        while self._removals:
            self._removals.pop()()

    def _hook(self, optimizer: Optimizer) -> Callable[[], None]:
        if hasattr(optimizer, "register_step_post_hook"):
            handles = [optimizer.register_step_pre_hook(lambda hooked, *_: self._before(hooked)),
                       optimizer.register_step_post_hook(lambda hooked, *_: self._after(hooked))]
            return lambda: [handle.remove() for handle in handles] and None
        return self._wrap(optimizer)

    def _wrap(self, optimizer: Optimizer) -> Callable[[], None]:
        wrapped = optimizer.step
        own = "step" in optimizer.__dict__

        @functools.wraps(wrapped)
        def step(self_: Optimizer, *arguments: Any, **options: Any) -> Any:
            self._before(self_)
            result = wrapped(*arguments, **options)
            self._after(self_)
            return result

        # A scheduler takes the function of a bound method, and looks for the mark of an earlier one on it.
        method = types.MethodType(step, optimizer)
        optimizer.step = method  # type: ignore[method-assign]

        def remove() -> None:
            if optimizer.__dict__.get("step") is not method:
                return  # wrapped again since, such as by a scheduler: stays, and only passes on
            if own:
                optimizer.step = wrapped  # type: ignore[method-assign]
            else:
                del optimizer.__dict__["step"]

        return remove


def require_optimizers(optimizers: Sequence[Optimizer]) -> None:
    """Raises ValueError when the steps of one cannot be followed."""
    for optimizer in optimizers:
        if not isinstance(optimizer, Optimizer):
            raise ValueError("optimizer: must be a torch.optim.Optimizer, a list of them, or None to call "
                             f"ledger.step() yourself. Found: {type(optimizer).__name__}")
        if isinstance(optimizer, LBFGS):
            raise ValueError("optimizer: must move the parameters once in a step. Found: LBFGS, which searches with a"
                             " closure; use optimizer=None and call ledger.step() after each step")


def _nothing(optimizer: Optimizer) -> None:
    pass
