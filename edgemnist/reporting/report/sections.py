"""The sections of the page: what each shows, and what to do when it looks bad."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """A section of the page.

    Args:
        key: Its anchor.
        title: Its heading.
        shows: What it shows, in a sentence.
        remedy: What to do when it looks bad, in a sentence.
    """

    key: str
    title: str
    shows: str
    remedy: str


SECTIONS = (
    Section(
        "verdicts",
        "Verdicts",
        "Each file ran the test images in the runtime that its users have, and its answers were compared with those of "
        "the model that it was made from, image by image, where that is known.",
        "A file that differs isn't the model that you trained: its reasons stand below the table, and “edgemnist diff "
        "FILE” names the layer where it parts.",
    ),
    Section(
        "sizes",
        "Size and accuracy",
        "Each mark is a file, each bar the 95 % interval of its accuracy. All ran the same images: even where bars "
        "overlap, the answers that moved can tell a form from its source.",
        "If a form lies clearly below its family, export it in the next wider precision, or train with quantization "
        "(“edgemnist recipes”).",
    ),
    Section(
        "latencies",
        "Time and accuracy",
        "The same by the time for one image: the level bar is how far two rounds of the benchmark were apart.",
        "If a form is slower than a larger one, its runtime may lack fast kernels for it: time it in another runtime, "
        "or on the device itself.",
    ),
    Section(
        "chips",
        "Microcontrollers",
        "What each file takes of an emulated chip: memory, and executed instructions, which are no cycles and no time.",
        "If it doesn't fit, take a smaller network: flash is weights, RAM what the largest layers hold at once.",
    ),
    Section(
        "confusion",
        "Confusion",
        "Rows are right classes, columns answers: the diagonal has the share of each class that is right, in percent, "
        "every other cell the number of images that are taken for another class.",
        "A cell that stands out is a pair of classes to collect more training images of; a column that does, in one "
        "form alone, is a broken export.",
    ),
    Section(
        "flips",
        "Answers that moved",
        "These are all test images to which a form gives another class than its source, with both answers; ✕ was right "
        "before, ✓ is right now, – is wrong in another way.",
        "A good form moves few, and those that people find hard, too: if clear images are among them, ask “edgemnist "
        "explain” about one, and “edgemnist diff” about the form.",
    ),
    Section(
        "reliability",
        "Reliability",
        "How often an answer is right beside how sure the model is, with 95 % intervals: on the line, answers are "
        "right as often as their probability says.",
        "Points below the line are answers that are too sure: before an app sorts answers out by a threshold, choose "
        "it on the very form that ships.",
    ),
    Section(
        "robustness",
        "Corrupted images",
        "The accuracy on test images that a camera, a scanner or a hand made worse, by strength: the broad line is the "
        "source, the others are its forms.",
        "Where a form falls below its source, quantization lost what clean images don't show: calibrate on such "
        "images; where all fall, augment the training.",
    ),
    Section(
        "layers",
        "Layer by layer",
        "How clear the output of each layer of a form still is, compared with that of its source, as signal to "
        "noise in dB: 20 dB more are a tenth of the noise.",
        "The first marked cell is where a form parts from its source: keep that layer in a wider type, or calibrate on "
        "more images.",
    ),
    Section(
        "ranges",
        "Ranges",
        "Each histogram is how the source's weights or outputs are spread, on a logarithmic scale; the bars below it "
        "are what each quantized form can hold, stronger in the channel that holds least.",
        "A bar that ends before the histogram clips, one that is much wider wastes its steps: calibrate on other "
        "images (“edgemnist export --calibration-images”).",
    ),
    Section(
        "training",
        "Training",
        "What each epoch gave, of the models whose manifest says so, on scales on which late epochs can be told apart.",
        "If validation turns up while training goes on falling, stop earlier or augment more; if both still fall at "
        "the end, train longer.",
    ),
    Section(
        "provenance",
        "Provenance",
        "What each file is, what it was made from, and with what: hashes are SHA-256.",
        "A hash that isn't the one you released means another file: verify it, or export it again.",
    ),
)
