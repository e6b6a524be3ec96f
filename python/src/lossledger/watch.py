"""Attaches a ledger to a training."""

from __future__ import annotations

import platform
import re
import secrets
import sys
import time
from typing import Any, Callable, Mapping, Optional, Sequence, Union

import torch
from torch import nn
from torch.optim import Optimizer

from lossledger.checks import check_loss
from lossledger.evaluator import Evaluator, Loss
from lossledger.examples import Examples
from lossledger.hooks import require_optimizers
from lossledger.layout import find_layout, unwrap
from lossledger.ledger import Ledger
from lossledger.measure import Measurer, Objective
from lossledger.objectives import FixedObjective, SampledObjective
from lossledger.others import others_unchanged
from lossledger.parallel import Devices
from lossledger.parts import UpdateParts
from lossledger.rules import simpson
from lossledger.sender import Publisher
from lossledger.step import RunFacts

_DEFAULT_SAMPLE = 256
_RUN = re.compile(r"[A-Za-z0-9._-]{1,64}")


def watch(model: nn.Module, optimizer: Union[Optimizer, Sequence[Optimizer], None], *, loss: Loss, data: Any,
          to: str = "localhost:9092", fixed: Optional[Mapping[str, Any]] = None, sampled: bool = True, every: int = 10,
          splits: int = 2, form: str = "sums", parts: bool = False, sample: Optional[int] = None,
          chunk_examples: int = 500, collate: Optional[Callable[[list[Any]], Any]] = None, run: Optional[str] = None,
          kafka: Optional[Mapping[str, Any]] = None, topic_prefix: str = "lossledger.", when_behind: str = "wait",
          first_step: int = 0, planned_steps: Optional[int] = None, model_name: str = "", data_name: str = "",
          batch_size: int = 0, seed: Optional[int] = None, publisher: Optional[Publisher] = None) -> Ledger:
    """Records what each layer and unit contributes to the loss change while `model` is trained.

    Call it after the optimizer is made, and leave the training loop as it is; end with `ledger.finish()` or `with`.
    The training computes the same numbers, to the bit, as without it.

    model: measured at points between its parameters before and after a segment, in evaluation mode with norms over the
        batch on batch statistics. Wrappers of data-parallel training are looked through.
    optimizer: one, or a list whose every step counts; None to call `ledger.step()` after each step.
    loss: `loss(model, batch)` returns the mean loss over the batch, a scalar tensor, without weight decay.
    data: the training set: a map-style Dataset, a DataLoader (only its dataset is used), a tensor, tuple or dict of
        tensors with a common first axis, or a list of batches. Batches are moved to the model's device.
    to: Kafka's `host:port`, or `file:PATH`.
    fixed: further objectives, name to set: the mean loss over all of its examples, evaluated `chunk_examples` at a time.
        With norms over the batch the chunk's size is part of what is measured.
    sampled: whether the objective `train` is estimated from `sample` examples (default 256, even) that are drawn anew for
        each segment, apart from the training's minibatches; otherwise it is fixed, over all of `data`.
    every: optimizer steps in a segment. splits: 2, 4, 8, 16 or 32 for Simpson's rule.
    form: `sums`, allocated here, a few kB for a segment; or `vectors`, updates and gradients for each parameter.
    parts: also books gradient, momentum and weight decay apart; for torch.optim.SGD.
    when_behind: `wait` or `skip` segments when publishing cannot keep up.
    seed: of the draws; random if None. kafka: client settings. publisher: replaces `to`.

    In data-parallel training call it in every process: each evaluates its share, and the first publishes.

    Raises ValueError with the rule that an argument breaks, among them a loss that is random or is not the gradient's.
    """
    rule = simpson(splits)
    _require("every", every >= 1, "at least 1", every)
    _require("chunk_examples", chunk_examples >= 1, "at least 1", chunk_examples)
    _require("first_step", first_step >= 0, "at least 0", first_step)
    _require("form", form in ("sums", "vectors"), "sums or vectors", form)
    _require("when_behind", when_behind in ("wait", "skip"), "wait or skip", when_behind)
    name = run or _run_name(model)
    _require("run", _RUN.fullmatch(name) is not None, "1 to 64 of A-Z a-z 0-9 . _ -", name)
    fixed = dict(fixed or {})
    _require("fixed", "train" not in fixed, "without train, which is the objective of `data`", "train")
    optimizers = [] if optimizer is None else list(optimizer) if isinstance(optimizer, (list, tuple)) else [optimizer]
    require_optimizers(optimizers)  # before a run is opened
    layout = find_layout(unwrap(model))
    _require_own(optimizers, layout.parameters)
    evaluator = Evaluator(model, layout, loss)
    devices = Devices(layout.parameters[0].device)
    draws = devices.same(secrets.randbits(64) if seed is None else seed)
    training = Examples("data", data, collate)
    failure: Optional[Exception] = None
    objectives: list[Objective] = []
    try:
        update_parts = UpdateParts(optimizers, evaluator) if parts else None
        with evaluator.evaluating(), others_unchanged(unwrap(model)):  # data sets and losses may draw random numbers
            if sampled:
                size = min(_DEFAULT_SAMPLE, len(training)) // 2 * 2 if sample is None else sample
                objectives.append(SampledObjective("train", training, size, chunk_examples, evaluator, devices, draws))
            else:
                objectives.append(FixedObjective("train", training, chunk_examples, evaluator, devices))
            for key, examples in fixed.items():
                objectives.append(FixedObjective(key, Examples(f"fixed[{key!r}]", examples, collate), chunk_examples,
                                                 evaluator, devices))
            for objective in objectives:
                batch = objective.first_batch()
                if batch is not None:
                    check_loss(evaluator, batch)
        if publisher is None and devices.rank == 0:
            from lossledger.publisher import open_publisher
            facts = RunFacts(name, layout.layout, [objective.facts for objective in objectives], rule.name, every,
                             model_name or type(unwrap(model)).__name__, data_name or type(data).__name__,
                             ", ".join(map(_describe, optimizers)), batch_size, first_step, planned_steps,
                             evaluator.zeros().dtype == torch.float64, _versions(),
                             [] if update_parts is None else update_parts.names)
            publisher = open_publisher(facts, to, form, dict(kafka or {}), topic_prefix)
            print(f"lossledger: run {name} goes to {to}", file=sys.stderr)
    except Exception as error:
        failure = error
    try:
        devices.require_all(failure)
    finally:
        failure = None  # see require_all
    published = publisher if devices.rank == 0 else None
    plan = published.plan if published is not None and form == "sums" else None
    measurer = Measurer(evaluator, objectives, rule, plan, devices)
    follow = None if to.startswith("file:") else _follow(to, dict(kafka or {}), topic_prefix)
    return Ledger(name, evaluator, measurer, optimizers, published, devices, update_parts, every, first_step,
                  when_behind == "wait", follow)


def _require(name: str, holds: bool, rule: str, found: Any) -> None:
    if not holds:
        raise ValueError(f"{name}: must be {rule}. Found: {found}")


def _require_own(optimizers: Sequence[Optimizer], parameters: Sequence[nn.Parameter]) -> None:
    own = {id(parameter) for parameter in parameters}
    for optimizer in optimizers:
        groups = optimizer.param_groups
        foreign = [tuple(parameter.shape) for group in groups for parameter in group["params"] if id(parameter) not in own]
        if foreign:
            raise ValueError("optimizer: must train parameters of the model only. Found: "
                             f"{len(foreign)} others, the first of shape {foreign[0]}; pass a module that holds them all")


def _run_name(model: nn.Module) -> str:
    kind = re.sub(r"[^A-Za-z0-9._-]", "-", type(unwrap(model)).__name__.lower())[:32]
    return f"{kind}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(2)}"


def _describe(optimizer: Optimizer) -> str:
    shown = [f"{key}={value:g}" for key, value in optimizer.defaults.items()
             if isinstance(value, (int, float)) and not isinstance(value, bool) and value]
    return f"{type(optimizer).__name__.lower()}({', '.join(shown)})"


def _versions() -> dict[str, str]:
    from lossledger import __version__
    return {"lossledger": __version__, "torch": str(torch.__version__), "python": platform.python_version()}


def _follow(to: str, kafka: dict, topic_prefix: str) -> Callable[..., Any]:
    def follow(run: str, function: Callable[[Any], None], topic: str) -> Any:
        from lossledger.rows import follow_rows
        return follow_rows(run, function, to=to, topic=topic, kafka=kafka, topic_prefix=topic_prefix)
    return follow
