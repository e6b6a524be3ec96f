from __future__ import annotations

import dataclasses
import os
import unittest

import numpy as np
import sending
from lossledger.plan import plan_chunks
from lossledger.step import (
    Chunk, Layer, Layout, MeasuredStep, ObjectiveFacts, ObjectiveStep, Role, RunFacts, Tensor, Vectors,
)
from lossledger.updates import UpdateBuilder, step_bytes
from lossledger.v1 import update_pb2

SESSION = 0xFEDCBA9876543210


def decoded(records: "list[object]") -> list[update_pb2.Update]:
    return [update_pb2.Update.FromString(record.value) for record in records]


class UpdatesTest(unittest.TestCase):
    def test_every_field_of_a_step_of_sums_comes_back(self) -> None:
        facts = sending.facts(parts=["gradient", "momentum"], first_step=3)
        plan = plan_chunks(facts, "sums")
        step = dataclasses.replace(
            sending.sums_step(facts, plan, 9, covered=2), minibatch_loss=0.5, learning_rate=0.1, examples=64, warning="w" * 1001
        )
        records = list(UpdateBuilder(facts, plan, SESSION).records(step))
        self.assertEqual([b"run-1|0|0", b"run-1|1|1", b"run-1|2|2"], [record.key for record in records])
        for index, update in enumerate(decoded(records)):
            tensor = facts.layout.tensors[index]
            self.assertEqual(
                ("run-1", 9, 2, 3, index, index, 3, SESSION),
                (update.run, update.step, update.steps_covered, update.first_step, update.tensor, update.chunk,
                 update.chunks_in_step, update.session),
            )
            self.assertEqual((0.5, 0.1, 64), (update.facts.minibatch_loss, update.facts.learning_rate, update.facts.examples))
            self.assertEqual((1_767_225_600, 500_000_000), (update.facts.time.seconds, update.facts.time.nanos))
            self.assertEqual("w" * 1000, update.facts.warning)
            body = update.tensor_chunk
            self.assertEqual(
                (tensor.name, tensor.layer, tensor.layer_index, int(tensor.role), 1, 0, tensor.count,
                 tensor.parameters_per_unit, tensor.first_unit, b""),
                (body.tensor_name, body.layer, body.layer_index, body.role, body.element_type, body.offset, body.count,
                 body.parameters_per_unit, body.first_unit, body.delta),
            )
            (objective,) = body.objectives
            self.assertEqual(
                ("train", 1.0, update_pb2.OBJECTIVE_KIND_SAMPLED, "", 2.5, 2.25, False),
                (objective.name, objective.weight, objective.kind, objective.stratum, objective.loss_start,
                 objective.loss_end, objective.capped),
            )
            allocated, given = objective.allocated, step.objectives[0].allocated[index]
            self.assertEqual(("simpson-2", True, 0.0625), (allocated.rule, allocated.coarse_sums, allocated.sampling_error))
            self.assertEqual(["gradient", "momentum"], [part.name for part in allocated.parts])
            for part in allocated.parts:
                expected = [] if given.unit_lca is None else list(2 * given.unit_lca)
                self.assertEqual(expected, list(part.unit_lca))
            self.assertEqual([] if given.unit_lca is None else list(given.unit_lca), list(allocated.unit_lca))
            for sums in (allocated.sums, *(part.sums for part in allocated.parts)):
                for name, value in given.sums._asdict().items():
                    self.assertEqual(value, getattr(sums, name), name)
                self.assertTrue(sums.HasField("gradient_squares") and sums.HasField("delta_squares"))

    def test_sums_without_a_coarser_rule_or_a_sampling_error_say_so(self) -> None:
        facts = sending.facts(objectives=[ObjectiveFacts("train", 1.0, False, 10)])
        plan = plan_chunks(facts, "sums")
        for coarse, given in ((float("nan"), False), (0.0, True)):
            step = sending.sums_step(facts, plan, 0, coarse=coarse)
            for update in decoded(UpdateBuilder(facts, plan, 1).records(step)):
                allocated = update.tensor_chunk.objectives[0].allocated
                self.assertTrue(allocated.HasField("coarse_sums"))
                self.assertEqual(given, allocated.coarse_sums)
                self.assertFalse(allocated.HasField("sampling_error"))

    def test_units_in_single_precision_are_sent_as_floats(self) -> None:
        facts = sending.facts()
        plan = plan_chunks(facts, "sums")
        step = sending.sums_step(facts, plan, 0)
        first = step.objectives[0].allocated[0]
        narrow = dataclasses.replace(first, unit_lca=first.unit_lca.astype(np.float32))
        objective = dataclasses.replace(step.objectives[0], allocated=[narrow, *step.objectives[0].allocated[1:]])
        records = list(UpdateBuilder(facts, plan, 1).records(dataclasses.replace(step, objectives=[objective])))
        allocated = decoded(records)[0].tensor_chunk.objectives[0].allocated
        self.assertEqual([], list(allocated.unit_lca))
        np.testing.assert_array_equal(narrow.unit_lca, np.array(allocated.unit_lca_float, np.float32))

    def test_the_chunks_of_a_vector_are_its_little_endian_bytes(self) -> None:
        for float64, code in ((False, "<f4"), (True, "<f8")):
            facts = sending.facts(float64=float64, parts=["gradient"])
            plan = [Chunk(0, 0, 5), Chunk(0, 5, 7), Chunk(1, 0, 4), Chunk(2, 0, 5)]
            step = sending.vectors_step(facts, 4)
            updates = decoded(UpdateBuilder(facts, plan, 1).records(step))
            self.assertEqual([0, 5, 0, 0], [update.tensor_chunk.offset for update in updates])
            self.assertEqual([0, 0, 1, 2], [update.tensor for update in updates])
            sent = {
                "delta": [u.tensor_chunk.delta for u in updates],
                "part": [u.tensor_chunk.parts[0].delta for u in updates],
                "mean": [u.tensor_chunk.objectives[0].averaged.mean for u in updates],
                "coarse": [u.tensor_chunk.objectives[0].averaged.coarse_mean for u in updates],
                "contrast": [u.tensor_chunk.objectives[0].sampling_contrast for u in updates],
            }
            vectors = step.objectives[0].vectors
            given = {
                "delta": step.delta, "part": step.parts[0][1], "mean": vectors.mean, "coarse": vectors.coarse_mean,
                "contrast": vectors.contrast,
            }
            for name, chunks in sent.items():
                found = np.frombuffer(b"".join(chunks), code)
                np.testing.assert_array_equal(np.concatenate(given[name]), found, name)
            self.assertEqual(sum(len(b"".join(chunks)) for chunks in sent.values()), step_bytes(step))

    def test_a_record_has_the_bytes_that_the_java_producer_writes(self) -> None:
        folder = os.path.join(sending.ROOT, "protocol/src/test/resources/golden/v1.1")
        with open(os.path.join(folder, "Update-sampled.binpb"), "rb") as file:
            golden = file.read()
        facts, plan, step = _golden_step()
        record = list(UpdateBuilder(facts, plan, 0x123456789ABCDEF0).records(step))[5]
        self.assertEqual(update_pb2.Update.FromString(golden), update_pb2.Update.FromString(record.value))
        self.assertEqual(len(golden), len(record.value))
        self.assertEqual(b"Run_1.a-b|3|5", record.key)

    def test_each_chunk_gets_one_end_marker_and_a_run_without_steps_gets_one_of_one(self) -> None:
        facts = sending.facts(first_step=3)
        plan = plan_chunks(facts, "sums")
        builder = UpdateBuilder(facts, plan, 7)
        markers = decoded(builder.end_records(12, update_pb2.RUN_STATUS_FAILED, any_sent=True))
        self.assertEqual([(12, 0, 0, 3), (12, 1, 1, 3), (12, 2, 2, 3)],
                         [(m.step, m.tensor, m.chunk, m.chunks_in_step) for m in markers])
        (only,) = decoded(builder.end_records(3, update_pb2.RUN_STATUS_FINISHED, any_sent=False))
        self.assertEqual((3, 0, 0, 1, 3, 7), (only.step, only.tensor, only.chunk, only.chunks_in_step, only.first_step, only.session))
        self.assertEqual([update_pb2.RUN_STATUS_FAILED] * 3 + [update_pb2.RUN_STATUS_FINISHED],
                         [m.finished.outcome for m in (*markers, only)])


def _golden_step() -> tuple[RunFacts, list[Chunk], MeasuredStep]:
    """The message of GoldenMessages, version 1.1: chunk 5 of 9, parameters 5 and 6 of tensor number 3."""
    tensors = tuple(Tensor(f"{i}", "other", 0, Role.OTHER, (1,), 1, 0, 0) for i in range(3))
    bias = Tensor("1_b", "dense-2", 1, Role.BIAS, (7,), 7, 0, 0)
    facts = RunFacts(
        "Run_1.a-b", Layout((Layer("other", "x", 0, tensors), Layer("dense-2", "x", 0, (bias,)))),
        [ObjectiveFacts("class=3", 0.3, True, 10)], first_step=7, float64=True,
    )
    plan = [Chunk(0, 0, 1)] * 5 + [Chunk(3, 5, 2)] + [Chunk(0, 0, 1)] * 3

    def padded(*values: float) -> list[np.ndarray]:
        return [np.zeros(1)] * 3 + [np.array([9.0] * 5 + list(values))]

    objective = ObjectiveStep(
        "class=3", 0.3, True, 2.5, 2.375, "simpson-4", True, vectors=Vectors(padded(1.5, -2.5), padded(1.25, -2.75), padded(0.375, -0.1875)),
    )
    step = MeasuredStep(
        41, 2, 1_767_225_600.123, [objective], delta=padded(0.1, -1e-300), minibatch_loss=2.25, learning_rate=0.1, examples=64
    )
    return facts, plan, step


if __name__ == "__main__":
    unittest.main()
