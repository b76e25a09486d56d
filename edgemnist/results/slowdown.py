"""What became slower since an earlier `benchmark`: ratios with their spread."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from edgemnist.comparison.dominance import Cost


@dataclass(frozen=True)
class Ratio:
    """A row now, to the same row in an earlier run: above 1 it takes longer now.

    Args:
        model: Name of the file.
        runtime: Name of the runtime.
        threads: How many threads a call computes in; None of an emulated target.
        batch: Images of a call; None of an emulated target.
        unit: What is compared: "time", or "instructions" of an emulated target.
        ratio: Of the medians.
        low, high: Of the fastest round now to the slowest then, and the other way round.
        slower: True if even `low` is above what is allowed.
    """

    model: str
    runtime: str
    threads: int | None
    batch: int | None
    unit: Literal["time", "instructions"]
    ratio: float
    low: float
    high: float
    slower: bool

    @classmethod
    def of(cls, key: Key, now: Cost, then: Cost, max_slowdown: float | None) -> Ratio:
        """Compare what a row costs.

        Args:
            key: Which row.
            now, then: What it costs now, and in the earlier run; more than 0.
            max_slowdown: The ratio that is allowed; None for any.
        """
        low, high = now.low / then.high, now.high / then.low
        slower = max_slowdown is not None and low > max_slowdown
        return cls(
            key.model, key.runtime, key.threads, key.batch, key.unit, now.middle / then.middle, low, high, slower
        )


@dataclass(frozen=True)
class Key:
    """By what rows of two runs are known to be the same; see `Ratio`."""

    model: str
    runtime: str
    threads: int | None
    batch: int | None

    @property
    def unit(self) -> Literal["time", "instructions"]:
        """What is compared."""
        return "instructions" if self.batch is None else "time"

    def summarize(self) -> str:
        """Say it in a few words, for people.

        Example:
            >>> Key("model.onnx", "ort", 1, 8).summarize()
            'model.onnx in ort, 1 thread, batch 8'
        """
        words = f"{self.model} in {self.runtime}"
        if self.batch is None:
            return words
        return f"{words}, {self.threads} thread{'s' if self.threads != 1 else ''}, batch {self.batch}"


@dataclass(frozen=True)
class Slowdown:
    """What an earlier run says.

    Args:
        baseline: Its file, as it was given.
        max_slowdown: The ratio that is allowed; None for any.
        ratios: Of the rows that both have.
        missing: Rows that only the earlier run has, in words.
        added: Rows that only this run has.
        notes: What else a reader must know, such as another machine.
    """

    baseline: str
    max_slowdown: float | None
    ratios: tuple[Ratio, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def slower(self) -> bool:
        """True if a row is slower than allowed."""
        return any(one.slower for one in self.ratios)

    def list_reasons(self) -> tuple[str, ...]:
        """Return which rows are slower than allowed, a sentence each."""
        allowed = f"at most {self.max_slowdown:g} times is allowed" if self.max_slowdown else ""
        slower = [(Key(one.model, one.runtime, one.threads, one.batch), one) for one in self.ratios if one.slower]
        return tuple(
            f"{key.summarize()}: {one.ratio:.2f} times the {one.unit} of {self.baseline}, {allowed}"
            for key, one in slower
        )

    @property
    def is_void(self) -> bool:
        """True if a limit was given, and nothing could be compared with it: such a gate would let everything pass."""
        return self.max_slowdown is not None and not self.ratios

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        lists = {name: list(getattr(self, name)) for name in ("missing", "added", "notes")}
        return {**asdict(self), **lists, "ratios": [asdict(one) for one in self.ratios], "slower": self.slower}
