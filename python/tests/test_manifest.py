from __future__ import annotations

import glob
import json
import os
import unittest
from typing import Any

import sending
from lossledger import row_format
from lossledger.manifest import final_manifest, progress_manifest, running_manifest
from lossledger.v1 import results_pb2, run_pb2, update_pb2

GOLDEN = os.path.join(sending.ROOT, "protocol/src/test/resources/golden")


def golden(pattern: str) -> "list[tuple[str, bytes, bytes]]":
    """The golden files whose names fit, by version: path, JSON, and binary form."""
    found = []
    for path in sorted(glob.glob(os.path.join(GOLDEN, "*", pattern + ".json")), key=os.path.dirname):
        with open(path, "rb") as text, open(path[: -len("json")] + "binpb", "rb") as binary:
            found.append((path, text.read().strip(), binary.read()))
    return found


def _contains(newer: Any, older: Any) -> bool:
    """Whether every member is there with its value; later versions have more members."""
    if isinstance(older, dict):
        return all(name in newer and _contains(newer[name], value) for name, value in older.items())
    if isinstance(older, list):
        return len(newer) == len(older) and all(map(_contains, newer, older))
    return bool(newer == older)


class ManifestTest(unittest.TestCase):
    def test_manifests_of_every_version_are_read_and_written_as_the_java_side_does(self) -> None:
        files = golden("RunManifest*")
        self.assertGreaterEqual(len(files), 7)
        for path, text, binary in files:
            with self.subTest(path):
                from_json = row_format.parse(text, run_pb2.RunManifest())
                self.assertEqual(run_pb2.RunManifest.FromString(binary), from_json)
                self.assertEqual(from_json, row_format.parse(binary, run_pb2.RunManifest()))
                written = json.loads(row_format.to_json(from_json))
                self.assertTrue(_contains(written, json.loads(text)), written)

    def test_the_newest_manifest_has_exactly_the_members_of_the_java_side(self) -> None:
        _, text, _ = golden("RunManifest")[-1]
        written = row_format.to_json(row_format.parse(text, run_pb2.RunManifest()))
        self.assertEqual(json.loads(text), json.loads(written))
        self.assertNotIn(b"\n", written)

    def test_numbers_that_are_not_finite_are_text(self) -> None:
        row = results_pb2.StepRow(lca=float("nan"), residual=float("-inf"), help=float("inf"))
        written = json.loads(row_format.to_json(row))
        self.assertEqual(("NaN", "-Infinity", "Infinity"), (written["lca"], written["residual"], written["help"]))
        again = row_format.parse(row_format.to_json(row), results_pb2.StepRow())
        self.assertEqual(row.SerializeToString(), again.SerializeToString())

    def test_what_is_not_a_row_is_refused_and_unknown_fields_are_skipped(self) -> None:
        self.assertEqual(3, row_format.parse(b'{"step":3,"invented":[1]}', results_pb2.StepRow()).step)
        for bad in (b"{", b'{"step":"x"}', b"\x0a\xff"):
            with self.subTest(bad), self.assertRaisesRegex(ValueError, "row: must be a StepRow"):
                row_format.parse(bad, results_pb2.StepRow())

    def test_the_first_manifest_states_the_facts_of_the_run(self) -> None:
        facts = sending.facts(
            model="mlp", every=10, data_set="digits", optimizer="SGD(lr=0.1)", batch_size=64, first_step=5,
            planned_steps=100, rule="simpson-4", float64=True, versions={"torch": "1.13"},
        )
        manifest = running_manifest(facts, 2**63 + 1)
        self.assertEqual(
            ("run-1", update_pb2.RUN_STATUS_RUNNING, "mlp", 21.0, "simpson-4", 4, update_pb2.ELEMENT_TYPE_FLOAT64, 10, "digits",
             "SGD(lr=0.1)", 64, 5, 100, 2**63 + 1),
            (manifest.run, manifest.status, manifest.model, manifest.parameters, manifest.rule, manifest.max_splits,
             manifest.element_type, manifest.every, manifest.data_set, manifest.optimizer, manifest.batch_size,
             manifest.first_step, manifest.planned_steps, manifest.session),
        )
        self.assertEqual("1.13", manifest.versions["torch"])
        self.assertEqual([("dense", "Linear", 4), ("bare", "Model", 0)], [(l.layer, l.kind, l.units) for l in manifest.layers])
        weight = manifest.layers[0].tensors[0]
        self.assertEqual(("0_W", [4, 3], 1, 3, 0),
                         (weight.tensor_name, list(weight.shape), weight.role, weight.parameters_per_unit, weight.first_unit))
        objective = manifest.objectives[0]
        self.assertEqual(("train", 1.0, update_pb2.OBJECTIVE_KIND_SAMPLED, 1000, 50),
                         (objective.name, objective.weight, objective.kind, objective.examples, objective.sample_examples))
        self.assertFalse(manifest.HasField("ended") or manifest.HasField("sent_step") or manifest.HasField("last_step"))

    def test_later_manifests_add_progress_and_end_and_leave_the_first_as_it_was(self) -> None:
        first = running_manifest(sending.facts(), 9)
        before = first.SerializeToString(deterministic=True)
        progress = progress_manifest(first, 0)
        self.assertTrue(progress.HasField("sent_step") and progress.HasField("sent_time"))
        final = final_manifest(first, update_pb2.RUN_STATUS_FAILED, "one\n two", 41, 3, ["w"])
        self.assertEqual((update_pb2.RUN_STATUS_FAILED, "one two", 41, 3, ["w"]),
                         (final.status, final.failure, final.last_step, final.skipped_steps, list(final.warnings)))
        self.assertGreaterEqual(final.ended.ToMilliseconds(), first.started.ToMilliseconds())
        self.assertFalse(final_manifest(first, 2, "", None, 0, []).HasField("last_step"))
        self.assertEqual(before, first.SerializeToString(deterministic=True))


if __name__ == "__main__":
    unittest.main()
