from __future__ import annotations

import random
import unittest

import sending
from lossledger.plan import plan_chunks
from lossledger.step import Layer, Layout, ObjectiveFacts, Role, RunFacts, Tensor


def facts_of(counts: list[tuple[int, int]], objectives: int = 1, parts: int = 0, float64: bool = False) -> RunFacts:
    """A model with one tensor for each pair of a count and parameters per unit."""
    tensors = [
        Tensor(f"t{i}", "layer", 0, Role.WEIGHT, (count,), count, per_unit, 0) for i, (count, per_unit) in enumerate(counts)
    ]
    return sending.facts(
        layout=Layout((Layer("layer", "Linear", 1, tuple(tensors)),)),
        objectives=[ObjectiveFacts(f"o{i}", 1.0, i % 2 == 0, 10) for i in range(objectives)],
        parts=[f"p{i}" for i in range(parts)],
        float64=float64,
    )


class PlanTest(unittest.TestCase):
    def test_each_parameter_is_in_exactly_one_chunk_in_order(self) -> None:
        choose = random.Random(1)
        for _ in range(30):
            counts = [(choose.choice([0, 1, 7, 60_000, 300_000]), choose.choice([0, 1, 7])) for _ in range(4)]
            facts = facts_of(counts + [(1, 1)], objectives=choose.randint(1, 5), parts=choose.randint(0, 3))
            for form in ("sums", "vectors"):
                plan = plan_chunks(facts, form)
                at = [0] * len(facts.layout.tensors)
                for chunk in plan:
                    self.assertEqual(at[chunk.tensor], chunk.offset)
                    self.assertGreater(chunk.count, 0)
                    at[chunk.tensor] += chunk.count
                self.assertEqual([tensor.count for tensor in facts.layout.tensors], at)
                self.assertEqual(sorted(chunk.tensor for chunk in plan), [chunk.tensor for chunk in plan])

    def test_the_vectors_of_a_chunk_take_at_most_256_kib_and_one_parameter_more_would_not_fit(self) -> None:
        # o0 is sampled, with mean, coarse mean and contrast; o1 is not; besides delta and one part: seven vectors
        for float64, width in ((False, 4), (True, 8)):
            plan = plan_chunks(facts_of([(500_000, 0)], objectives=2, parts=1, float64=float64), "vectors")
            largest = max(chunk.count for chunk in plan)
            self.assertLessEqual(largest * 7 * width, 256 * 1024)
            self.assertGreater((largest + 1) * 7 * width, 256 * 1024)

    def test_a_tensor_is_one_chunk_of_sums_unless_its_units_take_more_than_512_kib(self) -> None:
        whole = plan_chunks(facts_of([(40_000_000, 1000), (100_000_000, 0)]), "sums")
        self.assertEqual([(0, 40_000_000), (0, 100_000_000)], [(c.offset, c.count) for c in whole])
        cut = plan_chunks(facts_of([(3 * 100_000, 3)], objectives=2, parts=1), "sums")
        units = 512 * 1024 // (8 * 2 * 2)
        self.assertEqual([units * 3] * (len(cut) - 1), [chunk.count for chunk in cut[:-1]])
        self.assertEqual(100_000 * 3, sum(chunk.count for chunk in cut))

    def test_what_the_processor_would_reject_is_refused_by_name(self) -> None:
        wrong = [
            (facts_of([(1, 0)]), "nodes", "form: must be one of sums, vectors. Found: nodes"),
            (facts_of([]), "sums", "layout: must give 1 to 1048576 chunks. Found: 0"),
            (facts_of([(1, 0)], objectives=0), "sums", "objectives: must be 1 to 1024. Found: 0"),
            (facts_of([(1, 0)], parts=17), "sums", "parts: must be at most 16. Found: 17"),
            (facts_of([(5_000_000, 1)]), "sums", "layout: units must be below 4194304"),
            (facts_of([(1, 0)], objectives=500, parts=4), "sums", "Found: 2500"),
            (sending.facts(objectives=[ObjectiveFacts("a", 1, False, 1)] * 2), "sums", "objective: must be unique"),
            (sending.facts(objectives=[ObjectiveFacts("", 1, False, 1)]), "sums", "objective: must have 1 to 200"),
            (sending.facts(objectives=[ObjectiveFacts("\U0001f600" * 101, 1, False, 1)]), "sums", "Found: 202"),
        ]
        for facts, form, message in wrong:
            with self.subTest(message), self.assertRaises(ValueError) as refused:
                plan_chunks(facts, form)
            self.assertIn(message, str(refused.exception))


if __name__ == "__main__":
    unittest.main()
