"""The topics of the ledger as a Kafka client in Python sees them; needs nothing of LossLedger's code."""

import argparse
import importlib
import os
import sys
import time

PATIENCE_SECONDS = 10


class Fault(Exception):
    """What the user can mend, on one line."""


def say(fault):
    print("%s: %s" % (os.path.basename(sys.argv[0]), fault), file=sys.stderr)


def require(module):
    """Imports a module, or ends and names the one that is missing."""
    try:
        return importlib.import_module(module)
    except ImportError:
        say("%s: must be installed for %s. Found: none" % (module, sys.executable))
        sys.exit(2)


confluent_kafka = require("confluent_kafka")


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("run", metavar="RUN", help="id of the run")
    parser.add_argument("--bootstrap-server", metavar="HOST:PORT", default="localhost:9092", help="default: %(default)s")
    parser.add_argument("--topic-prefix", metavar="TEXT", default="lossledger.", help="default: %(default)s")
    parser.add_argument("--objective", metavar="NAME", default="train", help="default: %(default)s")
    return parser


def records(options, topic, follow=False):
    """Yields the committed records of a run that are there, and with follow those that come; None when there is none at the moment."""
    name = options.topic_prefix + topic
    consumer = confluent_kafka.Consumer({
        "bootstrap.servers": options.bootstrap_server,
        "group.id": "none",  # asked for by the client; no offset is committed, so any name will do
        "enable.auto.commit": False,
        "isolation.level": "read_committed",
        "enable.partition.eof": True,
        "log_level": 2,  # what goes wrong is said below
    })
    try:
        partitions = consumer.list_topics(name, timeout=PATIENCE_SECONDS).topics[name].partitions
        if not partitions:
            raise Fault("topic: must exist (create it with: lossledger topics --create). Found: no " + name)
        consumer.assign([confluent_kafka.TopicPartition(name, p, confluent_kafka.OFFSET_BEGINNING) for p in partitions])
        unread = set(partitions)
        sign_of_life = time.monotonic()
        while follow or unread:
            message = consumer.poll(0.2)
            if message is None:
                if unread and time.monotonic() - sign_of_life > PATIENCE_SECONDS:
                    raise Fault("%s: must answer within %d s. Found: nothing" % (name, PATIENCE_SECONDS))
                yield None
                continue
            sign_of_life = time.monotonic()
            if message.error():
                if message.error().code() != confluent_kafka.KafkaError._PARTITION_EOF:
                    raise confluent_kafka.KafkaException(message.error())
                unread.discard(message.partition())
            elif message.value() is not None and is_of(options.run, message.key()):
                yield message
    finally:
        consumer.close()


def is_of(run, key):
    """Rows have the run as their key; updates the run, tensor and chunk."""
    return key is not None and key.decode("utf-8", "replace").split("|")[0] == run


def run_to_end(program, options):
    """Runs a program and ends with its exit code; with 2 and one line if the user can mend it, with 130 after Ctrl-C."""
    try:
        code = program(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:  # such as by head; Python would complain once more when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Fault as fault:
        say(fault)
        code = 2
    except confluent_kafka.KafkaException as fault:
        say("%s: %s" % (options.bootstrap_server, fault.args[0].str()))
        code = 2
    sys.exit(code)
