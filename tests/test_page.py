"""The web page, in a real browser: drawn on with mouse, finger and keyboard, on a desktop and on a phone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from edgemnist.kits import find_kit
from edgemnist.kits.building import build_products
from edgemnist.kits.web.page import BUILT
from edgemnist.workflows.diff_answers import diff_answers
from edgemnist.workflows.kit import kit as write_kit
from tests.conftest import ROOT, slow
from tests.test_kits import spoil_golden
from tests.test_programs import require_runtime

EXPORTS = ROOT / "exports"
# Each digit as a hand draws it: strokes of points, on a page of 100 × 100.
DIGITS = {
    "0": [[(50, 20), (32, 32), (28, 55), (36, 75), (52, 80), (68, 70), (72, 48), (66, 28), (50, 20)]],
    "1": [[(52, 18), (50, 50), (48, 82)]],
    "2": [[(30, 34), (40, 22), (58, 21), (68, 34), (60, 52), (42, 66), (30, 79), (50, 78), (72, 78)]],
    "3": [[(33, 26), (50, 20), (64, 28), (62, 42), (48, 49), (64, 56), (68, 70), (54, 80), (34, 76)]],
    "4": [[(40, 20), (34, 38), (32, 54), (50, 55), (70, 52)], [(64, 22), (62, 50), (60, 82)]],
    "5": [[(66, 22), (40, 22), (36, 46), (54, 46), (66, 58), (64, 74), (48, 81), (32, 76)]],
    "6": [[(60, 18), (44, 34), (35, 56), (38, 74), (52, 80), (64, 70), (60, 56), (46, 55), (37, 64)]],
    "7": [[(30, 24), (50, 24), (70, 23), (60, 44), (52, 64), (46, 82)]],
    "8": [[(62, 26), (48, 20), (38, 30), (46, 44), (60, 56), (62, 72), (50, 80), (38, 70), (46, 52), (62, 26)]],
    "9": [[(64, 32), (52, 22), (38, 30), (40, 46), (54, 48), (64, 34), (64, 50), (60, 66), (56, 82)]],
}  # fmt: skip


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page with both runtimes, as a kit. Read only!"""
    require_runtime("browser-onnx")
    models = [EXPORTS / "small_int8.onnx", EXPORTS / "small_int8.tflite"]
    return write_kit("web", models, tmp_path_factory.mktemp("web") / "kit").path / BUILT


# How much ink there is in the middle of the paper, 0 … 255.
MIDDLE = """
const canvas = document.getElementById('canvas');
return canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3]
"""
BOXES = """
const box = (element) => element.getBoundingClientRect().toJSON();
return {
  canvas: box(document.getElementById('canvas')), label: box(document.getElementById('label')),
  bars: box(document.getElementById('bars')), rows: [...document.querySelectorAll('#bars .track')].map(box),
  width: document.scrollingElement.scrollWidth, dense: document.getElementById('canvas').width,
}
"""


class Page:
    """The page in a browser that can reach no network."""

    def __init__(self, browser: Any, path: Path) -> None:
        self.browser = browser
        browser.execute_cdp_cmd("Network.enable", {})
        offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
        browser.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
        browser.get(path.as_uri())
        self.wait(lambda: "ready" in self.text("status") or self.find("status").get_attribute("class"))

    def find(self, name: str) -> Any:
        return self.browser.find_element("id", name)

    def text(self, name: str) -> str:
        return str(self.find(name).text)

    def wait(self, holds: Any, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, self.text("status")
            time.sleep(0.02)

    def wait_for(self, label: str) -> None:
        self.wait(lambda: self.text("label") == label, 5)

    def clear(self) -> None:
        self.find("clear").click()
        self.wait_for("–")

    def place(self, point: tuple[int, int]) -> tuple[int, int]:
        """From a point on a page of 100 × 100 to one in the window."""
        box = self.browser.execute_script(
            "const box = document.getElementById('canvas').getBoundingClientRect();"
            "return [box.left, box.top, box.width, box.height]"
        )
        return round(box[0] + point[0] * box[2] / 100), round(box[1] + point[1] * box[3] / 100)

    def draw(self, strokes: list[list[tuple[int, int]]]) -> None:
        """With the mouse."""
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.actions.action_builder import ActionBuilder

        actions = ActionBuilder(self.browser, duration=5)
        for stroke in strokes:
            actions.pointer_action.move_to_location(*self.place(stroke[0])).pointer_down()
            for point in stroke[1:]:
                actions.pointer_action.move_to_location(*self.place(point))
            actions.pointer_action.pointer_up()
        actions.perform()
        ActionChains(self.browser).reset_actions()

    def touch(self, strokes: list[list[tuple[int, int]]]) -> None:
        """With a finger, as the browser's own protocol makes one."""

        def send(kind: str, *points: tuple[int, int]) -> None:
            touches = [dict(zip("xy", self.place(point), strict=True)) for point in points]
            self.browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

        for stroke in strokes:
            send("touchStart", stroke[0])
            for point in stroke[1:]:
                send("touchMove", point)
            send("touchEnd")

    def touch_with_two(self, first: tuple[int, int], second: tuple[int, int]) -> None:
        places = [self.place(point) for point in (first, second)]
        both = [{"x": x, "y": y, "id": index} for index, (x, y) in enumerate(places)]
        for kind, touches in (("touchStart", both[:1]), ("touchStart", both), ("touchMove", both), ("touchEnd", [])):
            self.browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def type(self, keys: list[str]) -> None:
        from selenium.webdriver.common.keys import Keys

        self.find("canvas").send_keys(*(getattr(Keys, key, key) for key in keys))


def read_kit(page: Path) -> dict[str, bytes]:
    """The files of the kit that a page was built of."""
    return {path.name: path.read_bytes() for path in page.parents[1].iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def browser(page: Path) -> Iterator[Any]:
    from edgemnist.runtimes.browser import open_browser

    opened = open_browser("--window-size=1100,900")
    yield opened
    opened.quit()


@pytest.fixture(autouse=True)
def _no_error(browser: Any) -> Iterator[None]:
    """Whatever is done with the page: nothing is thrown that it doesn't catch. (LiteRT.js calls its news errors.)"""
    browser.get_log("browser")
    yield
    assert [entry["message"] for entry in browser.get_log("browser") if "Uncaught" in entry["message"]] == []


@pytest.fixture
def desktop(browser: Any, page: Path) -> Page:
    return Page(browser, page)


@pytest.mark.parametrize("title", ["ONNX Runtime Web", slow("LiteRT.js")])
def test_digits_drawn_with_the_mouse_are_right(desktop: Page, title: str) -> None:
    (switch,) = (label for label in desktop.find("runtimes").find_elements("tag name", "label") if label.text == title)
    switch.click()
    desktop.wait(lambda: desktop.text("status").startswith(f"{title} with small_int8"))
    status = desktop.text("status")
    assert "self-test: 20 of 20 images give the expected probabilities, 20 the right class" in status
    for label, strokes in DIGITS.items():
        desktop.draw(strokes)
        desktop.wait_for(label)
        assert float(desktop.text("confidence").split()[0]) > 50
        desktop.clear()


def test_the_ten_probabilities_are_shown_live(desktop: Page) -> None:
    rows = desktop.find("bars").find_elements("tag name", "li")
    assert [row.text.strip() for row in rows] == list("0123456789")
    desktop.draw(DIGITS["1"])
    desktop.wait_for("1")
    shares = [float(row.text.split()[1]) for row in rows]
    assert sum(shares) == pytest.approx(100, abs=1.5)
    assert rows[1].get_attribute("class") == "best"
    desktop.draw(DIGITS["0"])  # more strokes, another answer
    desktop.wait(lambda: [float(row.text.split()[1]) for row in rows] != shares)


def test_undo_takes_one_stroke_back_and_clear_all(desktop: Page) -> None:
    first, second = DIGITS["4"]
    desktop.draw([second])
    desktop.wait_for("1")
    desktop.draw([first])
    desktop.wait_for("4")
    desktop.find("undo").click()
    desktop.wait_for("1")
    desktop.find("undo").click()
    desktop.wait_for("–")
    assert desktop.text("confidence") == "Nothing drawn yet"


def test_the_keyboard_draws_and_clears(desktop: Page) -> None:
    stem = ["ARROW_DOWN"] * 25
    desktop.type(["SPACE", *stem, "SPACE"])
    desktop.wait_for("1")
    assert desktop.find("pen").is_displayed()
    desktop.type(["DELETE"])
    desktop.wait_for("–")
    across = ["ARROW_LEFT"] * 10
    desktop.type([*["ARROW_UP"] * 20, *["ARROW_RIGHT"] * 5, *across, "SPACE", *["ARROW_RIGHT"] * 12])
    slope = [key for _ in range(11) for key in ("ARROW_DOWN", "ARROW_DOWN", "ARROW_LEFT")]
    desktop.type([*slope, "SPACE"])
    desktop.wait_for("7")
    desktop.type(["ESCAPE"])
    desktop.wait_for("–")


def test_a_picture_can_be_opened(desktop: Page) -> None:
    for name in ("3_photograph", "6_blue_on_yellow", "7_large_page"):
        desktop.find("picture").send_keys(str(ROOT / "tests" / "drawings" / f"{name}.png"))
        desktop.wait_for(name[0])
    desktop.clear()
    desktop.find("picture").send_keys(str(ROOT / "tests" / "drawings" / "7_large_page.png"))  # the same again
    desktop.wait_for("7")
    desktop.find("picture").send_keys(str(ROOT / "tests" / "drawings" / "blank.png"))
    desktop.wait_for("–")
    desktop.find("picture").send_keys(str(ROOT / "README.md"))
    desktop.wait(lambda: "README.md can't be read as a picture" in desktop.text("unreadable"))
    assert "self-test: 20 of 20" in desktop.text("status"), "what was said of the runtime stays"
    desktop.clear()
    desktop.wait(lambda: not desktop.find("unreadable").is_displayed())


def test_a_tap_is_a_dot(desktop: Page) -> None:
    desktop.draw([[(50, 50)]])
    assert desktop.browser.execute_script(MIDDLE) == 255
    desktop.clear()
    assert desktop.browser.execute_script(MIDDLE) == 0


def test_a_pen_whose_stroke_is_gone_draws_nothing(desktop: Page) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    desktop.type(["SPACE", "ARROW_DOWN", "ARROW_DOWN"])
    desktop.find("undo").click()
    desktop.type(["ARROW_DOWN", "ARROW_LEFT"])
    assert desktop.text("label") == "–"
    canvas = desktop.find("canvas")
    hold = ActionChains(desktop.browser, duration=5).move_to_element(canvas).click_and_hold().move_by_offset(0, 60)
    hold.perform()
    desktop.browser.execute_script("document.getElementById('clear').click()")
    ActionChains(desktop.browser, duration=5).move_by_offset(40, 10).release().perform()
    desktop.wait_for("–")


def test_the_runtime_that_was_chosen_last_answers(desktop: Page) -> None:
    first, second = desktop.find("runtimes").find_elements("tag name", "label")
    second.click()
    first.click()
    second.click()
    desktop.wait(lambda: desktop.text("status").startswith("LiteRT.js with"))
    first.click()
    desktop.wait(lambda: desktop.text("status").startswith("ONNX Runtime Web with"))
    time.sleep(0.5)
    assert desktop.text("status").startswith("ONNX Runtime Web with")


def test_it_asks_no_network(desktop: Page) -> None:
    entries = desktop.browser.execute_script("return performance.getEntriesByType('resource').map((one) => one.name)")
    assert [name for name in entries if not name.startswith(("blob:", "data:"))] == []


def test_on_a_phone_a_finger_draws_and_the_answer_is_in_sight(browser: Any, page: Path) -> None:
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 3, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        phone = Page(browser, page)
        for label in ("2", "5", "8"):
            phone.touch(DIGITS[label])
            phone.wait_for(label)
            phone.clear()
        seen = "const { width, height } = document.getElementById('seen'); return [width, height]"
        assert browser.execute_script(seen) == [28, 28], "each pixel that the model sees is one"
        phone.touch_with_two((20, 20), (80, 80))  # a palm beside the finger draws no line between them
        assert browser.execute_script(MIDDLE) == 0
        assert browser.execute_script("return document.scrollingElement.scrollWidth") == 390
        assert browser.execute_script("return scrollY") == 0, "a finger that draws doesn't scroll"
        for button in browser.find_elements("tag name", "button"):
            assert button.size["height"] >= 44, "as large as a finger"
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


CLOTHES = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot of felt",
]


@pytest.fixture(scope="module")
def clothes(page: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a model whose classes have long names."""
    files = read_kit(page)
    models = json.loads(files["models.json"])
    for model in models:
        model["contract"]["labels"] = CLOTHES
    files["models.json"] = json.dumps(models).encode()
    path = tmp_path_factory.mktemp("clothes") / "clothes.html"
    path.write_bytes(build_products(find_kit("web"), files)[BUILT])
    return path


@pytest.fixture
def screen(browser: Any) -> Iterator[Callable[..., None]]:
    """Sets the size of a phone's screen."""

    def set_size(width: int, height: int, density: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": density, "mobile": True}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})

    yield set_size
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


@pytest.mark.parametrize(("width", "height", "density"), [(320, 568, 2), (390, 844, 3), (844, 390, 3)])
@pytest.mark.parametrize("names", ["page", "clothes"])
def test_on_every_screen_the_paper_the_answer_and_all_bars_are_in_sight(
    browser: Any, screen: Callable[..., None], request: pytest.FixtureRequest,
    names: str, width: int, height: int, density: int,
) -> None:  # fmt: skip
    screen(width, height, density)
    phone = Page(browser, request.getfixturevalue(names))
    before = browser.execute_script(BOXES)
    phone.touch(DIGITS["3"])
    phone.wait_for(CLOTHES[3] if names == "clothes" else "3")
    boxes = browser.execute_script(BOXES)
    assert boxes == before, "nothing moves when the answer comes"
    for name in ("canvas", "label", "bars"):
        assert boxes[name]["top"] >= 0, name
        assert boxes[name]["bottom"] <= height, name
        assert boxes[name]["right"] <= width, name
    assert boxes["canvas"]["width"] >= 128
    assert boxes["width"] == width, "nothing is wider than the screen"
    assert boxes["dense"] == pytest.approx(boxes["canvas"]["width"] * density, abs=3 * density), "each pixel is used"
    lefts = {round(row["left"]) for row in boxes["rows"]}
    assert len(lefts) == (2 if names == "page" and width < height else 1), "the bars of a column share one edge"


def test_a_long_name_shrinks_into_its_place(browser: Any, screen: Callable[..., None], clothes: Path) -> None:
    screen(320, 568, 2)
    phone = Page(browser, clothes)
    place = phone.find("label").size
    for label in ("1", "9"):
        phone.touch(DIGITS[label])
        phone.wait_for(CLOTHES[int(label)])
        inside = "const e = document.getElementById('label'); return [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]"  # noqa: E501
        assert browser.execute_script(inside) == [0, 0], "nothing is cut off"
        assert phone.find("label").size == place
        phone.clear()


def test_in_the_dark_the_page_is_dark_and_reads_the_same(browser: Any, page: Path) -> None:
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    try:
        night = Page(browser, page)
        colours = browser.execute_script(
            "const style = getComputedStyle(document.body); return [style.backgroundColor, style.color]"
        )
        background, ink = (max(map(int, colour.strip("rgb()").split(","))) for colour in colours)
        assert background < 40
        assert ink > 200
        night.draw(DIGITS["3"])
        night.wait_for("3")
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_the_page_writes_its_answers(browser: Any, page: Path, tmp_path: Path) -> None:
    opened, log = Page(browser, page), tmp_path / "console.log"
    for index, model in enumerate(("small_int8.onnx", "small_int8.tflite")):
        log.write_text(opened.browser.execute_async_script(f"digits.answers({index}).then(arguments[0])"))
        found = diff_answers(log, EXPORTS / model)
        assert (found.images, found.same_model, found.same_data, found.comparison.moved) == (20, True, True, 0)
        assert found.notes == ()


@pytest.mark.sample
def test_the_page_tells_a_changed_weight(browser: Any, page: Path, tmp_path: Path) -> None:
    """A golden answer that isn't the model's stands for a model that isn't the one that was proven."""
    files = read_kit(page)
    files["golden_onnx.csv"] = spoil_golden(files["golden_onnx.csv"].decode()).encode()
    (tmp_path / "digits.html").write_bytes(build_products(find_kit("web"), files)[BUILT])
    wrong = Page(browser, tmp_path / "digits.html")
    wrong.wait(lambda: "FAILED: image 0, the probability of class 0" in wrong.text("status"))
    assert "self-test: 19 of 20" in wrong.text("status")
    assert wrong.find("status").get_attribute("class") == "failed"


@pytest.mark.parametrize(
    ("models", "limit"),
    [
        slow(("model_int8.onnx",), 6_000_000),
        slow(("model_int8.tflite",), 6_000_000),
        slow(("model_int8.onnx", "model_int8.tflite"), 9_500_000),
    ],
)
def test_the_page_is_small_enough_and_holds_only_what_it_needs(
    browser: Any, tmp_path: Path, models: tuple[str, ...], limit: int
) -> None:
    path = write_kit("web", [EXPORTS / name for name in models], tmp_path / "kit", unverified=True).path / BUILT
    assert path.stat().st_size <= limit
    text = path.read_text()
    assert ("InferenceSession" in text) == any(name.endswith(".onnx") for name in models)
    assert "page.html" not in text
    assert "a part of the page" in text  # until the script runs
    assert ("loadAndCompile" in text) == any(name.endswith(".tflite") for name in models)
    page = Page(browser, path)
    page.draw(DIGITS["7"])
    page.wait_for("7")
    assert page.find("runtimes").is_displayed() == (len(models) > 1)
