"""How tensors are cut into chunks. The plan is the same for every step of a run, so that each chunk keeps its key."""

from __future__ import annotations

from lossledger import limits
from lossledger.step import Chunk, RunFacts, Tensor

FORMS = ("sums", "vectors")

_VECTOR_BYTES = 256 << 10
_SUMS_BYTES = 512 << 10
_SUMS_BYTES_OF_ONE_ENTRY = 400
"""At most this much for the sums, rule and losses of one objective or part, apart from names and units."""


def plan_chunks(facts: RunFacts, form: str) -> list[Chunk]:
    """Cuts the tensors of a run, in their order.

    With vectors, delta and gradients of a chunk take at most 256 KiB; with sums, its units take at most 512 KiB. A chunk
    has at least one parameter, or one unit. A tensor without parameters has no chunk.

    Raises ValueError when the form is unknown, or the model exceeds a limit of the contract.
    """
    if form not in FORMS:
        raise ValueError(f"form: must be one of {', '.join(FORMS)}. Found: {form}")
    _require_objectives(facts)
    chunks = []
    for index, tensor in enumerate(facts.layout.tensors):
        _require_tensor(tensor)
        most = _most_summed(facts, tensor) if form == "sums" else _most_streamed(facts)
        for offset in range(0, tensor.count, most):
            chunks.append(Chunk(index, offset, min(most, tensor.count - offset)))
    if not 1 <= len(chunks) <= limits.MAX_CHUNKS:
        raise ValueError(f"layout: must give 1 to {limits.MAX_CHUNKS} chunks. Found: {len(chunks)}")
    return chunks


def _most_streamed(facts: RunFacts) -> int:
    vectors = 1 + len(facts.parts) + sum(3 if objective.sampled else 2 for objective in facts.objectives)
    return max(1, _VECTOR_BYTES // (vectors * (8 if facts.float64 else 4)))


def _most_summed(facts: RunFacts, tensor: Tensor) -> int:
    if tensor.parameters_per_unit == 0:
        return limits.MAX_COUNT
    units = max(1, _SUMS_BYTES // (8 * _entries(facts)))
    return min(units * tensor.parameters_per_unit, limits.MAX_COUNT)


def _entries(facts: RunFacts) -> int:
    return len(facts.objectives) * (1 + len(facts.parts))


def _require_objectives(facts: RunFacts) -> None:
    names = [limits.require_name("objective", objective.name) for objective in facts.objectives]
    limits.require_unique("objective", names)
    if not 1 <= len(names) <= limits.MAX_OBJECTIVES:
        raise ValueError(f"objectives: must be 1 to {limits.MAX_OBJECTIVES}. Found: {len(names)}")
    parts = [limits.require_name("part", part) for part in facts.parts]
    limits.require_unique("part", parts)
    if len(parts) > limits.MAX_PARTS:
        raise ValueError(f"parts: must be at most {limits.MAX_PARTS}. Found: {len(parts)}")
    if _entries(facts) * _SUMS_BYTES_OF_ONE_ENTRY > _SUMS_BYTES:
        most = _SUMS_BYTES // _SUMS_BYTES_OF_ONE_ENTRY
        raise ValueError(
            f"objectives: objectives times (1 + parts) must be at most {most}, so that records fit into a topic. "
            f"Found: {_entries(facts)}"
        )


def _require_tensor(tensor: Tensor) -> None:
    limits.require_name("layer", tensor.layer)
    if not 0 <= tensor.layer_index < limits.MAX_LAYERS:
        raise ValueError(f"layer: must be one of at most {limits.MAX_LAYERS}. Found: number {tensor.layer_index}")
    if tensor.parameters_per_unit == 0 or tensor.count == 0:
        return
    last = tensor.first_unit + (tensor.count - 1) // tensor.parameters_per_unit
    if last >= limits.MAX_UNITS:
        raise ValueError(
            f"layout: units must be below {limits.MAX_UNITS}; leave larger tensors unmapped (parameters_per_unit 0). "
            f"Found: unit {last} of {tensor.name}"
        )
