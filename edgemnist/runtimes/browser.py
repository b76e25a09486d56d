"""A model in a real browser: the page of the kit `web`, built, opened from its file in headless Chromium, and run.

Nothing is served and nothing is simulated: the runtime inside the page answers, through the page's own code.
"""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from edgemnist.errors import ModelError, RuntimeCrash, ToolMissing, take_first_line
from edgemnist.formats import ModelFile
from edgemnist.kits.contracts import PAGE_DTYPES, check_dtypes
from edgemnist.kits.web.page import PAGE, RUNTIMES, build_page, fetch_packages, write_models_document
from edgemnist.packages import CHROMIUM_INSTALL
from edgemnist.processes.guard import end, find_guard, mark_environment
from edgemnist.quiet import loading
from edgemnist.runtimes.base import Request, Runtime
from edgemnist.runtimes.node import read_version
from edgemnist.runtimes.program import IMAGES, PROBABILITIES, SCORES, ProgramRuntime

with loading("selenium", "pip install selenium"):
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.service import Service

# A socket of Chromium's lies below its folder for what it leaves behind, and a socket's path ends after 107 letters.
LONGEST_SCRATCH = 45
# Images a call: what goes to the browser and back is text.
BATCH = 1000
TIMEOUT_S = 300
OPTIONS = (
    "--headless=new",
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
  const { pixelCount } = classifier;
  for (let at = 0; at < images.length; at += pixelCount) {
    answers.push(await classifier.classify(images.subarray(at, at + pixelCount)));
  }
  return [toText(answers.map((one) => one.scores)), toText(answers.map((one) => one.probabilities))];
})().then(done, (error) => done(String(error)));
"""


def open_model(file: ModelFile, name: str, request: Request) -> Runtime:
    """Open an `.onnx` or a `.tflite` file; see `edgemnist.runtimes.open_runtime`."""
    return BrowserRuntime(file, request)


class BrowserRuntime(ProgramRuntime):
    """A page with one model inside, in a browser of its own."""

    def __init__(self, file: ModelFile, request: Request) -> None:
        super().__init__(file, request)
        path, info = file.path, self.info
        check_dtypes(path, info.input, info.output, "the program in JavaScript", PAGE_DTYPES[path.suffix])
        package = {".onnx": "onnxruntime-web", ".tflite": "@litertjs/core"}[path.suffix]
        version = read_version(fetch_packages() / "node_modules", package)
        with ExitStack() as stack:  # what is open is closed again if the next step fails
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="edge-"))
            self._browser = open_browser(scratch=folder)
            stack.callback(self._browser.quit)
            chromium = self._browser.capabilities["browserVersion"].partition(".")[0]
            self.info = replace(info, name=f"Chromium {chromium}, {RUNTIMES[path.suffix][1]}", version=version)
            self._open(self._build(Path(folder)))
            self._opened = stack.pop_all()

    def _open(self, page: Path) -> None:
        try:
            self._browser.get(page.as_uri())
        except WebDriverException as error:
            raise self.make_crash(f"can't open the page: {take_first_line(error)}", "") from error

    def _build(self, folder: Path) -> Path:
        for name, source in PAGE:
            shutil.copyfile(source, folder / name)
        model = f"model{self._path.suffix}"  # its own name may hold what HTML doesn't
        (folder / "models.json").write_text(write_models_document([(model, self.program_contract, None, "")]))
        self._file.write_to(folder, model)
        return build_page(folder)

    def run_program(self, folder: Path) -> None:
        images, size = (folder / IMAGES).read_bytes(), BATCH * self.info.input.pixel_count
        with (folder / SCORES).open("wb") as scores, (folder / PROBABILITIES).open("wb") as probabilities:
            for start in range(0, len(images), size):
                outputs = self._classify(images[start : start + size])
                for stream, text in zip((scores, probabilities), outputs, strict=True):
                    stream.write(base64.b64decode(text))

    def _classify(self, images: bytes) -> list[str]:
        try:
            outputs = self._browser.execute_async_script(CLASSIFY, base64.b64encode(images).decode())
        except KeyboardInterrupt:  # it would go on to its answer before it quits
            end(self._browser.service.process)
            raise
        except WebDriverException as error:
            raise self.make_crash(take_first_line(error), "") from error
        if isinstance(outputs, str):
            raise ModelError(f"{self._path}: {self.info.name} can't run it: {outputs[:300]}", "export it again")
        return list(outputs)

    def close(self) -> None:
        self._opened.close()


class Browser(webdriver.Chrome):
    """Headless Chromium and its driver, in a session that ends with this process."""

    def quit(self) -> None:
        """Let them end by themselves, then end what is left of them: a page or a helper that hangs."""
        super().quit()
        if self.service.process is not None:
            end(self.service.process)


def open_browser(*options: str, scratch: str | None = None) -> Browser:
    """Start headless Chromium with its driver.

    Args:
        options: more of its command line, such as "--window-size=390,844".
        scratch: a folder for what it leaves behind; None for the system's own.

    Raises:
        ToolMissing: it or its driver isn't installed.
        RuntimeCrash: it can't be started.
    """
    settings = webdriver.ChromeOptions()
    for option in (*OPTIONS, *options):
        settings.add_argument(option)
    if os.geteuid() == 0:  # as in a container: a root user's browser has no sandbox
        settings.add_argument("--no-sandbox")
    kept = scratch if scratch and len(scratch) <= LONGEST_SCRATCH else tempfile.gettempdir()
    settings.binary_location, driver = (_find_tool(name) for name in ("chromium", "chromedriver"))
    environment = mark_environment({**os.environ, "TMPDIR": kept})
    service = Service(driver, log_output=os.devnull, env=environment, popen_kw={"start_new_session": True})
    try:
        browser = Browser(settings, service)
    except WebDriverException as error:
        raise RuntimeCrash(f"Chromium can't be started: {take_first_line(error)}", CHROMIUM_INSTALL) from error
    except BaseException:  # Ctrl-C meanwhile: nobody else knows of what has been started
        if getattr(service, "process", None) is not None:
            end(service.process)
        raise
    find_guard().add(service.process.pid)
    browser.set_script_timeout(TIMEOUT_S)
    return browser


def _find_tool(name: str) -> str:
    """Return the path of a program: Selenium would go and look for one on the network."""
    path = shutil.which(name)
    if path is None:
        raise ToolMissing(f"this step needs {name}, which isn't installed", CHROMIUM_INSTALL)
    return path
