"""Recomputes layer and unit sums, signs and the spread of help from lossledger.update and compares them with the rows of the processor.

Independent of the Java code: Kafka by librdkafka, decoding by classes that protoc generates from the .proto files,
arithmetic by numpy from the definition A = delta * (g(0) + 4 g(1/2) + g(1)) / 6.

usage: recompute.py BOOTSTRAP RUN FOLDER_OF_GENERATED_CLASSES [EXPORT.npz]
Prints one line of JSON: how many rows were compared, the largest relative difference, and the LCA of each layer. Compares vectors that
were exported with those in the topic, too.
"""

import collections
import json
import math
import sys

import confluent_kafka
import numpy

bootstrap, run, generated = sys.argv[1:4]
sys.path.insert(0, generated)
from lossledger.v1 import update_pb2  # noqa: E402


def read(topic):
    """All committed records of a topic that are there now."""
    consumer = confluent_kafka.Consumer({
        "bootstrap.servers": bootstrap,
        "group.id": "recompute-" + run,
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
    })
    partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions
    consumer.assign([confluent_kafka.TopicPartition(topic, p, confluent_kafka.OFFSET_BEGINNING) for p in partitions])
    at_end = set()
    while len(at_end) < len(partitions):
        message = consumer.poll(30)
        if message is None:
            sys.exit("no answer from " + topic)
        if message.error():
            if message.error().code() != confluent_kafka.KafkaError._PARTITION_EOF:
                sys.exit(str(message.error()))
            at_end.add(message.partition())
            continue
        yield message
    consumer.close()


layers = collections.defaultdict(lambda: collections.defaultdict(float))
units = collections.defaultdict(lambda: collections.defaultdict(float))
raw = {}
for message in read("lossledger.update"):
    update = update_pb2.Update.FromString(message.value())
    if update.run != run or update.WhichOneof("body") != "tensor_chunk":
        continue
    chunk = update.tensor_chunk
    kind = {update_pb2.ELEMENT_TYPE_FLOAT32: "<f4", update_pb2.ELEMENT_TYPE_FLOAT64: "<f8"}[chunk.element_type]
    delta = numpy.frombuffer(chunk.delta, kind).astype(numpy.float64)
    name = "step-%08d/%s/%d/" % (update.step, chunk.tensor_name, chunk.offset)
    raw[name + "delta"] = numpy.frombuffer(chunk.delta, kind)
    for part in chunk.parts:
        raw[name + "part/" + part.name] = numpy.frombuffer(part.delta, kind)
    for objective in chunk.objectives:
        raw[name + objective.name + "/loss"] = numpy.array([objective.loss_start, objective.loss_end])
        for number, node in enumerate(objective.nodes.node):
            raw[name + objective.name + "/node-%d" % number] = numpy.frombuffer(node, kind)
        start, middle, end = (numpy.frombuffer(n, kind).astype(numpy.float64) for n in objective.nodes.node)
        lca = delta * (start + 4 * middle + end) / 6
        key = (update.step, chunk.layer, objective.name)
        layer = layers[key]
        layer["lca"] += lca.sum()
        layer["help"] += lca[lca < 0].sum()
        layer["harm"] += lca[lca > 0].sum()
        layer["helped_parameters"] += (lca < 0).sum()
        layer["hurt_parameters"] += (lca > 0).sum()
        layer["zero_parameters"] += (lca == 0).sum()
        layer["sum_of_squares"] += (lca * lca).sum()
        layer["absolute_estimate"] += numpy.abs(lca - delta * (start + end) / 2).sum()
        flat = numpy.arange(chunk.offset, chunk.offset + chunk.count)
        for unit, value in zip(flat // chunk.parameters_per_unit + chunk.first_unit, lca):
            units[key][int(unit)] += value

compared = 0
worst = 0.0


def compare(name, expected, found, scale):
    global compared, worst
    compared += 1
    difference = abs(expected - found) / max(scale, 1e-300)
    worst = max(worst, difference)
    if difference > 1e-9:
        sys.exit("%s: expected %r, found %r" % (name, expected, found))




def spread(helps):
    """Gini coefficient by its definition over pairs, and the share of the top 1 %."""
    pairs = numpy.abs(helps[:, None] - helps[None, :]).sum()
    top = numpy.sort(helps)[::-1][:math.ceil(len(helps) / 100)]
    return pairs / (2 * len(helps) * helps.sum()), top.sum() / helps.sum()


signs = {}
for step, layer, objective in sorted(units):
    key = step, layer, objective
    lca = numpy.array([units[key][unit] for unit in range(len(units[key]))])
    before = signs.get((layer, objective), numpy.zeros(len(lca)))
    layers[key]["sign_changes"] = (numpy.sign(lca) * before < 0).sum()
    signs[layer, objective] = numpy.where(lca == 0, before, numpy.sign(lca))
    layers[key]["gini_of_help"], layers[key]["top_percent_share"] = spread(numpy.maximum(0, -lca))

rows = 0
for message in read("lossledger.layer"):
    row = json.loads(message.value())
    if row["run"] != run:
        continue
    rows += 1
    expected = layers[row["step"], row["layer"], row["objective"]]
    gross = expected["harm"] - expected["help"]
    for field, value in expected.items():
        # A sum of terms of both signs is exact relative to what was added up, not to what is left of it.
        scale = gross if field in ("lca", "absolute_estimate") else abs(value)
        compare("layer %s step %d %s" % (row["layer"], row["step"], field), value, row[field], scale)

for message in read("lossledger.unit"):
    row = json.loads(message.value())
    if row["run"] != run:
        continue
    expected = units[row["step"], row["layer"], row["objective"]]
    scale = max(abs(value) for value in expected.values())
    for unit, value in enumerate(row["unit_lca"]):
        compare("unit %d of %s step %d" % (unit, row["layer"], row["step"]), expected[unit], value, scale)

totals = collections.defaultdict(float)
for step, layer, objective in sorted(layers):
    totals[layer] += layers[step, layer, objective]["lca"]

arrays = None
if len(sys.argv) > 4:
    # What was exported for numpy is what lies in the topic.
    exported = numpy.load(sys.argv[4])
    arrays = len(exported.files)
    for name, expected in raw.items():
        if exported[name].dtype.str != expected.dtype.str or exported[name].tobytes() != expected.tobytes():
            sys.exit("%s differs" % name)

print(json.dumps({
    "layer_rows": rows, "layers": len(layers), "compared": compared, "worst": worst, "totals": totals, "arrays": arrays,
    "raw": len(raw),
}))
