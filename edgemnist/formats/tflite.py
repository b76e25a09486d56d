"""The TFLite flatbuffer, looked into: its contract, and its logits."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from edgemnist.contract import KEY, Contract, Output
from edgemnist.errors import ModelError
from edgemnist.formats import ModelFile
from edgemnist.quiet import loading

with loading("flatbuffers", "pip install flatbuffers"):
    import flatbuffers  # the schema needs it, too, but ai-edge-litert doesn't install it
    from flatbuffers.number_types import Int32Flags, Uint8Flags, Uint32Flags
    from flatbuffers.table import Table

IDENTIFIER = b"TFL3"
# TFLite maps weights straight from the file: the format asks for this, but the Python writer ignores it.
ALIGNMENT = 16
# A damaged length may claim billions of entries.
MOST_METADATA = 1000
# Where the fields that lead to a contract are noted in their tables: after 4 bytes, and 2 for each field before them.
# Source: TFLite's schema.fbs. Its generated reader would take 12 ms to import, of each verdict on a `.tflite` file.
MODEL_BUFFERS, MODEL_METADATA, METADATA_NAME, METADATA_BUFFER, BUFFER_DATA = 12, 16, 4, 6, 4
MODEL_GRAPHS, GRAPH_TENSORS, GRAPH_OUTPUTS, TENSOR_NAME = 8, 4, 8, 10
ARRAY = re.compile(rb"= \{\s*((?:0x[0-9a-f]{2},?\s*)+)\};")
# Operators of one maker alone, by how their names begin: what the file is then, and what to do.
CUSTOM = (
    (rb"edgetpu-custom-op", "it is compiled for Google's Edge TPU, which alone runs it",
     "give the int8 .tflite file that edgetpu_compiler was given: that one is verified, and compiled again"),
    (rb"ethos-u", "it is compiled for Arm's Ethos-U, which alone runs it",
     "give the int8 .tflite file that vela was given: that one is verified, and compiled again"),
    (rb"Flex[A-Z]\w+", "it has operators of TensorFlow itself (Select TF), which edge runtimes haven't",
     "convert the Keras model in its place, without them: `edgemnist.export('model.keras', format='tflite')`"),
)  # fmt: skip
# What the Python reader of flatbuffers raises where an offset leads nowhere.
READ_FAILURES = (struct.error, IndexError, AttributeError, TypeError, ValueError)


def read_contract(file: ModelFile) -> Contract | None:
    """Return the contract in the flatbuffer's metadata, or None where someone else wrote the file.

    Raises:
        ModelError: It is no TFLite flatbuffer, or its contract can't be read.
    """
    path, content = file.path, file.content
    if content[4:8] != IDENTIFIER:
        raise ModelError(
            f"{path}: not a TFLite file: bytes 4 to 7 are {content[4:8]!r}, expected {IDENTIFIER!r}",
            "export one: `edgemnist.export(format='tflite')`",
        )
    try:
        model = Table(content, int.from_bytes(content[:4], "little"))
        for entry in _list_tables(model, MODEL_METADATA, MOST_METADATA):
            name = entry.Offset(METADATA_NAME)
            if name and entry.String(entry.Pos + name) == KEY.encode():
                place = entry.GetSlot(METADATA_BUFFER, 0, Uint32Flags)
                buffer = _get_table(model, MODEL_BUFFERS, place)
                text = buffer.GetVectorAsNumpy(Uint8Flags, _find_field(buffer, BUFFER_DATA)).tobytes()
                return Contract.from_json(text, str(path))
    except READ_FAILURES as error:
        raise ModelError(f"{path}: a damaged TFLite file: {error}", "copy or export it again") from error
    return None


def write_contract(file: ModelFile, contract: Contract) -> bytes:
    """Return the flatbuffer with a contract in its metadata.

    Raises:
        ModelError: It is damaged.
    """
    try:
        return pack(_import_schema().ModelT.InitFromPackedBuf(file.content, 0), contract, len(file.content))
    except READ_FAILURES as error:
        raise ModelError(f"{file.path}: a damaged TFLite file: {error}", "copy or export it again") from error


def pack(model: Any, contract: Contract, size_bytes: int) -> bytes:
    """Return a flatbuffer of a model, with one more entry of metadata: its contract.

    Args:
        model: The schema's `ModelT`, which is changed.
        contract: What it takes and gives.
        size_bytes: About the size of the model.
    """
    schema, document = _import_schema(), contract.to_json().encode()
    buffer, entry = schema.BufferT(), schema.MetadataT()
    buffer.data = np.frombuffer(document, np.uint8)
    entry.name, entry.buffer = KEY, len(model.buffers)
    model.buffers.append(buffer)
    model.metadata = [*(model.metadata or []), entry]
    return pack_model(model, size_bytes + len(document))


def pack_model(model: Any, size_bytes: int) -> bytes:
    """Return a flatbuffer of a model as it is.

    Args:
        model: The schema's `ModelT`.
        size_bytes: About its size.
    """
    builder = _AlignedBuilder(size_bytes)
    builder.Finish(model.Pack(builder), IDENTIFIER)
    return bytes(builder.Output())


class _AlignedBuilder(flatbuffers.Builder):  # type: ignore[misc]
    """A writer that puts weights on 16-byte boundaries, where kernels and microcontrollers expect them."""

    def StartVector(self, elemSize: int, numElems: int, alignment: int) -> Any:  # noqa: N802, N803  (the library's names)
        return super().StartVector(elemSize, numElems, ALIGNMENT if elemSize == 1 else alignment)


def explain_custom(content: bytes) -> tuple[str, str] | None:
    """Say what a file is that an interpreter refuses for an operator of one maker alone, and what to do; else None.

    Example:
        >>> explain_custom(b"... FlexErfc ...")[0]
        "it has operators of TensorFlow itself (Select TF), which edge runtimes haven't: FlexErfc"
    """
    for name, what, hint in CUSTOM:
        if found := re.search(name, content):
            return f"{what}: {found[0].decode()}", hint
    return None


def require_first_output(file: ModelFile, name: str, owner: str) -> None:
    """Refuse a file whose first output isn't the one that holds the scores, where no other is looked at.

    Args:
        file: A `.tflite` file.
        name: Name of the output that holds the scores.
        owner: What takes the first, for the message.

    Raises:
        ModelError: It is another one, or the file is damaged.
    """
    names = _list_outputs(file)
    if len(names) > 1 and names[0] != name:
        raise ModelError(
            f"{file.path}: of its {len(names)} outputs ({', '.join(names)}) {name} holds the scores, and {owner} takes "
            f"the first, {names[0]}",
            "save it with that output alone",
        )


def _list_outputs(file: ModelFile) -> list[str]:
    try:
        graph = _get_table(Table(file.content, int.from_bytes(file.content[:4], "little")), MODEL_GRAPHS, 0)
        places = graph.GetVectorAsNumpy(Int32Flags, _find_field(graph, GRAPH_OUTPUTS)).tolist()
        tensors = [_get_table(graph, GRAPH_TENSORS, place) for place in places[:MOST_METADATA]]
        return [one.String(one.Pos + _find_field(one, TENSOR_NAME)).decode(errors="replace") for one in tensors]
    except READ_FAILURES as error:
        raise ModelError(f"{file.path}: a damaged TFLite file: {error}", "copy or export it again") from error


def _list_tables(owner: Table, field: int, most: int) -> Iterator[Table]:
    offset = owner.Offset(field)
    count = owner.VectorLen(offset) if offset else 0
    return (_get_table(owner, field, index) for index in range(min(count, most)))


def _get_table(owner: Table, field: int, index: int) -> Table:
    start = owner.Vector(_find_field(owner, field))
    return Table(owner.Bytes, owner.Indirect(start + Uint32Flags.bytewidth * index))


def _find_field(table: Table, field: int) -> int:
    if offset := table.Offset(field):
        return int(offset)
    raise ValueError("a field is missing")


def unpack_array(file: ModelFile) -> ModelFile:
    """Return the `.tflite` file that was written as a C array. Compiles and runs nothing.

    Raises:
        ModelError: There is no such array in the file.
    """
    found = ARRAY.search(file.content)
    if found is None:
        raise ModelError(
            f"{file.path}: no array of bytes such as 0x1c,0x00 inside", "export it again, with `format='tflite-array'`"
        )
    content = bytes.fromhex(re.sub(rb"0x|[,\s]", b"", found[1]).decode())
    return ModelFile(file.path.with_suffix(".tflite"), content)


def expose_logits(file: ModelFile) -> ModelFile:
    """Return the file without its softmax, and what follows it: the logits are its output, with their scale.

    Of a file that ends in logits, or in a sigmoid for each class, only a last QUANTIZE or DEQUANTIZE is left out.

    Raises:
        ModelError: it is damaged, or has several softmax layers.
    """
    path, content, contract, schema = file.path, file.content, file.contract, _import_schema()
    try:
        model = schema.ModelT.InitFromPackedBuf(content, 0)
        graph = model.subgraphs[0]
        kinds = [_get_kind(model, operator) for operator in graph.operators]
        cuts = [index for index, kind in enumerate(kinds) if kind == schema.BuiltinOperator.SOFTMAX]
        if len(cuts) > 1:
            raise ModelError(f"{path}: has {len(cuts)} softmax layers, expected one, to read the logits before it")
        softmax = bool(cuts)
        if not cuts and kinds[-1] in (schema.BuiltinOperator.QUANTIZE, schema.BuiltinOperator.DEQUANTIZE):
            cuts = [len(kinds) - 1]
        logits = graph.operators[cuts[0]].inputs[0] if cuts else graph.outputs[0]
        graph.operators = graph.operators[: cuts[0]] if cuts else graph.operators
        graph.outputs, model.signatureDefs = [logits], None
        if contract:
            output = _read_logits(graph.tensors[logits])
            kind = output.kind if softmax else contract.output.kind
            _replace_contract(model, replace(contract, output=replace(output, kind=kind)))
        builder = flatbuffers.Builder(len(content))
        builder.Finish(model.Pack(builder), IDENTIFIER)
    except READ_FAILURES as error:
        raise ModelError(f"{path}: a damaged TFLite file: {error}", "copy or export it again") from error
    return ModelFile(path, bytes(builder.Output()))


def _import_schema() -> Any:
    with loading("ai_edge_litert", "pip install ai-edge-litert"):
        from ai_edge_litert import schema_py_generated
    return schema_py_generated


def _get_kind(model: Any, operator: Any) -> int:
    code = model.operatorCodes[operator.opcodeIndex]
    return int(max(code.builtinCode, code.deprecatedBuiltinCode))


def _read_logits(tensor: Any) -> Output:
    name = tensor.name.decode()
    if tensor.type == _import_schema().TensorType.FLOAT32:
        return Output(name, "float32", "logits")
    return Output(name, "int8", "logits", float(tensor.quantization.scale[0]), int(tensor.quantization.zeroPoint[0]))


def _replace_contract(model: Any, contract: Contract) -> None:
    for entry in model.metadata:
        if entry.name in (KEY, KEY.encode()):
            model.buffers[entry.buffer].data = np.frombuffer(contract.to_json().encode(), np.uint8)
