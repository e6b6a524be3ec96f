#!/usr/bin/env python3
"""Does the bookkeeping anew: computes the LCA of each layer from the trainer's raw updates in lossledger.update, by Simpson's rule
with numpy, and shows it beside what the processor wrote to lossledger.layer. Exit code 3: they differ."""

import collections
import importlib
import json
import os
import subprocess
import sys
import tempfile

import ledger

numpy = ledger.require("numpy")
ledger.require("google.protobuf")

PROTO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "protocol", "src", "main", "proto")
TOLERANCE = 1e-9


def generated(proto):
    """The module that protoc makes of update.proto."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run(["protoc", "--proto_path=" + proto, "--python_out=" + folder, "lossledger/v1/update.proto"],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, universal_newlines=True)
        except FileNotFoundError:
            raise ledger.Fault("protoc: must be installed. Found: none on the PATH")
        except subprocess.CalledProcessError as fault:
            raise ledger.Fault("--proto: must be the folder of lossledger/v1/update.proto. Found: " + fault.stderr.strip())
        sys.path.insert(0, folder)
        try:
            return importlib.import_module("lossledger.v1.update_pb2")
        finally:
            sys.path.remove(folder)


def mean_gradient(objective, vector):
    """The gradient averaged over the step's segment, from its nodes s = 0, 1/n, ..., 1."""
    if objective.WhichOneof("gradient") == "averaged":
        return vector(objective.averaged.mean)
    nodes = objective.nodes.node
    splits = len(nodes) - 1
    if splits < 2 or splits % 2 != 0 or not all(nodes):
        raise ledger.Fault("updates: must have gradients at all nodes, for Simpson's rule. Found: %d, or some empty" % len(nodes))
    weights = [1] + [4, 2] * (splits // 2 - 1) + [4, 1]
    return sum(weight * vector(node) for weight, node in zip(weights, nodes)) / (3 * splits)


def layers_of_updates(options, pb):
    """LCA by step, layer and stratum: the sum over its parameters of delta times the averaged gradient."""
    elements = {pb.ELEMENT_TYPE_FLOAT32: "<f4", pb.ELEMENT_TYPE_FLOAT64: "<f8"}
    lca = collections.defaultdict(float)
    for message in ledger.records(options, "update"):
        if message is None:
            continue
        update = pb.Update.FromString(message.value())
        chunk = update.tensor_chunk
        for objective in chunk.objectives:  # the markers at a run's end have none
            if objective.name == options.objective:
                def vector(values):
                    return numpy.frombuffer(values, elements[chunk.element_type]).astype(numpy.float64)

                lca[update.step, chunk.layer, objective.stratum] += vector(chunk.delta) @ mean_gradient(objective, vector)
    return lca


def compare(options):
    lca = layers_of_updates(options, generated(options.proto))
    table = {}
    for message in ledger.records(options, "layer"):
        row = json.loads(message.value()) if message is not None else {"objective": None}
        if row["objective"] == options.objective and not row["part"]:
            own = lca.pop((row["step"], row["layer"], row["stratum"]), numpy.inf)
            book = float(row["lca"])
            same = own == book or own != own and book != book  # a loss that is no number any more has no LCA either
            # A sum of terms of both signs is exact relative to what was added up, not to what is left of it.
            difference = 0 if same else abs(own - book) / max(float(row["harm"]) - float(row["help"]), 1e-300)
            sums = table.setdefault(row["layer"], numpy.zeros(4))
            sums += 1, own, book, 0
            sums[3] = numpy.maximum(sums[3], difference)
    if not table:
        raise ledger.Fault("RUN: must have rows of objective %s. Found: none of %s" % (options.objective, options.run))
    print("run %s, objective %s" % (options.run, options.objective))
    print("%-20s %7s %20s %20s %20s" % ("layer", "steps", "LCA of updates", "LCA of rows", "largest difference"))
    for layer, (steps, own, book, difference) in table.items():
        print("%-20s %7d %+20.12f %+20.12f %20.1e" % (layer, steps, own, book, difference))
    if lca:
        print("%d layers of steps have no row yet" % len(lca))
    return 0 if all(sums[3] <= TOLERANCE for sums in table.values()) else 3


if __name__ == "__main__":
    parser = ledger.arguments(__doc__)
    parser.add_argument("--proto", metavar="FOLDER", default=PROTO, help="the contract; default: that beside this example")
    ledger.run_to_end(compare, parser.parse_args())
