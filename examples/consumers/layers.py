#!/usr/bin/env python3
"""Shows who lowers the loss: for each layer of a run its LCA, help and harm since the start, from lossledger.layer."""

import json
import sys
import time

import ledger


class Layer:
    def __init__(self, index):
        self.index = index
        self.steps = self.hurt_steps = 0
        self.lca = self.help = self.harm = 0.0

    def add(self, row):
        lca = float(row["lca"])  # a number, or text where it is not finite: float takes both
        self.steps += 1
        self.hurt_steps += lca > 0
        self.lca = float(row["cumulative_lca"])
        self.help += float(row["help"])
        self.harm += float(row["harm"])


def print_table(options, layers):
    if sys.stdout.isatty() and options.follow:
        print("\x1b[H\x1b[2J", end="")
    print("run %s, objective %s" % (options.run, options.objective))
    print("%-20s %7s %12s %12s %12s %11s" % ("layer", "steps", "LCA", "help", "harm", "hurt steps"))
    for name, layer in sorted(layers.items(), key=lambda item: item[1].index):
        print("%-20s %7d %+12.6f %+12.6f %+12.6f %11d"
              % (name, layer.steps, layer.lca, layer.help, layer.harm, layer.hurt_steps))
    print("%-20s %7s %+12.6f" % ("all", "", sum(layer.lca for layer in layers.values())), flush=True)


def show(options):
    layers = {}
    shown = time.monotonic()
    changed = False
    for message in ledger.records(options, "layer", options.follow):
        if message is not None:
            if not message.value().startswith(b"{"):
                raise ledger.Fault("rows: must be JSON. Found: the processor has --results-format protobuf")
            row = json.loads(message.value())
            if row["objective"] == options.objective and not row["part"]:
                layers.setdefault(row["layer"], Layer(row["layer_index"])).add(row)
                changed = True
        whole_steps = len({layer.steps for layer in layers.values()}) == 1
        if options.follow and changed and whole_steps and time.monotonic() - shown > 1:
            print_table(options, layers)
            shown = time.monotonic()
            changed = False
    if not layers:
        raise ledger.Fault("RUN: must have rows of objective %s. Found: none of %s" % (options.objective, options.run))
    print_table(options, layers)
    return 0


if __name__ == "__main__":
    parser = ledger.arguments(__doc__)
    parser.add_argument("--follow", action="store_true", help="go on with what comes, until Ctrl-C")
    ledger.run_to_end(show, parser.parse_args())
