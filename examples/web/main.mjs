// The page: what is drawn is prepared, classified and shown, at each stroke.

import { readAsset } from "./assets.mjs";
import { readGolden, runSelfTest, writeAnswers } from "./golden.mjs";
import { Paper } from "./paper.mjs";
import { DIGIT_SIZE, isBlank, preparePicture } from "./preparation.mjs";
import { models, openModel } from "./runtimes.mjs";

const find = (id) => document.getElementById(id);
const { labels, picture = {} } = models[0].contract;
const paper = new Paper(find("canvas"), find("pen"), (edited) => {
  if (edited) complain("");
  scheduleAnswer();
});
let chosen = null;
let classifier = null;
let scheduled = false;

// For scripts that test the page: await digits.open(0), then prepare(rgba, width, height) and classify(pixels).
// For the console of a browser whose answers are in doubt: await digits.answers(0), for: edgemnist diff.
globalThis.digits = { open: (index) => openModel(models[index]), answers: (index) => listAnswers(models[index]) };

setUp();
await choose(models[0]);

function setUp() {
  Object.assign(find("seen"), { width: DIGIT_SIZE, height: DIGIT_SIZE });
  find("title").textContent = document.title = nameTask();
  const longest = Math.max(...labels.map((label) => label.length));
  find("label").style.setProperty("--longest", longest);
  find("bars").replaceChildren(...labels.map(makeBar));
  find("bars").style.setProperty("--rows", Math.ceil(labels.length / 2));
  find("bars").classList.toggle("short", longest <= 3);
  find("runtimes").append(...models.map(makeSwitch));
  find("runtimes").hidden = models.length < 2;
  find("clear").addEventListener("click", () => paper.clear());
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

function nameTask() {
  if (labels.every((label, index) => label === String(index))) return "Draw a digit";
  const all = labels.join(", ");
  return all.length <= 20 ? `Draw one of: ${all}` : `Draw one of ${labels.length} classes`;
}

function makeBar(label) {
  const row = document.createElement("li");
  row.innerHTML = '<span class="name"></span><div class="track"><div class="bar"></div></div><span class="share"></span>';
  const name = Object.assign(row.querySelector(".name"), { textContent: label, title: label });
  name.style.setProperty("--length", label.length);
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
  showNothing(`Starting ${model.title} …`);
  try {
    const opened = await openModel(model);
    const test = model.golden && (await runSelfTest(opened, await readGoldenAsset(model)));
    const ready = `${model.title} with ${model.file} was ready in ${((performance.now() - started) / 1000).toFixed(1)} s.`;
    if (test && !test.passed) console.log(await listAnswers(model));
    if (chosen !== model) return; // another one was, meanwhile
    say([ready, test?.words].filter(Boolean).join("\n"), test && !test.passed);
    classifier = opened;
    scheduleAnswer();
  } catch (error) {
    if (chosen !== model) return;
    say(`${model.title} can't run here: ${error.message}`, true);
    showNothing(`${model.title} can't run here`);
  }
}

async function listAnswers(model) {
  return writeAnswers(await openModel(model), await readGoldenAsset(model), model.answers);
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
  } catch {
    complain(`${file.name} can't be read as a picture`);
  }
}

/** Says beside the button that a picture can't be read; "" for what is right again. */
function complain(words) {
  find("unreadable").textContent = words;
  find("unreadable").hidden = !words;
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
  const drawn = paper.read();
  const pixels = prepare(drawn);
  showSeen(pixels);
  if (!classifier) return; // what is said of its start stays
  if (isBlank(pixels)) return showNothing(drawn.opened ? "Nothing to be seen on it" : "Nothing drawn yet");
  const { index, label, probabilities } = await classifier.classify(pixels);
  showLabel(label);
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

function showNothing(words) {
  showLabel("–");
  find("confidence").textContent = words;
  showBars(labels.map(() => 0), -1);
}

function showLabel(label) {
  find("label").value = label;
  find("label").style.setProperty("--length", label.length);
}

function showBars(probabilities, best) {
  [...find("bars").children].forEach((row, index) => {
    row.classList.toggle("best", index === best);
    row.querySelector(".bar").style.width = `${100 * probabilities[index]}%`;
    row.querySelector(".share").textContent = best < 0 ? "\u00a0" : formatShare(probabilities[index]);
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
