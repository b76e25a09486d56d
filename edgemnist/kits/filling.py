"""A kit as text: templates in which `@{name}` stands for what is the model's own. Runs nothing, writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from edgemnist.codegen import fill, quote_c, quote_kotlin
from edgemnist.contract import Contract
from edgemnist.errors import ModelError
from edgemnist.kits.base import Kit, KitFile
from edgemnist.kits.contracts import list_contract_values, write_document
from edgemnist.kits.firmware import CodeNames, list_code_values, list_tensor_values
from edgemnist.kits.golden import GoldenVectors
from edgemnist.kits.linux.engines import ENGINES
from edgemnist.saved_answers.console import write_head

# The languages that take a contract in literals of their own, by the ending of a file's name.
QUOTES = {".h": quote_c, ".kt": quote_kotlin}


@dataclass(frozen=True)
class EmbeddedModel:
    """A model, to be put into a kit.

    Args:
        name: of the model file, without a folder.
        sha256: of that file.
        files: what of it goes into the kit: the content by name.
        contract: inside the model file.
        golden: what the target must answer.
        proof: a sentence on how the model was verified, for the README.
        code: its names in C; None where it stays a file.
    """

    name: str
    sha256: str
    files: dict[str, bytes] = field(repr=False)
    contract: Contract
    golden: GoldenVectors
    proof: str
    code: CodeNames | None = None

    @property
    def extension(self) -> str:
        """How its name ends: ".tflite"."""
        return Path(self.name).suffix


def fill_kit(kit: Kit, models: Sequence[EmbeddedModel]) -> dict[str, bytes]:
    """Write every file of a kit.

    Args:
        kit: its row of the table.
        models: what it embeds: one of each kind at most, in the order of `kit.extensions`.

    Returns:
        The content of each file by its path inside the kit; the same bytes each time.

    Raises:
        ModelError: the kit can't encode what the model takes.
    """
    files = {kit.place(name): content for model in models for name, content in model.files.items()}
    _check_names(kit, files)
    shared = _list_shared_values(kit, models)
    values = {model.extension: {**shared, **_list_model_values(kit, model)} for model in models}
    for file in kit.files:
        extension = file.extension or models[0].extension
        if extension in values and file.path not in files:
            files[file.path] = _fill_file(file, values[extension], models).encode()
    return dict(sorted(files.items()))


def _check_names(kit: Kit, files: dict[str, bytes]) -> None:
    # By name, wherever in the kit: a Makefile looks for sources in several folders.
    taken = sorted({Path(path).name for path in files} & {Path(file.path).name for file in kit.files})
    if taken:
        raise ModelError(
            f"{taken[0]}: the kit {kit.name} has a file of its own of that name", "export it again, with another `name`"
        )


def _fill_file(file: KitFile, values: dict[str, str], models: Sequence[EmbeddedModel]) -> str:
    quote = QUOTES.get(Path(file.path).suffix)
    if quote:
        (contract,) = (model.contract for model in models if model.extension == (file.extension or models[0].extension))
        values = {**list_contract_values(contract, quote), **values}
    return fill(file.template.read_text(), values)


def write_answers_head(kit: Kit, model: EmbeddedModel) -> str:
    """Return what a target says of its answers, before it prints them; see `edgemnist.saved_answers`."""
    golden, output = model.golden, model.contract.output
    raw = (golden.kind, golden.scores.dtype.name) == (output.kind, output.dtype) and output.scale is not None
    return write_head({
        "model": model.sha256,
        "data": golden.data_sha256,
        "precision": model.contract.precision,
        "dtype": golden.scores.dtype.name,
        "kind": golden.kind if kit.embedding != "file" else "probabilities",
        "scale": repr(output.scale) if raw else None,
        "zero_point": (output.zero_point or 0) if raw else None,
        "classes": golden.scores.shape[1],
        "images": len(golden.images),
        "kit": kit.name,
    })  # fmt: skip


def _list_shared_values(kit: Kit, models: Sequence[EmbeddedModel]) -> dict[str, str]:
    """The template values of all models together."""
    several = len(models) > 1
    return {
        "models": " and ".join(f"`{model.name}`" for model in models),
        "proofs": "\n\n".join(f"`{model.name}`: {model.proof}" if several else model.proof for model in models),
        **kit.template_values([(model.name, model.contract, write_answers_head(kit, model)) for model in models]),
    }


def _list_head_values(head: str) -> dict[str, str]:
    """Return the template values of what a target says of its answers, in three parts for lines of 120 columns, too."""
    model, data, form = head.split(" ", 2)
    return {"answers_head": head, "answers_model": model, "answers_data": data, "answers_form": form}


ENGINE_VALUES = {engine.extension: engine.template_values() for engine in ENGINES}


def _list_model_values(kit: Kit, model: EmbeddedModel) -> dict[str, str]:
    values = {
        "model_name": model.name,
        "model_sha256": model.sha256,
        "pixels": str(model.contract.input.pixel_count),
        "classes": str(len(model.contract.labels)),
        "takes": model.contract.input.summarize(),
        "picture": model.contract.picture.summarize(),
        "contract_document": write_document(model.contract),
        "proof": model.proof,
        **_list_head_values(write_answers_head(kit, model)),
        **model.golden.template_values(),
        **ENGINE_VALUES.get(model.extension, {}),
    }
    if model.code:
        values |= list_code_values(model.code, model.files[model.code.header])
    if kit.embedding == "array":
        values |= list_tensor_values(model.name, model.contract)
    return values
