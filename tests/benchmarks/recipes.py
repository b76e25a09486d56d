"""Train each recipe from several seeds, and write down what it reaches: the table of `tests/benchmarks/recipes.json`.

    python tests/benchmarks/recipes.py                       # all, three seeds: hours
    python tests/benchmarks/recipes.py best cnn --seeds 3

Every training goes into a folder (`--work`, by default in the user's cache), from which a second call goes on: with
the training that was broken off, from its last epoch. The protocol: recipes were chosen on the validation part of the
training images; here each fits all that its recipe says, and the test images are scored once, by `train`, when nothing
is left to choose. The models of a recipe that others learn from are their teachers, and serve all seeds; so do their
answers, which the first seed asks for.

Each recipe is also exported as int8 and verified over all test images. A row: `recipe`; `accuracy_mean`, `_min` and
`_max` over the seeds, as fractions; `int8_accuracy_mean`; `seeds`; `parameters`; `multiplications` of one image;
`int8_bytes` of the .tflite; `seconds` of the quickest training, since others may have had the machine to share;
`teacher_seconds`, the same of all its teachers; `machine`.

A recipe whose weights are trained on few levels is exported as C in int4, too: `c_accuracy_mean`; `weight_bytes`, all
parameters that the C stores; `ram_bytes` of its working memory; `instructions` of an image on a Cortex-M3, the mean of
200. Of others these are null.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from machine import describe_machine

from edgemnist.datasets import load_dataset
from edgemnist.formats import ModelFile
from edgemnist.formats.complexity import count_complexity
from edgemnist.training.recipes import RECIPES, find_recipe
from edgemnist.workflows.teaching import FOLDER, name_teacher
from edgemnist.workflows.train import identify_training

# Images whose instructions are counted: they vary by some percent from one to the next.
COUNTED = 200
TABLE = Path(__file__).with_suffix(".json")


def run(*arguments: Any) -> dict[str, Any]:
    """Run edgemnist; its progress goes to the terminal."""
    command = [sys.executable, "-m", "edgemnist", *map(str, arguments), "--json"]
    found = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if found.returncode == 2:
        raise SystemExit(found.stdout)
    document: dict[str, Any] = json.loads(found.stdout)
    return document


def read_training(path: Path) -> dict[str, Any]:
    """What the manifest says of the training of a model; empty if there is none yet."""
    manifest = path.parent / "manifest.json"
    models = json.loads(manifest.read_text())["models"] if path.exists() and manifest.exists() else {}
    training: dict[str, Any] = models.get(path.name, {}).get("training", {})
    return training


def place_teachers(name: str, work: Path) -> None:
    """Train the teachers of a recipe, models of rows of their own, and put them where `train` looks for them."""
    taught, training = find_recipe(name).distillation, load_dataset().training
    for seed in range(taught.count if taught.recipe else 0):
        measure_seed(taught.recipe, seed, work)
        teaching = find_recipe(taught.recipe)
        place = work / FOLDER / name_teacher(teaching, seed, identify_training(teaching, seed, training))
        place.parent.mkdir(exist_ok=True)
        shutil.copyfile(work / f"{taught.recipe}_{seed}.keras", place)


def measure_seed(name: str, seed: int, work: Path) -> dict[str, Any]:
    """Train, export and verify, or take what an earlier call left of the same recipe."""
    path = work / f"{name}_{seed}.keras"
    settings = json.loads(json.dumps({**find_recipe(name).list_settings(), "seed": seed}))  # lists for tuples
    training = read_training(path)
    if {key: training.get(key) for key in settings} != settings:
        found = run("train", "--recipe", name, "--seed", seed, "--output", path, "--resume")
        _name_record(path).write_text(json.dumps(found))
        training = read_training(path)
    int8 = path.with_name(f"{path.stem}_int8.tflite")
    run("export", path, "--format", "tflite", "--quantize", "--output", int8)
    (verdict,) = run("verify", int8)["models"]
    complexity = count_complexity(ModelFile.read(int8))
    found = measure_c(path) if find_recipe(name).quantization.weights else {}
    return {
        **found,
        "accuracy": training["test_accuracy"],
        "seconds": read_seconds(path),
        "int8_accuracy": verdict["accuracy"],
        "int8_bytes": int8.stat().st_size,
        "parameters": complexity.parameters,
        "multiplications": complexity.multiplications,
    }


def measure_c(path: Path) -> dict[str, Any]:
    """Export a model of few levels as C, verify it on all images here, and on some on a microcontroller."""
    c = path.with_name(f"{path.stem}_int4.c")
    run("export", path, "--format", "c", "--quantize", "int4", "--output", c)
    (verdict,) = run("verify", c)["models"]
    (footprint,) = run("verify", c, "--runtime", "cortex-m3", "--limit", COUNTED)["models"]
    (weight_bytes,) = re.findall(r"_TABLE_BYTES (\d+)$", c.with_suffix(".h").read_text(), re.MULTILINE)
    return {
        "c_accuracy": verdict["accuracy"],
        "weight_bytes": int(weight_bytes),
        "ram_bytes": footprint["ram_bytes"],
        "instructions": footprint["instructions_per_image"],
    }


def _name_record(path: Path) -> Path:
    """Where what `train` printed is kept: manifests hold no times."""
    return path.with_suffix(".training.json")


def read_seconds(path: Path) -> float:
    """The time that a training took; infinity if it was trained elsewhere."""
    record = _name_record(path)
    return float(json.loads(record.read_text())["seconds"]) if record.exists() else float("inf")


def measure_teachers(name: str, work: Path) -> float:
    """The time that the recipe's teachers took to train, in seconds; infinity if none of their recipe was measured."""
    taught = find_recipe(name).distillation
    if not taught.recipe:
        return 0.0
    return taught.count * min(map(read_seconds, work.glob(f"{taught.recipe}_*.keras")), default=float("inf"))


def summarize(name: str, rows: list[dict[str, Any]], work: Path) -> dict[str, Any]:
    accuracies = [row["accuracy"] for row in rows]
    last, in_c = rows[-1], "c_accuracy" in rows[-1]
    return {
        "recipe": name,
        "accuracy_mean": round(statistics.mean(accuracies), 6),
        "accuracy_min": min(accuracies),
        "accuracy_max": max(accuracies),
        "int8_accuracy_mean": round(statistics.mean(row["int8_accuracy"] for row in rows), 6),
        "seeds": len(rows),
        "parameters": last["parameters"],
        "multiplications": last["multiplications"],
        "int8_bytes": max(row["int8_bytes"] for row in rows),
        "c_accuracy_mean": round(statistics.mean(row["c_accuracy"] for row in rows), 6) if in_c else None,
        "weight_bytes": max(row["weight_bytes"] for row in rows) if in_c else None,
        "ram_bytes": max(row["ram_bytes"] for row in rows) if in_c else None,
        "instructions": round(statistics.mean(row["instructions"] for row in rows)) if in_c else None,
        "seconds": round(min(row["seconds"] for row in rows), 1),
        "teacher_seconds": round(measure_teachers(name, work), 1),
        "machine": describe_machine(),
    }


def measure(names: list[str], seeds: int, work: Path) -> Iterator[dict[str, Any]]:
    for name in names:
        place_teachers(name, work)
        rows = []
        for seed in range(seeds):
            rows.append(measure_seed(name, seed, work))
            print(f"{name} seed {seed}: {rows[-1]}", file=sys.stderr, flush=True)
        yield summarize(name, rows, work)


def write(rows: list[dict[str, Any]]) -> None:
    """Put rows in the place of those of the same recipes."""
    kept = json.loads(TABLE.read_text()) if TABLE.exists() else []
    merged = {row["recipe"]: row for row in [*kept, *rows]}
    ordered = [merged[name] for name in RECIPES if name in merged]
    try:
        TABLE.write_text(json.dumps(ordered, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    except ValueError:
        raise SystemExit("of some training the time isn't known: it was trained by another program") from None


if __name__ == "__main__":
    import platformdirs

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="*", choices=list(RECIPES), metavar="RECIPE")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--work", type=Path, default=Path(platformdirs.user_cache_dir("edgemnist"), "recipes"))
    chosen = parser.parse_args()
    for found in measure(chosen.recipes or list(RECIPES), chosen.seeds, chosen.work):
        print(json.dumps(found, ensure_ascii=False))
        write([found])
