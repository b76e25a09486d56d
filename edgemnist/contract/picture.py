"""What a picture of any size and colour becomes before it is an input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from edgemnist.errors import UsageError

# How a picture of any size becomes an image; see `edgemnist.datasets.preparation`.
Preparation = Literal["digit", "fit", "none"]
# Which ink an image has: bright on dark paper, dark on bright paper, or either, as it comes.
Ink = Literal["bright", "dark", "any"]


@dataclass(frozen=True)
class Picture:
    """How a picture of any size and colour becomes an image of the kind that the model was trained on.

    Args:
        preparation: "digit" makes MNIST's own form of it, "fit" scales it whole, "none" takes it as it is.
        ink: of the image that is made.
    """

    preparation: Preparation = "digit"
    ink: Ink = "bright"

    def check(self) -> None:
        """Raise ValueError where it can't be meant."""
        if self.preparation not in get_args(Preparation) or self.ink not in get_args(Ink):
            raise ValueError(f"preparation {self.preparation!r}, ink {self.ink!r}")
        if (self.preparation, self.ink) == ("digit", "any"):
            raise ValueError("preparation 'digit' makes bright or dark ink, not any")

    def summarize(self) -> str:
        """Say it in a few words, for people.

        Example:
            >>> Picture("fit", "dark").summarize(), Picture().summarize()
            ('scaled whole, dark ink on bright paper', "in the form of MNIST's digits, bright ink on dark paper")
        """
        how = {"digit": "in the form of MNIST's digits", "fit": "scaled whole", "none": "taken as they are"}
        inks = {"bright": "bright ink on dark paper", "dark": "dark ink on bright paper", "any": "ink bright or dark"}
        return f"{how[self.preparation]}, {inks[self.ink]}"


# Of what isn't said otherwise: MNIST's.
DEFAULT_PICTURE = Picture()


def state_picture(known: Picture, preparation: Preparation | None, ink: Ink | None) -> Picture:
    """Return what is known of pictures, but for what the user states.

    Raises:
        UsageError: That can't be meant.
    """
    kept = "bright" if (preparation, known.ink) == ("digit", "any") else known.ink
    kept_preparation = "fit" if (known.preparation, ink) == ("digit", "any") else known.preparation
    picture = Picture(preparation or kept_preparation, ink or kept)
    try:
        picture.check()
    except ValueError as error:
        raise UsageError(str(error), "state another `ink` or `preparation`") from None
    return picture
