import type { Command, DeviceChoice, Report } from "../messages.js";
import { createChart } from "./chart.js";
import { showPictures } from "./pictures.js";

const element = <T extends HTMLElement = HTMLElement>(id: string): T => document.getElementById(id) as T;

const toggle = element<HTMLButtonElement>("toggle");
const device = element<HTMLFieldSetElement>("device");
const progress = element<HTMLProgressElement>("progress");
const status = element("status");

/** "?steps=500" trains for less. */
const steps = Math.max(1, Math.round(Number(new URLSearchParams(location.search).get("steps")) || 5000));
const chart = createChart(element("chart"), steps);
progress.max = steps;

type State = "idle" | "starting" | "training" | "pausing" | "paused" | "failed" | "over";

const labels: Readonly<Record<State, string>> = {
  idle: "Start",
  starting: "Starting …",
  training: "Pause",
  pausing: "Pausing …",
  paused: "Continue",
  failed: "Try again",
  over: "Start over",
};

let state: State = "idle";
const enter = (next: State): void => {
  state = next;
  toggle.textContent = labels[next];
  toggle.disabled = next === "starting" || next === "pausing";
  device.disabled = toggle.disabled || next === "training";
};

const say = (text: string, failed = false): void => {
  status.textContent = text;
  status.toggleAttribute("data-failed", failed);
};

const hear = ({ data: report }: MessageEvent<Report>): void => {
  switch (report.kind) {
    case "examples":
      showPictures(element("examples"), report.pictures);
      break;
    case "device":
      element("picked").textContent = report.description;
      say("Compiling …");
      break;
    case "progress":
      if (state === "starting") {
        enter("training");
        say("Training …");
      }
      element("step").textContent = `${report.step} / ${steps}`;
      if (report.stepsPerSecond > 0) element("speed").textContent = report.stepsPerSecond.toPrecision(3);
      element("loss").textContent = report.losses.at(-1)!.toFixed(3);
      progress.value = report.step;
      chart.add(report.step, report.losses);
      break;
    case "samples":
      element("drawn-at").textContent = `after ${report.step} steps`;
      showPictures(element("samples"), report.pictures);
      break;
    case "paused":
      enter("paused");
      say("Paused. It goes on where it was, on another device if you like.");
      break;
    case "finished":
      enter("over");
      say(
        `Done. The loss on scenes it has never seen is ${report.validationLoss.toFixed(4)} ± ${report.standardError.toFixed(4)}.`,
      );
      break;
    case "failed":
      enter("failed");
      say(report.message, true);
  }
};

const hire = (): Worker => {
  const worker = new Worker(new URL("../training/worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", hear);
  worker.addEventListener("error", (event) => {
    say(event.message || "The training worker could not be loaded.", true);
    enter("over");
  });
  return worker;
};

let worker = hire();
const chosenDevice = (): DeviceChoice => device.querySelector<HTMLInputElement>(":checked")!.value as DeviceChoice;
const tell = (command: Command): void => worker.postMessage(command);

toggle.addEventListener("click", () => {
  if (state === "training") {
    enter("pausing");
    return tell({ kind: "pause" });
  }
  if (state === "over") {
    worker.terminate();
    worker = hire();
    chart.clear();
    progress.value = 0;
  }
  enter("starting");
  say("Preparing the device …");
  tell({ kind: "train", device: chosenDevice(), steps });
});
