"""The layers of a `.keras` or `.h5` file with their variables, read with `h5py`: without Keras, in a tenth of a second.

Keras finds a layer's variables by its class and its place among the layers of that class: so does this reader.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from edgemnist.contract import Contract
from edgemnist.errors import ModelError, take_first_line
from edgemnist.formats.keras import CONTRACT_MEMBER, OLD, ZIP_FAILURES, read_member
from edgemnist.formats.keras_config import MODELS
from edgemnist.formats.weights.layouts import Budget
from edgemnist.quiet import loading

with loading("h5py", "pip install h5py"):
    import h5py

WEIGHTS_MEMBER = "model.weights.h5"
CONFIG_MEMBER = "config.json"
# Where an archive has the variables of the layers, beside those of optimizer and metrics.
LAYERS = "layers"
FAILURES = (*ZIP_FAILURES, TypeError, ArithmeticError, AttributeError, MemoryError)


@dataclass(eq=False)
class KerasLayer:
    """A layer as the file describes it, with its variables.

    Args:
        name: Its own name.
        kind: Keras's class.
        config: Its settings.
        inputs: Names of the layers whose outputs it takes; none in a Sequential, where that is the one before.
        variables: In Keras's order.
        input_shape: Shape that it was built for, with the batch in front; None where the file doesn't say.
        calls: How many times it is used; more than once where its weights are shared.
    """

    name: str
    kind: str
    config: dict[str, Any]
    inputs: list[str]
    variables: list[NDArray[Any]]
    input_shape: tuple[Any, ...] | None = None
    calls: int = 1


@dataclass(frozen=True, eq=False)
class KerasFile:
    """What is read of a file.

    Args:
        layers: In the order in which they are described, those of models inside it in their place.
        contract: The contract inside; None where there is none.
        values: Number of values in all variables, those of layers whose variables aren't found among them.
    """

    layers: list[KerasLayer]
    contract: Contract | None
    values: int


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn what a damaged file makes its readers raise into an error of the file.

    Args:
        name: Name of the file, for the message.

    Raises:
        ModelError: It is damaged.
    """
    try:
        yield
    except FAILURES as error:
        raise ModelError(
            f"{name}: its weights can't be read: {take_first_line(error)}",
            "save it again with model.save('model.keras'), from Keras 3",
        ) from error


def read_layers(content: bytes, name: str) -> KerasFile:
    """Read the layers of a file. Runs nothing; what it raises over a damaged file, `reading` turns into an error.

    Args:
        content: Bytes of the file.
        name: Name of the file, whose ending says what it is, as Keras decides it.
    """
    if Path(name).suffix in OLD:
        with h5py.File(io.BytesIO(content), "r") as store:
            return KerasFile(list(_list_old_layers(store, Budget(len(content)))), None, _count(store["model_weights"]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        config = json.loads(read_member(archive, CONFIG_MEMBER, len(content)))
        weights = read_member(archive, WEIGHTS_MEMBER, len(content))
        there = CONTRACT_MEMBER in archive.namelist()
        document = read_member(archive, CONTRACT_MEMBER, len(content)) if there else None
    with h5py.File(io.BytesIO(weights), "r") as store:
        layers, values = list(_list_layers(config, store, LAYERS, Budget(len(weights)))), _count(store.get(LAYERS))
    return KerasFile(layers, Contract.from_json(document, name) if document is not None else None, values)


def is_seed(values: Any) -> bool:
    """True for the state of a random generator, such as Dropout's: an array, or a data set of HDF5."""
    return bool(values.dtype.kind == "u" and values.size <= 2)


def _count(group: Any) -> int:
    """Count the values of all variables in a group; None has none. Links out of the file aren't followed."""
    sizes: list[int] = []

    def add(path: str, found: Any) -> None:
        if isinstance(found, h5py.Dataset) and not is_seed(found):
            sizes.append(int(found.size))

    if group is not None:
        group.visititems(add)
    return sum(sizes)


def _list_layers(config: dict[str, Any], store: Any, path: str, budget: Budget, calls: int = 1) -> Iterator[KerasLayer]:
    """The layers of a model, those of models inside it in their place."""
    counts: Counter[str] = Counter()
    for entry in config["config"]["layers"]:
        kind, settings = str(entry["class_name"]), entry["config"]
        snake = _spell_snake(kind)
        place = f"{path}/{snake}_{counts[snake]}" if counts[snake] else f"{path}/{snake}"
        counts[snake] += 1
        if kind in MODELS:
            yield from _list_layers(entry, store, f"{place}/layers", budget, calls * _count_calls(entry))
        else:
            name = str(settings.get("name", kind))
            inputs = list(_find_inputs(entry.get("inbound_nodes", [])))
            variables = _read_variables(store, f"{place}/vars", budget)
            shape, uses = _find_input_shape(entry), calls * _count_calls(entry)
            yield KerasLayer(name, kind, settings, inputs, variables, shape, uses)


def _list_old_layers(store: Any, budget: Budget) -> Iterator[KerasLayer]:
    """The layers of an `.h5` file, which has variables by the names of layers."""
    for entry in json.loads(store.attrs["model_config"])["config"]["layers"]:
        kind, settings = str(entry["class_name"]), entry["config"]
        if kind in MODELS:
            raise ValueError(f"a model inside a model, {settings.get('name', kind)}, in an .h5 file")
        name = str(settings.get("name", kind))
        group = store["model_weights"].get(name)
        names = (
            []
            if group is None
            else [one if isinstance(one, str) else one.decode() for one in group.attrs.get("weight_names", ())]
        )
        variables = [_read_variable(group, variable, budget) for variable in names]
        inputs = list(_find_inputs(entry.get("inbound_nodes", [])))
        yield KerasLayer(name, kind, settings, inputs, variables, _find_input_shape(entry), _count_calls(entry))


def _find_input_shape(entry: dict[str, Any]) -> tuple[Any, ...] | None:
    """The shape that Keras 3 notes of a layer; Keras 2 notes none."""
    shape = (entry.get("build_config") or {}).get("input_shape")
    return tuple(shape) if isinstance(shape, list) else None


def _count_calls(entry: dict[str, Any]) -> int:
    """How many times a layer is used; a Sequential doesn't say it, and uses each once."""
    return max(1, len(entry.get("inbound_nodes") or []))


def _spell_snake(name: str) -> str:
    """Spell a class name as Keras names its group: DepthwiseConv2D is depthwise_conv2d."""
    spelled = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", spelled).lower()


def _find_inputs(described: Any) -> Iterator[str]:
    """The names of the layers whose outputs a layer takes; none in a Sequential, where the one before it gives them."""
    if isinstance(described, dict):
        if "keras_history" in described:
            yield str(described["keras_history"][0])
            return
        described = list(described.values())
    if isinstance(described, list):
        if len(described) >= 3 and isinstance(described[0], str):  # as Keras 2 has it
            yield described[0]
            return
        for one in described:
            yield from _find_inputs(one)


def _read_variables(store: Any, path: str, budget: Budget) -> list[NDArray[Any]]:
    """The variables of a layer, in Keras's order. Links out of the file and virtual data are refused."""
    if path not in store:
        return []
    return [_read_variable(store[path], key, budget) for key in sorted(store[path], key=int)]


def _read_variable(group: Any, key: str, budget: Budget) -> NDArray[Any]:
    if not isinstance(group.get(key, getlink=True), h5py.HardLink) or not _is_inside(group, group[key]):
        raise ValueError(f"variable {group.name.strip('/')}/{key} is not in the file")
    budget.take(group[key].shape)
    values: NDArray[Any] = group[key][()]
    return values


def _is_inside(group: Any, data: Any) -> bool:
    return data.file == group.file and not data.is_virtual and not data.external
