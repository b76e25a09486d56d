"""Let a build pass only with models that lose no answer of which their source was sure."""

import sys

import edgemnist

SURE = 0.9  # the source's own confidence, 0 ... 1


def main(paths: list[str]) -> int:
    report = edgemnist.verify(*paths, gate=edgemnist.Gate(min_agreement=0.995))
    worst = report.exit_status
    for verdict in report.verdicts:
        if verdict.measurement is None or verdict.measurement.comparison is None:
            print(f"{verdict.model}: {verdict.error or 'no source to compare with'}")
            worst = 2
            continue
        flips = verdict.measurement.comparison.flips
        surest = max((flip.source_confidence for flip in flips if flip.kind == "broken"), default=0.0)
        passed = verdict.passed and surest < SURE
        worst = max(worst, 0 if passed else 1)
        print(
            f"{verdict.model}: {'passed' if passed else 'failed'}, {len(flips)} of "
            f"{verdict.measurement.score.images:,} answers moved, surest loss {100 * surest:.0f} %"
        )
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
