"""How rows and manifests are written: proto3 JSON on one line, or the binary form. Source: RowFormat of the Java side."""

from __future__ import annotations

import inspect
import json
from typing import Any, TypeVar

from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message

M = TypeVar("M", bound=Message)


def _print_options() -> dict[str, Any]:
    options: dict[str, Any] = {"preserving_proto_field_name": True}
    known = inspect.signature(json_format.MessageToDict).parameters
    newer, older = "always_print_fields_with_no_presence", "including_default_value_fields"  # renamed in protobuf 5.26
    options[newer if newer in known else older] = True
    return options


_OPTIONS = _print_options()


def to_json(message: Message) -> bytes:
    """Names as in the contract, every field without presence printed; a number that is not finite becomes text."""
    values = json_format.MessageToDict(message, **_OPTIONS)
    return json.dumps(values, separators=(",", ":"), allow_nan=False).encode()


def parse(row: bytes, message: M) -> M:
    """Parses a row of either format into an empty message and returns it; skips fields that it does not know.

    In a binary row a brace would begin a group, and the messages have no groups. Raises ValueError when the bytes are not
    such a row.
    """
    try:
        if row[:1] == b"{":
            json_format.Parse(row.decode(), message, ignore_unknown_fields=True)
        else:
            message.ParseFromString(row)
    except (json_format.ParseError, DecodeError) as e:
        raise ValueError(f"row: must be a {message.DESCRIPTOR.name}. Found: {len(row)} bytes, {e}") from e
    return message
