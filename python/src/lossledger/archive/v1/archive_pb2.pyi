from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Entry(_message.Message):
    __slots__ = ["header", "manifest", "record", "trailer"]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    MANIFEST_FIELD_NUMBER: _ClassVar[int]
    RECORD_FIELD_NUMBER: _ClassVar[int]
    TRAILER_FIELD_NUMBER: _ClassVar[int]
    header: Header
    manifest: bytes
    record: Record
    trailer: Trailer
    def __init__(self, header: _Optional[_Union[Header, _Mapping]] = ..., record: _Optional[_Union[Record, _Mapping]] = ..., trailer: _Optional[_Union[Trailer, _Mapping]] = ..., manifest: _Optional[bytes] = ...) -> None: ...

class Header(_message.Message):
    __slots__ = ["exported_millis", "manifest", "run", "version"]
    EXPORTED_MILLIS_FIELD_NUMBER: _ClassVar[int]
    MANIFEST_FIELD_NUMBER: _ClassVar[int]
    RUN_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    exported_millis: int
    manifest: bytes
    run: str
    version: int
    def __init__(self, version: _Optional[int] = ..., run: _Optional[str] = ..., manifest: _Optional[bytes] = ..., exported_millis: _Optional[int] = ...) -> None: ...

class Record(_message.Message):
    __slots__ = ["headers", "key", "timestamp_millis", "topic", "value"]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_MILLIS_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    headers: _containers.RepeatedCompositeFieldContainer[RecordHeader]
    key: bytes
    timestamp_millis: int
    topic: str
    value: bytes
    def __init__(self, key: _Optional[bytes] = ..., value: _Optional[bytes] = ..., timestamp_millis: _Optional[int] = ..., headers: _Optional[_Iterable[_Union[RecordHeader, _Mapping]]] = ..., topic: _Optional[str] = ...) -> None: ...

class RecordHeader(_message.Message):
    __slots__ = ["key", "value"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: bytes
    def __init__(self, key: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...

class Trailer(_message.Message):
    __slots__ = ["bytes", "first_millis", "last_millis", "records", "sha256"]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    FIRST_MILLIS_FIELD_NUMBER: _ClassVar[int]
    LAST_MILLIS_FIELD_NUMBER: _ClassVar[int]
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    bytes: int
    first_millis: int
    last_millis: int
    records: int
    sha256: bytes
    def __init__(self, records: _Optional[int] = ..., bytes: _Optional[int] = ..., first_millis: _Optional[int] = ..., last_millis: _Optional[int] = ..., sha256: _Optional[bytes] = ...) -> None: ...
