from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
ELEMENT_TYPE_FLOAT32: ElementType
ELEMENT_TYPE_FLOAT64: ElementType
ELEMENT_TYPE_UNSPECIFIED: ElementType
OBJECTIVE_KIND_FIXED: ObjectiveKind
OBJECTIVE_KIND_SAMPLED: ObjectiveKind
OBJECTIVE_KIND_UNSPECIFIED: ObjectiveKind
PARAMETER_ROLE_BIAS: ParameterRole
PARAMETER_ROLE_GAIN: ParameterRole
PARAMETER_ROLE_OTHER: ParameterRole
PARAMETER_ROLE_UNSPECIFIED: ParameterRole
PARAMETER_ROLE_WEIGHT: ParameterRole
RUN_ACTION_DELETE: RunAction
RUN_ACTION_END: RunAction
RUN_ACTION_UNSPECIFIED: RunAction
RUN_STATUS_DELETED: RunStatus
RUN_STATUS_FAILED: RunStatus
RUN_STATUS_FINISHED: RunStatus
RUN_STATUS_INTERRUPTED: RunStatus
RUN_STATUS_RUNNING: RunStatus
RUN_STATUS_UNSPECIFIED: RunStatus

class AllocatedChunk(_message.Message):
    __slots__ = ["coarse_sums", "parts", "rule", "sampling_error", "sums", "unit_lca", "unit_lca_float"]
    COARSE_SUMS_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    SAMPLING_ERROR_FIELD_NUMBER: _ClassVar[int]
    SUMS_FIELD_NUMBER: _ClassVar[int]
    UNIT_LCA_FIELD_NUMBER: _ClassVar[int]
    UNIT_LCA_FLOAT_FIELD_NUMBER: _ClassVar[int]
    coarse_sums: bool
    parts: _containers.RepeatedCompositeFieldContainer[AllocatedPart]
    rule: str
    sampling_error: float
    sums: AllocationSums
    unit_lca: _containers.RepeatedScalarFieldContainer[float]
    unit_lca_float: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, rule: _Optional[str] = ..., sums: _Optional[_Union[AllocationSums, _Mapping]] = ..., unit_lca: _Optional[_Iterable[float]] = ..., sampling_error: _Optional[float] = ..., coarse_sums: bool = ..., parts: _Optional[_Iterable[_Union[AllocatedPart, _Mapping]]] = ..., unit_lca_float: _Optional[_Iterable[float]] = ...) -> None: ...

class AllocatedPart(_message.Message):
    __slots__ = ["name", "sums", "unit_lca", "unit_lca_float"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SUMS_FIELD_NUMBER: _ClassVar[int]
    UNIT_LCA_FIELD_NUMBER: _ClassVar[int]
    UNIT_LCA_FLOAT_FIELD_NUMBER: _ClassVar[int]
    name: str
    sums: AllocationSums
    unit_lca: _containers.RepeatedScalarFieldContainer[float]
    unit_lca_float: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, name: _Optional[str] = ..., sums: _Optional[_Union[AllocationSums, _Mapping]] = ..., unit_lca: _Optional[_Iterable[float]] = ..., unit_lca_float: _Optional[_Iterable[float]] = ...) -> None: ...

class AllocationSums(_message.Message):
    __slots__ = ["absolute_estimate", "coarse_lca", "delta_squares", "gradient_squares", "harm", "help", "helped", "hurt", "largest_harm", "largest_help", "lca", "nonfinite", "parameters", "sum_of_squares", "zero"]
    ABSOLUTE_ESTIMATE_FIELD_NUMBER: _ClassVar[int]
    COARSE_LCA_FIELD_NUMBER: _ClassVar[int]
    DELTA_SQUARES_FIELD_NUMBER: _ClassVar[int]
    GRADIENT_SQUARES_FIELD_NUMBER: _ClassVar[int]
    HARM_FIELD_NUMBER: _ClassVar[int]
    HELPED_FIELD_NUMBER: _ClassVar[int]
    HELP_FIELD_NUMBER: _ClassVar[int]
    HURT_FIELD_NUMBER: _ClassVar[int]
    LARGEST_HARM_FIELD_NUMBER: _ClassVar[int]
    LARGEST_HELP_FIELD_NUMBER: _ClassVar[int]
    LCA_FIELD_NUMBER: _ClassVar[int]
    NONFINITE_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    SUM_OF_SQUARES_FIELD_NUMBER: _ClassVar[int]
    ZERO_FIELD_NUMBER: _ClassVar[int]
    absolute_estimate: float
    coarse_lca: float
    delta_squares: float
    gradient_squares: float
    harm: float
    help: float
    helped: int
    hurt: int
    largest_harm: float
    largest_help: float
    lca: float
    nonfinite: int
    parameters: int
    sum_of_squares: float
    zero: int
    def __init__(self, parameters: _Optional[int] = ..., helped: _Optional[int] = ..., hurt: _Optional[int] = ..., zero: _Optional[int] = ..., nonfinite: _Optional[int] = ..., lca: _Optional[float] = ..., help: _Optional[float] = ..., harm: _Optional[float] = ..., sum_of_squares: _Optional[float] = ..., largest_help: _Optional[float] = ..., largest_harm: _Optional[float] = ..., coarse_lca: _Optional[float] = ..., absolute_estimate: _Optional[float] = ..., gradient_squares: _Optional[float] = ..., delta_squares: _Optional[float] = ...) -> None: ...

class AveragedGradient(_message.Message):
    __slots__ = ["coarse_mean", "mean", "rule"]
    COARSE_MEAN_FIELD_NUMBER: _ClassVar[int]
    MEAN_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    coarse_mean: bytes
    mean: bytes
    rule: str
    def __init__(self, rule: _Optional[str] = ..., mean: _Optional[bytes] = ..., coarse_mean: _Optional[bytes] = ...) -> None: ...

class NodeGradients(_message.Message):
    __slots__ = ["node"]
    NODE_FIELD_NUMBER: _ClassVar[int]
    node: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, node: _Optional[_Iterable[bytes]] = ...) -> None: ...

class ObjectiveChunk(_message.Message):
    __slots__ = ["allocated", "averaged", "capped", "kind", "loss_end", "loss_start", "name", "nodes", "sampling_contrast", "stratum", "weight"]
    ALLOCATED_FIELD_NUMBER: _ClassVar[int]
    AVERAGED_FIELD_NUMBER: _ClassVar[int]
    CAPPED_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    LOSS_END_FIELD_NUMBER: _ClassVar[int]
    LOSS_START_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    SAMPLING_CONTRAST_FIELD_NUMBER: _ClassVar[int]
    STRATUM_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    allocated: AllocatedChunk
    averaged: AveragedGradient
    capped: bool
    kind: ObjectiveKind
    loss_end: float
    loss_start: float
    name: str
    nodes: NodeGradients
    sampling_contrast: bytes
    stratum: str
    weight: float
    def __init__(self, name: _Optional[str] = ..., weight: _Optional[float] = ..., kind: _Optional[_Union[ObjectiveKind, str]] = ..., stratum: _Optional[str] = ..., loss_start: _Optional[float] = ..., loss_end: _Optional[float] = ..., capped: bool = ..., nodes: _Optional[_Union[NodeGradients, _Mapping]] = ..., averaged: _Optional[_Union[AveragedGradient, _Mapping]] = ..., allocated: _Optional[_Union[AllocatedChunk, _Mapping]] = ..., sampling_contrast: _Optional[bytes] = ...) -> None: ...

class RunFinished(_message.Message):
    __slots__ = ["outcome"]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    outcome: RunStatus
    def __init__(self, outcome: _Optional[_Union[RunStatus, str]] = ...) -> None: ...

class RunRequest(_message.Message):
    __slots__ = ["action", "partition", "partitions"]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    PARTITIONS_FIELD_NUMBER: _ClassVar[int]
    PARTITION_FIELD_NUMBER: _ClassVar[int]
    action: RunAction
    partition: int
    partitions: int
    def __init__(self, action: _Optional[_Union[RunAction, str]] = ..., partition: _Optional[int] = ..., partitions: _Optional[int] = ...) -> None: ...

class SegmentLost(_message.Message):
    __slots__ = ["reason"]
    REASON_FIELD_NUMBER: _ClassVar[int]
    reason: str
    def __init__(self, reason: _Optional[str] = ...) -> None: ...

class StepFacts(_message.Message):
    __slots__ = ["examples", "learning_rate", "minibatch_loss", "time", "warning"]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    LEARNING_RATE_FIELD_NUMBER: _ClassVar[int]
    MINIBATCH_LOSS_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    WARNING_FIELD_NUMBER: _ClassVar[int]
    examples: int
    learning_rate: float
    minibatch_loss: float
    time: _timestamp_pb2.Timestamp
    warning: str
    def __init__(self, minibatch_loss: _Optional[float] = ..., learning_rate: _Optional[float] = ..., examples: _Optional[int] = ..., time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., warning: _Optional[str] = ...) -> None: ...

class TensorChunk(_message.Message):
    __slots__ = ["count", "delta", "element_type", "first_unit", "layer", "layer_index", "objectives", "offset", "parameters_per_unit", "parts", "role", "tensor_name"]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    DELTA_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    FIRST_UNIT_FIELD_NUMBER: _ClassVar[int]
    LAYER_FIELD_NUMBER: _ClassVar[int]
    LAYER_INDEX_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVES_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_PER_UNIT_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    TENSOR_NAME_FIELD_NUMBER: _ClassVar[int]
    count: int
    delta: bytes
    element_type: ElementType
    first_unit: int
    layer: str
    layer_index: int
    objectives: _containers.RepeatedCompositeFieldContainer[ObjectiveChunk]
    offset: int
    parameters_per_unit: int
    parts: _containers.RepeatedCompositeFieldContainer[UpdatePart]
    role: ParameterRole
    tensor_name: str
    def __init__(self, tensor_name: _Optional[str] = ..., layer: _Optional[str] = ..., layer_index: _Optional[int] = ..., role: _Optional[_Union[ParameterRole, str]] = ..., element_type: _Optional[_Union[ElementType, str]] = ..., offset: _Optional[int] = ..., count: _Optional[int] = ..., parameters_per_unit: _Optional[int] = ..., first_unit: _Optional[int] = ..., delta: _Optional[bytes] = ..., objectives: _Optional[_Iterable[_Union[ObjectiveChunk, _Mapping]]] = ..., parts: _Optional[_Iterable[_Union[UpdatePart, _Mapping]]] = ...) -> None: ...

class Update(_message.Message):
    __slots__ = ["any_order", "chunk", "chunks_in_step", "facts", "finished", "first_step", "lost", "request", "run", "session", "step", "steps_covered", "tensor", "tensor_chunk"]
    ANY_ORDER_FIELD_NUMBER: _ClassVar[int]
    CHUNKS_IN_STEP_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    FIRST_STEP_FIELD_NUMBER: _ClassVar[int]
    LOST_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    RUN_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    STEPS_COVERED_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    TENSOR_CHUNK_FIELD_NUMBER: _ClassVar[int]
    TENSOR_FIELD_NUMBER: _ClassVar[int]
    any_order: bool
    chunk: int
    chunks_in_step: int
    facts: StepFacts
    finished: RunFinished
    first_step: int
    lost: SegmentLost
    request: RunRequest
    run: str
    session: int
    step: int
    steps_covered: int
    tensor: int
    tensor_chunk: TensorChunk
    def __init__(self, run: _Optional[str] = ..., step: _Optional[int] = ..., steps_covered: _Optional[int] = ..., first_step: _Optional[int] = ..., tensor: _Optional[int] = ..., chunk: _Optional[int] = ..., chunks_in_step: _Optional[int] = ..., facts: _Optional[_Union[StepFacts, _Mapping]] = ..., session: _Optional[int] = ..., any_order: bool = ..., tensor_chunk: _Optional[_Union[TensorChunk, _Mapping]] = ..., finished: _Optional[_Union[RunFinished, _Mapping]] = ..., request: _Optional[_Union[RunRequest, _Mapping]] = ..., lost: _Optional[_Union[SegmentLost, _Mapping]] = ...) -> None: ...

class UpdatePart(_message.Message):
    __slots__ = ["delta", "name"]
    DELTA_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    delta: bytes
    name: str
    def __init__(self, name: _Optional[str] = ..., delta: _Optional[bytes] = ...) -> None: ...

class ParameterRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class RunAction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class ElementType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class ObjectiveKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class RunStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
