"""A model in a real browser: the page of the kit `web`, built, opened from its file in headless Chromium, and asked.

Nothing is served and nothing is simulated: the runtime inside the page answers, through the page's own code.
"""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from edgemnist.errors import ModelError, RuntimeCrash, take_first_line
from edgemnist.quiet import loading
from edgemnist.runtimes import Runtime
from edgemnist.runtimes.node import read_version
from edgemnist.runtimes.programs import IMAGES, PROBABILITIES, SCORES, ProgramRuntime
from edgemnist.targets import packages
from edgemnist.targets.contracts import PAGE_DTYPES, check_dtypes
from edgemnist.targets.page import PAGE, build_page, describe_page

with loading("selenium", "pip install selenium"):
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.service import Service

# Images a call: what goes to the browser and back is text.
BATCH = 1000
TIMEOUT_S = 300
OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # a root user's browser, as in a container, has none
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
CLASSIFY = """
const [text, done] = arguments;
const toText = (arrays) => {
  let letters = "";
  for (const array of arrays) {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (const byte of bytes) letters += String.fromCharCode(byte);
  }
  return btoa(letters);
};
(async () => {
  const classifier = await digits.open(0);
  const images = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const answers = [];
  for (let at = 0; at < images.length; at += 784) {
    answers.push(await classifier.classify(images.subarray(at, at + 784)));
  }
  return [toText(answers.map((one) => one.scores)), toText(answers.map((one) => one.probabilities))];
})().then(done, (error) => done(String(error)));
"""


def open_model(path: Path, name: str) -> Runtime:
    """Open an `.onnx` or a `.tflite` file; see `edgemnist.runtimes.open_runtime`."""
    return BrowserRuntime(path)


class BrowserRuntime(ProgramRuntime):
    """A page with one model inside, in a browser of its own."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _open_ends(path))
        check_dtypes(path, self.input, self.output, "the program in JavaScript", PAGE_DTYPES[path.suffix])
        self._folder = tempfile.TemporaryDirectory(prefix="edgemnist-")
        try:
            page = self._build(Path(self._folder.name))
            self._browser = open_browser()
            self._browser.get(page.as_uri())
        except BaseException:
            self._folder.cleanup()
            raise
        title, package = ("LiteRT.js", "@litertjs/core")
        if path.suffix == ".onnx":
            title, package = ("ONNX Runtime Web", "onnxruntime-web")
        chromium = self._browser.capabilities["browserVersion"].partition(".")[0]
        self.name = f"{title} in Chromium {chromium}"
        self.version = read_version(packages.fetch_web() / "node_modules", package)

    def _build(self, folder: Path) -> Path:
        for name, source in PAGE:
            shutil.copyfile(source, folder / name)
        (folder / "node_modules").symlink_to(packages.fetch_web() / "node_modules")
        model = f"model{self._path.suffix}"  # its own name may hold what HTML doesn't
        (folder / "models.json").write_text(describe_page([(model, self.told, None)]))
        shutil.copyfile(self._path, folder / model)
        return build_page(folder)

    def run_program(self, folder: Path) -> None:
        images = (folder / IMAGES).read_bytes()
        with (folder / SCORES).open("wb") as scores, (folder / PROBABILITIES).open("wb") as probabilities:
            for start in range(0, len(images), 784 * BATCH):
                answers = self._ask(images[start : start + 784 * BATCH])
                for stream, text in zip((scores, probabilities), answers, strict=True):
                    stream.write(base64.b64decode(text))

    def _ask(self, images: bytes) -> list[str]:
        try:
            answers = self._browser.execute_async_script(CLASSIFY, base64.b64encode(images).decode())
        except WebDriverException as error:
            raise self.describe_crash(take_first_line(error), "") from error
        if isinstance(answers, str):
            raise ModelError(f"{self._path}: {self.name} can't run it: {answers[:300]}", "export it again")
        return list(answers)

    def close(self) -> None:
        self._browser.quit()
        self._folder.cleanup()


def _open_ends(path: Path) -> Runtime:
    if path.suffix == ".onnx":
        from edgemnist.runtimes.ort import OnnxRuntime

        return OnnxRuntime(path)
    from edgemnist.runtimes.litert import LiteRuntime

    return LiteRuntime(path, "litert")


def open_browser(*options: str) -> Any:
    """Start headless Chromium with its driver.

    Args:
        options: more of its command line, such as "--window-size=390,844".

    Raises:
        RuntimeCrash: it can't be started.
    """
    settings = webdriver.ChromeOptions()
    for option in (*OPTIONS, *options):
        settings.add_argument(option)
    settings.binary_location = shutil.which("chromium") or ""
    try:
        browser = webdriver.Chrome(settings, Service(shutil.which("chromedriver") or "", log_output=os.devnull))
    except WebDriverException as error:
        raise RuntimeCrash(
            f"Chromium can't be started: {take_first_line(error)}", "apt-get install -y chromium chromium-driver"
        ) from error
    browser.set_script_timeout(TIMEOUT_S)
    return browser
