from lossledger.v1 import update_pb2 as _update_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class BlockEnd(_message.Message):
    __slots__ = ["points"]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    points: int
    def __init__(self, points: _Optional[int] = ...) -> None: ...

class Point(_message.Message):
    __slots__ = ["block", "chunk", "end", "facts", "first_step", "path", "run", "session", "step", "steps_in_block"]
    BLOCK_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    FIRST_STEP_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    RUN_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    STEPS_IN_BLOCK_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    block: int
    chunk: PointChunk
    end: BlockEnd
    facts: _update_pb2.StepFacts
    first_step: int
    path: int
    run: str
    session: int
    step: int
    steps_in_block: int
    def __init__(self, run: _Optional[str] = ..., session: _Optional[int] = ..., first_step: _Optional[int] = ..., steps_in_block: _Optional[int] = ..., block: _Optional[int] = ..., step: _Optional[int] = ..., path: _Optional[int] = ..., facts: _Optional[_Union[_update_pb2.StepFacts, _Mapping]] = ..., chunk: _Optional[_Union[PointChunk, _Mapping]] = ..., end: _Optional[_Union[BlockEnd, _Mapping]] = ...) -> None: ...

class PointChunk(_message.Message):
    __slots__ = ["chunk", "chunks", "count", "element_type", "length", "offset", "values"]
    CHUNKS_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    chunk: int
    chunks: int
    count: int
    element_type: _update_pb2.ElementType
    length: int
    offset: int
    values: bytes
    def __init__(self, chunk: _Optional[int] = ..., chunks: _Optional[int] = ..., element_type: _Optional[_Union[_update_pb2.ElementType, str]] = ..., offset: _Optional[int] = ..., count: _Optional[int] = ..., length: _Optional[int] = ..., values: _Optional[bytes] = ...) -> None: ...
