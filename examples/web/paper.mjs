// A canvas to draw on, with a finger, a pen, a mouse or the keyboard.

const SIZE = 280; // of the paper's sides, in its own pixels, however large and dense the screen shows it
const WIDTH = 20; // of the pen: as thick as MNIST's strokes
const STEP = 7; // of the pen that the keyboard moves
const LONGEST_SIDE = 1024; // of a picture that is read; a photograph has more

export class Paper {
  #canvas; // what is shown, in the screen's own pixels
  #read = Object.assign(document.createElement("canvas"), { width: SIZE, height: SIZE }); // what is classified
  #strokes = []; // each a list of points, or a picture
  #drawing = false;
  #pen; // the mark that shows where the keyboard's pen is
  #place;
  #down = false;
  #changed;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLElement} pen
   * @param {(edited: boolean) => void} changed - called after each change; false where the same is only shown anew.
   */
  constructor(canvas, pen, changed) {
    this.#canvas = canvas;
    this.#pen = pen;
    this.#place = { x: SIZE / 2, y: SIZE / 4 };
    this.#changed = changed;
    canvas.addEventListener("pointerdown", (event) => this.#start(event));
    canvas.addEventListener("pointermove", (event) => this.#go(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => this.#end(event));
    canvas.addEventListener("keydown", (event) => this.#type(event));
    canvas.addEventListener("blur", () => this.#showPen(false));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#redraw(false));
    new ResizeObserver(() => this.#resize()).observe(canvas);
  }

  /**
   * @returns {{data: Uint8ClampedArray, width: number, height: number, opened: boolean}} RGBA: ink on nothing; or the
   *   picture that was opened, in its own pixels unless something was drawn on it.
   */
  read() {
    const picture = this.#strokes.find((stroke) => !Array.isArray(stroke));
    if (picture && this.#strokes.length === 1) return readPicture(picture);
    const { left, top, width, height } = picture ? fit(picture) : { left: 0, top: 0, width: SIZE, height: SIZE };
    const { data } = contextOf(this.#read).getImageData(left, top, width, height);
    return { data, width, height, opened: Boolean(picture) };
  }

  clear() {
    this.#strokes = [];
    this.#rest();
    this.#redraw();
  }

  undo() {
    this.#strokes.pop();
    this.#rest();
    this.#redraw();
  }

  /** Shows a picture in place of what was drawn, as large as fits. @param {ImageBitmap} picture */
  show(picture) {
    this.#strokes = [picture];
    this.#rest();
    this.#redraw();
  }

  /** Lifts every pen: the stroke that it drew may be gone. */
  #rest() {
    this.#drawing = false;
    this.#down = false;
    this.#pen.classList.remove("down");
  }

  #start(event) {
    if (event.button > 0 || !event.isPrimary) return; // a second finger would draw a line between the two
    this.#showPen(false);
    this.#canvas.setPointerCapture(event.pointerId);
    this.#drawing = true;
    this.#strokes.push([this.#locate(event)]);
    this.#redraw();
  }

  #go(event) {
    if (!this.#drawing || !event.isPrimary) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length ? events : [event]) this.#strokes.at(-1).push(this.#locate(one));
    this.#redraw();
  }

  #end(event) {
    if (event.isPrimary) this.#drawing = false;
  }

  #locate(event) {
    const box = this.#canvas.getBoundingClientRect();
    const scale = SIZE / box.width;
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
  }

  #type(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key in moves) this.#movePen(moves[event.key]);
    else if (event.key === " ") this.#turnPen();
    else if (["Delete", "Backspace", "Escape"].includes(event.key)) this.clear();
    else if (event.key === "z" && (event.ctrlKey || event.metaKey)) this.undo();
    else return;
    event.preventDefault();
  }

  #movePen([across, down]) {
    const within = (value) => Math.min(Math.max(value, 0), SIZE);
    this.#place = { x: within(this.#place.x + STEP * across), y: within(this.#place.y + STEP * down) };
    this.#showPen(true);
    if (!this.#down) return;
    this.#strokes.at(-1).push(this.#place);
    this.#redraw();
  }

  #turnPen() {
    this.#down = !this.#down;
    this.#showPen(true);
    if (!this.#down) return;
    this.#strokes.push([this.#place]);
    this.#redraw();
  }

  #showPen(shown) {
    this.#pen.hidden = !shown;
    if (!shown) this.#down = false;
    this.#pen.classList.toggle("down", this.#down);
    this.#pen.style.left = `${(100 * this.#place.x) / SIZE}%`;
    this.#pen.style.top = `${(100 * this.#place.y) / SIZE}%`;
  }

  #resize() {
    this.#canvas.width = this.#canvas.height = Math.round(this.#canvas.clientWidth * devicePixelRatio);
    this.#redraw(false);
  }

  #redraw(edited = true) {
    const colour = getComputedStyle(this.#canvas).color;
    for (const canvas of [this.#canvas, this.#read]) draw(canvas, this.#strokes, colour);
    this.#changed(edited);
  }
}

function draw(canvas, strokes, colour) {
  const context = contextOf(canvas);
  context.setTransform(canvas.width / SIZE, 0, 0, canvas.height / SIZE, 0, 0);
  context.clearRect(0, 0, SIZE, SIZE);
  context.lineWidth = WIDTH;
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = context.fillStyle = colour;
  for (const stroke of strokes) Array.isArray(stroke) ? drawStroke(context, stroke) : drawPicture(context, stroke);
}

function drawStroke(context, [first, ...others]) {
  context.beginPath();
  context.arc(first.x, first.y, WIDTH / 2, 0, 2 * Math.PI); // a dot, where the pen doesn't move
  context.fill();
  context.beginPath();
  context.moveTo(first.x, first.y);
  for (const { x, y } of others) context.lineTo(x, y);
  context.stroke();
}

function drawPicture(context, picture) {
  const { left, top, width, height } = fit(picture);
  context.drawImage(picture, left, top, width, height);
}

/** Where a picture is as large as fits, in whole pixels. */
function fit(picture) {
  const scale = SIZE / Math.max(picture.width, picture.height);
  const [width, height] = [picture.width, picture.height].map((size) => Math.max(1, Math.round(size * scale)));
  return { left: Math.floor((SIZE - width) / 2), top: Math.floor((SIZE - height) / 2), width, height };
}

function readPicture(picture) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width, picture.height].map((size) => Math.max(1, Math.round(size * scale)));
  const context = contextOf(Object.assign(document.createElement("canvas"), { width, height }));
  context.drawImage(picture, 0, 0, width, height);
  return { data: context.getImageData(0, 0, width, height).data, width, height, opened: true };
}

const contextOf = (canvas) => canvas.getContext("2d", { willReadFrequently: true });
