"""How many networks of the layers that people build can be written in C, and how exact the C is.

    python tests/benchmarks/layers.py                          # a quarter of an hour
    python tests/benchmarks/layers.py --only "merges: add" --only mobilenet
    python tests/benchmarks/layers.py --rounding tflm --kernels dense

Every network of `tests/peers.py` is converted to TFLite, float32 and int8, and written as C. Both answer the same test
images: in int8 every logit must be the same bits as LiteRT's reference kernels give, or TFLite Micro; in float32 nearly
the same number. Prints a line a network that isn't so, and a table by groups. Exit status 1 if a logit differs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import flatbuffers
import numpy as np

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from ai_edge_litert import schema_py_generated as schema  # noqa: E402

from edgemnist.comparison.question import Probe  # noqa: E402
from edgemnist.contract import Contract, Input, Output  # noqa: E402
from edgemnist.datasets import Dataset, load_dataset  # noqa: E402
from edgemnist.errors import EdgeMnistError  # noqa: E402
from edgemnist.exporters import Options, tflite  # noqa: E402
from edgemnist.exporters.c import writer  # noqa: E402
from edgemnist.exporters.calibration import Calibration  # noqa: E402
from edgemnist.exporters.source import SourceModel  # noqa: E402
from edgemnist.formats import ModelFile  # noqa: E402
from edgemnist.formats.keras import serialize_classifier  # noqa: E402
from edgemnist.quiet import quiet  # noqa: E402
from edgemnist.runtimes import open_here  # noqa: E402
from edgemnist.runtimes.base import Request  # noqa: E402
from tests import peers  # noqa: E402

CONTRACT = Contract(Input("pixels", (784,)), Output("probs"), tuple("0123456789"), "float32")
# How far float32 logits may be apart, as a share of the largest.
FLOAT_TOLERANCE = 1e-5
RUNTIMES = {"reference": "litert-reference", "tflm": "tflm"}


@dataclass(frozen=True)
class Outcome:
    """What became of a network in one precision.

    Args:
        name: "merges: add".
        precision: "int8" or "float32".
        result: "same", "differs", "refused", or "alone": nothing runs the file that the C could be compared with.
        detail: How far it differs, or why it was refused.
    """

    name: str
    precision: str
    result: str
    detail: str = ""


def measure(name: str, dataset: Dataset, count: int, options: Options) -> Iterator[Outcome]:
    """Give the outcome of a network in each precision."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        try:
            source = load_source(name, folder, dataset)
        except EdgeMnistError as error:
            yield from (Outcome(name, precision, "refused", error.message) for precision in ("int8", "float32"))
            return
        for precision in ("int8", "float32"):
            yield measure_precision(name, source, folder, precision, dataset, count, options)


def load_source(name: str, folder: Path, dataset: Dataset) -> SourceModel:
    """Return a network as if a user had trained and saved it."""
    with quiet():
        content = serialize_classifier(peers.build(peers.ALL[name]), CONTRACT)
    (folder / "net.keras").write_bytes(content)
    return SourceModel.load(ModelFile.read(folder / "net.keras"), CONTRACT.labels, Probe.choose(lambda: dataset))


def measure_precision(
    name: str, source: SourceModel, folder: Path, precision: str, dataset: Dataset, count: int, options: Options
) -> Outcome:
    """Write a network as C and compare it with the file that it is written from."""
    calibration = Calibration.sample(dataset.training, CONTRACT.labels, 100) if precision == "int8" else None
    try:
        content = tflite.convert(source, precision, calibration, Options(), "net")[".tflite"]  # type: ignore[arg-type]
        texts = writer.write_model(content, tflite.extract_contract(content), options, "net")
    except EdgeMnistError as error:
        return Outcome(name, precision, "refused", error.message)
    (folder / "net.tflite").write_bytes(lower_versions(content))
    for end, text in texts.items():
        (folder / f"net{end}").write_bytes(text)
    images, request = dataset.test.images[:count], Request(output="logits")
    with open_here(ModelFile.read(folder / "net.c"), request=request) as runtime:
        found = runtime.run(images).outputs
    try:
        with open_here(ModelFile.read(folder / "net.tflite"), RUNTIMES[options.rounding], request) as runtime:
            expected = runtime.run(images).outputs
    except EdgeMnistError as error:
        return Outcome(name, precision, "alone", error.message)
    return compare(name, precision, found, expected)


def lower_versions(content: bytes) -> bytes:
    """Return a file with TILE of version 1: LiteRT's list of reference kernels ends there, the kernel knows int8."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    for code in model.operatorCodes:
        if code.builtinCode == schema.BuiltinOperator.TILE:
            code.version = 1
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def compare(name: str, precision: str, found: np.ndarray, expected: np.ndarray) -> Outcome:
    """Compare logits: whole numbers bit for bit."""
    if found.dtype == np.int8:
        count = int((found != expected).sum())
        return Outcome(name, precision, "differs" if count else "same", f"{count} of {found.size} logits")
    difference = float(np.abs(found - expected).max() / np.abs(expected).max())
    same = difference <= FLOAT_TOLERANCE
    return Outcome(name, precision, "same" if same else "differs", f"{difference:.2g} of the largest logit")


def print_table(outcomes: list[Outcome]) -> None:
    """Print how many networks of each group have which result."""
    results = ("same", "differs", "alone", "refused")
    print(f"{'':<16}{'networks':>9}" + "".join(f"{p + ' ' + r:>17}" for p in ("int8", "float32") for r in results))
    for group in (*peers.GROUPS, ""):
        chosen = [one for one in outcomes if one.name.startswith(group)]
        if not chosen:
            continue
        counts = Counter((one.precision, one.result) for one in chosen)
        cells = "".join(f"{counts[p, r]:>17}" for p in ("int8", "float32") for r in results)
        print(f"{group or 'all':<16}{len({one.name for one in chosen}):>9}{cells}")


def main() -> int:
    """Measure the networks that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", default=[], help="part of the names of networks")
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--rounding", choices=RUNTIMES, default="reference")
    parser.add_argument("--kernels", choices=("sparse", "dense"), default="sparse")
    arguments = parser.parse_args()
    options = Options(rounding=arguments.rounding, kernels=arguments.kernels)
    dataset, outcomes = load_dataset(), []
    for name in peers.ALL:
        if arguments.only and not any(part in name for part in arguments.only):
            continue
        for outcome in measure(name, dataset, arguments.images, options):
            outcomes.append(outcome)
            if outcome.result != "same":
                print(f"{outcome.name}, {outcome.precision}: {outcome.result}: {outcome.detail}", flush=True)
    print_table(outcomes)
    return int(any(outcome.result == "differs" for outcome in outcomes))


if __name__ == "__main__":
    raise SystemExit(main())
