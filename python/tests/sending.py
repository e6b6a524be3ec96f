"""What the tests of sending share: a small model, steps of it, and a Kafka inside librdkafka."""

from __future__ import annotations

import os
import sys
from typing import Any, Iterable, Optional, Sequence

import numpy as np
from confluent_kafka import Producer

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "src"))

from lossledger.step import (  # noqa: E402
    Allocated,
    AllocatedPart,
    Chunk,
    Layer,
    Layout,
    MeasuredStep,
    ObjectiveFacts,
    ObjectiveStep,
    Role,
    RunFacts,
    Sums,
    Tensor,
    Vectors,
)

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir))


def layout() -> Layout:
    """A dense layer of 4 units with 3 inputs and a bias, and 5 parameters without units."""
    weight = Tensor("0_W", "dense", 0, Role.WEIGHT, (4, 3), 12, 3, 0)
    bias = Tensor("0_b", "dense", 0, Role.BIAS, (4,), 4, 1, 0)
    bare = Tensor("1_p", "bare", 1, Role.OTHER, (5,), 5, 0, 0)
    return Layout((Layer("dense", "Linear", 4, (weight, bias)), Layer("bare", "Model", 0, (bare,))))


def facts(run: str = "run-1", **changed: Any) -> RunFacts:
    values: dict[str, Any] = {
        "run": run,
        "layout": layout(),
        "objectives": [ObjectiveFacts("train", 1.0, True, 1000, sample_examples=50)],
    }
    return RunFacts(**{**values, **changed})


def arrays(of: RunFacts, seed: int) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    dtype = np.float64 if of.float64 else np.float32
    return [random.standard_normal(tensor.count).astype(dtype) for tensor in of.layout.tensors]


def vectors_step(of: RunFacts, step: int, covered: int = 1) -> MeasuredStep:
    objectives = [
        ObjectiveStep(
            objective.name,
            objective.weight,
            objective.sampled,
            loss_start=2.5,
            loss_end=2.25,
            rule="simpson-2",
            vectors=Vectors(arrays(of, step + 1), arrays(of, step + 2), arrays(of, step + 3) if objective.sampled else None),
        )
        for objective in of.objectives
    ]
    parts = [(part, arrays(of, step + 10 + index)) for index, part in enumerate(of.parts)]
    return MeasuredStep(step, covered, 1_767_225_600.5, objectives, delta=arrays(of, step), parts=parts)


def sums_of(count: int, coarse: float = 0.25) -> Sums:
    return Sums(count, count - 1, 1, 0, 0, -1.5, -2.0, 0.5, 3.0, -1.0, 0.5, coarse, 0.125, 4.0, 5.0)


def sums_step(of: RunFacts, plan: Sequence[Chunk], step: int, covered: int = 1, coarse: float = 0.25) -> MeasuredStep:
    objectives = [
        ObjectiveStep(
            objective.name,
            objective.weight,
            objective.sampled,
            loss_start=2.5,
            loss_end=2.25,
            rule="simpson-2",
            allocated=[_allocated(of, chunk, objective.sampled, coarse) for chunk in plan],
        )
        for objective in of.objectives
    ]
    return MeasuredStep(step, covered, 1_767_225_600.5, objectives)


def _allocated(of: RunFacts, chunk: Chunk, sampled: bool, coarse: float) -> Allocated:
    per_unit = of.layout.tensors[chunk.tensor].parameters_per_unit
    units = np.arange(chunk.count // per_unit, dtype=np.float64) + 0.1 if per_unit else None
    sums = sums_of(chunk.count, coarse)
    parts = [AllocatedPart(part, sums, None if units is None else units * 2) for part in of.parts]
    return Allocated(sums, units, 0.0625 if sampled else None, parts)


class SmallKafka:
    """The broker that librdkafka contains for tests: any topic exists, with four partitions. A context manager."""

    def __enter__(self) -> SmallKafka:
        self._cluster: Optional[Producer] = Producer(
            {"bootstrap.servers": "none", "test.mock.num.brokers": 1, "log_level": 0}
        )
        broker = next(iter(self._cluster.list_topics(timeout=10).brokers.values()))
        self.address = f"{broker.host}:{broker.port}"
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._cluster = None

    def write(self, topic: str, records: Iterable[tuple[bytes, bytes]]) -> None:
        producer = Producer({"bootstrap.servers": self.address, "partitioner": "murmur2_random", "log_level": 0})
        for key, value in records:
            producer.produce(topic, value, key)
        if producer.flush(10) > 0:
            raise AssertionError(f"{topic}: not written within 10 s")


def murmur2_partition(key: bytes, partitions: int) -> int:
    """The partition that Kafka's Java producer chooses: murmur2 with its seed, made positive."""
    mask, multiplier = 0xFFFFFFFF, 0x5BD1E995
    state = (0x9747B28C ^ len(key)) & mask
    whole = len(key) // 4 * 4
    for at in range(0, whole, 4):
        word = int.from_bytes(key[at : at + 4], "little") * multiplier & mask
        word = (word ^ word >> 24) * multiplier & mask
        state = state * multiplier & mask ^ word
    if whole < len(key):
        state = (state ^ int.from_bytes(key[whole:], "little")) * multiplier & mask
    state = (state ^ state >> 13) * multiplier & mask
    return ((state ^ state >> 15) & 0x7FFFFFFF) % partitions
