#!/usr/bin/env node
// node cli.mjs [--wasm] [--json] photo.png …    classifies pictures of any size; a line for each
// node cli.mjs [--wasm] --self-test             holds the model against golden.csv
// node cli.mjs [--wasm] --answers               prints what it answers to golden.csv, for: edgemnist diff
//
// Exit status 0; 1 if the self-test fails; 2 if a picture can't be read: the others are classified.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import pngjs from "pngjs";

import { readGolden, runSelfTest, writeAnswers } from "./golden.mjs";
import { isBlank, openClassifier } from "./index.mjs";

const HELP = "usage: node cli.mjs [--wasm] [--json] PICTURE.png …\n       node cli.mjs [--wasm] --self-test | --answers";
// Whose answers are printed.
const ANSWERS = [
  "model=b0e609b3c3ea0e5e8c7d7048a10a8cbb6a374a344145da4a1d1620c282ce61bf",
  "data=f5147f7baa1787ec4b3cd00068f8ec8a61d969373b74639b6aef5c981fc5a5b2",
  "precision=int8 dtype=float32 kind=probabilities classes=10 images=20 kit=node",
].join(" ");
const OPTIONS = {
  wasm: { type: "boolean" },
  json: { type: "boolean" },
  "self-test": { type: "boolean" },
  answers: { type: "boolean" },
  help: { type: "boolean", short: "h" },
};

process.exitCode = await main();

async function main() {
  try {
    const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
    if (values.help) return say(HELP);
    if ([values["self-test"], values.answers, positionals.length > 0].filter(Boolean).length !== 1) {
      throw new Error(`either pictures, --self-test or --answers is expected\n${HELP}`);
    }
    const classifier = await openClassifier({ wasm: values.wasm });
    if (values["self-test"]) return await testItself(classifier);
    if (values.answers) return say(await writeAnswers(classifier, readGoldenFile(), ANSWERS));
    let status = 0;
    for (const path of positionals) status = Math.max(status, await classifyPicture(classifier, path, values.json));
    return status;
  } catch (error) {
    console.error(`error: ${error.message}`);
    return 2;
  }
}

function say(words) {
  console.log(words);
  return 0;
}

async function testItself(classifier) {
  const { passed, words } = await runSelfTest(classifier, readGoldenFile());
  say(words);
  return passed ? 0 : 1;
}

function readGoldenFile() {
  return readGolden(readFileSync(new URL("golden.csv", import.meta.url), "utf8"));
}

async function classifyPicture(classifier, path, asJson) {
  try {
    const pixels = prepare(classifier, readPicture(path), path);
    show(path, await classifier.classify(pixels), classifier.contract.labels, asJson);
    return 0;
  } catch (error) {
    console.error(error.message);
    return 2;
  }
}

function readPicture(path) {
  try {
    return pngjs.PNG.sync.read(readFileSync(path));
  } catch (error) {
    const reason = error.code === "ENOENT" ? "no such file" : `can't be read as a PNG: ${error.message}`;
    throw new Error(`${path}: ${reason}`);
  }
}

function prepare(classifier, { data, width, height }, path) {
  let pixels;
  try {
    pixels = classifier.prepare(data, width, height);
  } catch (error) {
    throw new Error(`${path}: ${error.message}`);
  }
  if (isBlank(pixels)) throw new Error(`${path}: nothing to be seen on it`);
  return pixels;
}

function show(path, { label, probabilities }, labels, asJson) {
  if (asJson) {
    const shares = Object.fromEntries(labels.map((name, index) => [name, probabilities[index]]));
    return say(JSON.stringify({ image: path, label, probabilities: shares }));
  }
  return say(`${path}: ${label} (${(100 * Math.max(...probabilities)).toFixed(2)} %)`);
}
