"""What a command does when it takes several packages. Exporters and runtimes meet here, and only here."""

from pathlib import Path

DEFAULT_MODEL = Path("exports/model.keras")
DEFAULT_TUNING = Path("tuning")
