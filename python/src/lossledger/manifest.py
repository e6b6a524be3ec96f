"""The manifest of a run: what people and tools read about it. Stateless."""

from __future__ import annotations

import re
import time
from importlib import metadata
from typing import Iterable, Optional

from google.protobuf.timestamp_pb2 import Timestamp

from lossledger.step import Layer, ObjectiveFacts, RunFacts
from lossledger.v1 import run_pb2, update_pb2


def running_manifest(facts: RunFacts, session: int) -> run_pb2.RunManifest:
    """The first manifest of a run, which is started now."""
    manifest = run_pb2.RunManifest(
        run=facts.run,
        status=update_pb2.RUN_STATUS_RUNNING,
        model=facts.model,
        layers=[_layer(layer) for layer in facts.layout.layers],
        parameters=facts.layout.parameters,
        objectives=[_objective(objective) for objective in facts.objectives],
        rule=facts.rule,
        max_splits=_splits(facts.rule),
        element_type=element_type(facts),
        every=facts.every,
        data_set=facts.data_set,
        optimizer=facts.optimizer,
        batch_size=facts.batch_size,
        first_step=facts.first_step,
        planned_steps=facts.planned_steps,
        versions={**_own_version(), **facts.versions},
        session=session,
        started=now(),
    )
    return manifest


def progress_manifest(first: run_pb2.RunManifest, sent_step: int) -> run_pb2.RunManifest:
    """The manifest while the run is in progress."""
    manifest = _copy(first)
    manifest.sent_step = sent_step
    manifest.sent_time.CopyFrom(now())
    return manifest


def final_manifest(
    first: run_pb2.RunManifest,
    outcome: int,
    failure: str,
    last_step: Optional[int],
    skipped_steps: int,
    warnings: Iterable[str],
) -> run_pb2.RunManifest:
    """The manifest of a run that has ended now. outcome is a number of RunStatus; last_step is None if none was sent."""
    manifest = _copy(first)
    manifest.status = outcome
    manifest.failure = " ".join(failure.split())
    if last_step is not None:
        manifest.last_step = last_step
    manifest.skipped_steps = skipped_steps
    manifest.warnings.extend(warnings)
    manifest.ended.CopyFrom(now())
    return manifest


def element_type(facts: RunFacts) -> int:
    return update_pb2.ELEMENT_TYPE_FLOAT64 if facts.float64 else update_pb2.ELEMENT_TYPE_FLOAT32


def objective_kind(sampled: bool) -> int:
    return update_pb2.OBJECTIVE_KIND_SAMPLED if sampled else update_pb2.OBJECTIVE_KIND_FIXED


def now() -> Timestamp:
    """The time of this machine's clock, in milliseconds as the Java producer writes it."""
    stamp = Timestamp()
    stamp.FromMilliseconds(int(time.time() * 1000))
    return stamp


def _copy(manifest: run_pb2.RunManifest) -> run_pb2.RunManifest:
    copy = run_pb2.RunManifest()
    copy.CopyFrom(manifest)
    return copy


def _layer(layer: Layer) -> run_pb2.LayerManifest:
    tensors = [
        run_pb2.TensorManifest(
            tensor_name=tensor.name,
            shape=tensor.shape,
            role=int(tensor.role),
            parameters_per_unit=tensor.parameters_per_unit,
            first_unit=tensor.first_unit,
        )
        for tensor in layer.tensors
    ]
    return run_pb2.LayerManifest(layer=layer.name, kind=layer.kind, units=layer.units, tensors=tensors)


def _objective(objective: ObjectiveFacts) -> run_pb2.ObjectiveManifest:
    return run_pb2.ObjectiveManifest(
        name=objective.name,
        weight=objective.weight,
        kind=objective_kind(objective.sampled),
        examples=objective.examples,
        loss=objective.loss,
        chunk_examples=objective.chunk_examples,
        sample_examples=objective.sample_examples,
    )


def _splits(rule: str) -> int:
    simpson = re.fullmatch(r"simpson-(\d+)", rule)
    return int(simpson.group(1)) if simpson else 0


def _own_version() -> dict[str, str]:
    try:
        return {"lossledger": metadata.version("lossledger")}
    except metadata.PackageNotFoundError:  # run from a clone, without installing it
        return {}
