from google.protobuf import timestamp_pb2 as _timestamp_pb2
from lossledger.v1 import update_pb2 as _update_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LayerManifest(_message.Message):
    __slots__ = ["kind", "layer", "tensors", "units"]
    KIND_FIELD_NUMBER: _ClassVar[int]
    LAYER_FIELD_NUMBER: _ClassVar[int]
    TENSORS_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    kind: str
    layer: str
    tensors: _containers.RepeatedCompositeFieldContainer[TensorManifest]
    units: int
    def __init__(self, layer: _Optional[str] = ..., kind: _Optional[str] = ..., units: _Optional[int] = ..., tensors: _Optional[_Iterable[_Union[TensorManifest, _Mapping]]] = ...) -> None: ...

class ObjectiveManifest(_message.Message):
    __slots__ = ["chunk_examples", "examples", "kind", "loss", "name", "sample_examples", "stratum", "weight"]
    CHUNK_EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    LOSS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    STRATUM_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    chunk_examples: int
    examples: int
    kind: _update_pb2.ObjectiveKind
    loss: str
    name: str
    sample_examples: int
    stratum: str
    weight: float
    def __init__(self, name: _Optional[str] = ..., weight: _Optional[float] = ..., kind: _Optional[_Union[_update_pb2.ObjectiveKind, str]] = ..., stratum: _Optional[str] = ..., examples: _Optional[int] = ..., loss: _Optional[str] = ..., chunk_examples: _Optional[int] = ..., sample_examples: _Optional[int] = ...) -> None: ...

class RunManifest(_message.Message):
    __slots__ = ["absolute_tolerance", "batch_size", "data_set", "element_type", "ended", "evaluator", "every", "failure", "first_step", "last_step", "layers", "max_gradients_per_step", "max_splits", "model", "objectives", "optimizer", "parameters", "parent_run", "parent_step", "planned_steps", "relative_tolerance", "rule", "run", "seed", "sent_step", "sent_time", "session", "skipped_steps", "started", "status", "trajectory", "versions", "warnings"]
    class VersionsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ABSOLUTE_TOLERANCE_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    DATA_SET_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    EVALUATOR_FIELD_NUMBER: _ClassVar[int]
    EVERY_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    FIRST_STEP_FIELD_NUMBER: _ClassVar[int]
    LAST_STEP_FIELD_NUMBER: _ClassVar[int]
    LAYERS_FIELD_NUMBER: _ClassVar[int]
    MAX_GRADIENTS_PER_STEP_FIELD_NUMBER: _ClassVar[int]
    MAX_SPLITS_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVES_FIELD_NUMBER: _ClassVar[int]
    OPTIMIZER_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    PARENT_RUN_FIELD_NUMBER: _ClassVar[int]
    PARENT_STEP_FIELD_NUMBER: _ClassVar[int]
    PLANNED_STEPS_FIELD_NUMBER: _ClassVar[int]
    RELATIVE_TOLERANCE_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    RUN_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    SENT_STEP_FIELD_NUMBER: _ClassVar[int]
    SENT_TIME_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_STEPS_FIELD_NUMBER: _ClassVar[int]
    STARTED_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    TRAJECTORY_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    absolute_tolerance: float
    batch_size: int
    data_set: str
    element_type: _update_pb2.ElementType
    ended: _timestamp_pb2.Timestamp
    evaluator: str
    every: int
    failure: str
    first_step: int
    last_step: int
    layers: _containers.RepeatedCompositeFieldContainer[LayerManifest]
    max_gradients_per_step: int
    max_splits: int
    model: str
    objectives: _containers.RepeatedCompositeFieldContainer[ObjectiveManifest]
    optimizer: str
    parameters: float
    parent_run: str
    parent_step: int
    planned_steps: int
    relative_tolerance: float
    rule: str
    run: str
    seed: int
    sent_step: int
    sent_time: _timestamp_pb2.Timestamp
    session: int
    skipped_steps: int
    started: _timestamp_pb2.Timestamp
    status: _update_pb2.RunStatus
    trajectory: TrajectoryManifest
    versions: _containers.ScalarMap[str, str]
    warnings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, run: _Optional[str] = ..., status: _Optional[_Union[_update_pb2.RunStatus, str]] = ..., failure: _Optional[str] = ..., model: _Optional[str] = ..., layers: _Optional[_Iterable[_Union[LayerManifest, _Mapping]]] = ..., parameters: _Optional[float] = ..., objectives: _Optional[_Iterable[_Union[ObjectiveManifest, _Mapping]]] = ..., rule: _Optional[str] = ..., max_splits: _Optional[int] = ..., element_type: _Optional[_Union[_update_pb2.ElementType, str]] = ..., every: _Optional[int] = ..., data_set: _Optional[str] = ..., optimizer: _Optional[str] = ..., batch_size: _Optional[int] = ..., seed: _Optional[int] = ..., first_step: _Optional[int] = ..., last_step: _Optional[int] = ..., skipped_steps: _Optional[int] = ..., parent_run: _Optional[str] = ..., parent_step: _Optional[int] = ..., versions: _Optional[_Mapping[str, str]] = ..., started: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., ended: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., absolute_tolerance: _Optional[float] = ..., relative_tolerance: _Optional[float] = ..., max_gradients_per_step: _Optional[int] = ..., evaluator: _Optional[str] = ..., warnings: _Optional[_Iterable[str]] = ..., session: _Optional[int] = ..., planned_steps: _Optional[int] = ..., sent_step: _Optional[int] = ..., sent_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., trajectory: _Optional[_Union[TrajectoryManifest, _Mapping]] = ...) -> None: ...

class TensorManifest(_message.Message):
    __slots__ = ["first_unit", "offset", "parameters_per_unit", "role", "shape", "tensor_name"]
    FIRST_UNIT_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_PER_UNIT_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    TENSOR_NAME_FIELD_NUMBER: _ClassVar[int]
    first_unit: int
    offset: int
    parameters_per_unit: int
    role: _update_pb2.ParameterRole
    shape: _containers.RepeatedScalarFieldContainer[int]
    tensor_name: str
    def __init__(self, tensor_name: _Optional[str] = ..., shape: _Optional[_Iterable[int]] = ..., role: _Optional[_Union[_update_pb2.ParameterRole, str]] = ..., parameters_per_unit: _Optional[int] = ..., first_unit: _Optional[int] = ..., offset: _Optional[int] = ...) -> None: ...

class TrajectoryManifest(_message.Message):
    __slots__ = ["chunk_parameters", "configuration", "data_fingerprint", "element_type", "network", "objective_examples", "partitions", "recorded_run", "steps_in_block", "vector_length"]
    CHUNK_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    DATA_FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    NETWORK_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVE_EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    PARTITIONS_FIELD_NUMBER: _ClassVar[int]
    RECORDED_RUN_FIELD_NUMBER: _ClassVar[int]
    STEPS_IN_BLOCK_FIELD_NUMBER: _ClassVar[int]
    VECTOR_LENGTH_FIELD_NUMBER: _ClassVar[int]
    chunk_parameters: int
    configuration: str
    data_fingerprint: str
    element_type: _update_pb2.ElementType
    network: str
    objective_examples: int
    partitions: int
    recorded_run: str
    steps_in_block: int
    vector_length: int
    def __init__(self, steps_in_block: _Optional[int] = ..., vector_length: _Optional[int] = ..., element_type: _Optional[_Union[_update_pb2.ElementType, str]] = ..., chunk_parameters: _Optional[int] = ..., network: _Optional[str] = ..., configuration: _Optional[str] = ..., data_fingerprint: _Optional[str] = ..., objective_examples: _Optional[int] = ..., recorded_run: _Optional[str] = ..., partitions: _Optional[int] = ...) -> None: ...
