// The page: what is drawn is prepared, classified and shown, at each stroke.

import { readAsset } from "./assets.mjs";
import { readGolden, runSelfTest } from "./golden.mjs";
import { Paper } from "./paper.mjs";
import { DIGIT_SIZE, isBlank, preparePicture } from "./preparation.mjs";
import { models, openModel } from "./runtimes.mjs";

const find = (id) => document.getElementById(id);
const { labels, picture = {} } = models[0].contract;
const paper = new Paper(find("canvas"), find("pen"), scheduleAnswer);
let chosen = null;
let classifier = null;
let news = ["", false]; // what there is to say of the runtime
let scheduled = false;

// For scripts that test the page: await digits.open(0), then prepare(rgba, width, height) and classify(pixels).
globalThis.digits = { open: (index) => openModel(models[index]) };

setUp();
await choose(models[0]);

function setUp() {
  Object.assign(find("seen"), { width: DIGIT_SIZE, height: DIGIT_SIZE });
  const digits = labels.every((label, index) => label === String(index));
  find("title").textContent = document.title = digits ? "Draw a digit" : `Draw one of: ${labels.join(", ")}`;
  find("bars").replaceChildren(...labels.map(makeBar));
  find("runtimes").append(...models.map(makeSwitch));
  find("runtimes").hidden = models.length < 2;
  find("clear").addEventListener("click", () => {
    paper.clear();
    say(...news);
  });
  find("undo").addEventListener("click", () => paper.undo());
  find("picture").addEventListener("change", async ({ target }) => {
    await openPicture(target.files[0]);
    target.value = ""; // so that the same picture can be opened again
  });
  document.addEventListener("paste", ({ clipboardData }) => openPicture(clipboardData.files[0]));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    openPicture(event.dataTransfer.files[0]);
  });
}

function makeBar(label) {
  const row = document.createElement("li");
  row.innerHTML = '<span class="name"></span><div class="track"><div class="bar"></div></div><span class="share"></span>';
  row.querySelector(".name").textContent = label;
  return row;
}

function makeSwitch(model, index) {
  const row = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "radio", name: "runtime", checked: !index });
  input.addEventListener("change", () => choose(model));
  row.append(input, model.title);
  return row;
}

async function choose(model) {
  const started = performance.now();
  chosen = model;
  say(`Starting ${model.title} …`);
  classifier = null;
  try {
    const opened = await openModel(model);
    const test = model.golden && (await runSelfTest(opened, await readGoldenAsset(model)));
    const ready = `${model.title} with ${model.file} was ready in ${((performance.now() - started) / 1000).toFixed(1)} s.`;
    if (chosen !== model) return; // another one was, meanwhile
    news = [[ready, test?.words].filter(Boolean).join("\n"), test && !test.passed];
    say(...news);
    classifier = opened;
    scheduleAnswer();
  } catch (error) {
    if (chosen === model) say(`${model.title} can't run here: ${error.message}`, true);
  }
}

async function readGoldenAsset(model) {
  return readGolden(new TextDecoder().decode(await readAsset(model.golden)));
}

function say(words, failed = false) {
  find("status").textContent = words;
  find("status").classList.toggle("failed", Boolean(failed));
}

async function openPicture(file) {
  if (!file) return;
  try {
    paper.show(await createImageBitmap(file));
    say(...news); // an earlier picture may have failed
  } catch {
    say(`${file.name} can't be read as a picture`, true);
  }
}

/** Answers once a frame, however many points came in it. */
function scheduleAnswer() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(async () => {
    scheduled = false;
    await answer();
  });
}

async function answer() {
  const pixels = prepare(paper.read());
  showSeen(pixels);
  if (isBlank(pixels) || !classifier) return showNothing();
  const { index, label, probabilities } = await classifier.classify(pixels);
  find("label").value = label;
  find("confidence").textContent = `${formatShare(probabilities[index])} sure`;
  showBars(probabilities, index);
}

/**
 * A drawing is larger than an image: where the model takes pictures as they are, it is scaled. Where the model takes
 * either ink, it is dark ink on bright paper.
 */
function prepare({ data, width, height, opened }) {
  const chosen = { ...picture };
  if (chosen.preparation === "none" && (width !== DIGIT_SIZE || height !== DIGIT_SIZE)) chosen.preparation = "fit";
  if (chosen.ink === "any" && !opened) chosen.ink = "dark";
  return preparePicture(data, width, height, chosen);
}

function showNothing() {
  find("label").value = "–";
  find("confidence").textContent = "Nothing drawn yet";
  showBars(labels.map(() => 0), -1);
}

function showBars(probabilities, best) {
  [...find("bars").children].forEach((row, index) => {
    row.classList.toggle("best", index === best);
    row.querySelector(".bar").style.width = `${100 * probabilities[index]}%`;
    row.querySelector(".share").textContent = best < 0 ? "" : formatShare(probabilities[index]);
  });
}

function showSeen(pixels) {
  const image = new ImageData(DIGIT_SIZE, DIGIT_SIZE);
  pixels.forEach((v, i) => image.data.set([v, v, v, 255], 4 * i));
  find("seen").getContext("2d").putImageData(image, 0, 0);
}

function formatShare(probability) {
  return `${(100 * probability).toFixed(1)} %`;
}
