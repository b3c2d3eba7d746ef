import { duration } from "../chart/format.js";
import { type Html, html } from "../page/html.js";
import type { DrawnStudy } from "./study.js";

/** Everything a reader has to know to judge or repeat the numbers; what the study leaves open is called "not stated". */
export const choicesList = (study: DrawnStudy): Html => {
  const { choices = {}, data } = study;
  const device = Object.entries(study.device).map(
    ([key, value]) => `${key} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`,
  );
  const versions = Object.entries(choices.versions ?? {}).map(([name, version]) => `${name} ${version}`);
  const rows: (readonly [name: string, value: string | undefined])[] = [
    ["Axes", choices.axes],
    ["Parameters N", choices.parameters],
    ["Tokens D", choices.tokens],
    ["Compute C", choices.flops],
    ["Validation loss", choices.loss],
    ["Fit", choices.fit],
    ["Intervals", choices.intervals],
    ["Runs left out", choices.filters],
    ["Training recipe", choices.recipe],
    ["Seeds", choices.seeds?.join(", ")],
    ["Data", [data.name, data.details].filter(Boolean).join(". ")],
    ["Data source", data.source],
    ["Data licence", data.licence],
    ["Device", device.join(", ")],
    ["Versions", versions.join(", ")],
    [
      "Units",
      "Compute in FLOPs, N in parameters, D in tokens, loss as the mean of the objective, time in seconds of wall clock",
    ],
    ...Object.entries(choices.other ?? {}),
  ];
  const items = rows.map(
    ([name, value]) =>
      html`<div><dt>${name}</dt><dd${!value && html` class="missing"`}>${value || "not stated"}</dd></div>`,
  );
  return html`<dl class="choices">${items}</dl>`;
};

/** Where the time went, as one bar with its parts named below. */
export const timingBar = (timings: Readonly<Record<string, number>>): Html => {
  const phases = Object.entries(timings)
    .filter(([, seconds]) => seconds > 0)
    .sort((a, b) => b[1] - a[1]);
  const total = phases.reduce((sum, [, seconds]) => sum + seconds, 0);
  const shade = (i: number) => (1 - (0.75 * i) / Math.max(1, phases.length - 1)).toFixed(2);
  const bars = phases.map(
    ([, seconds], i) => html`<span style="flex-grow:${seconds.toFixed(3)};opacity:${shade(i)}"></span>`,
  );
  const items = phases.map(
    ([phase, seconds], i) =>
      html`<li><i style="opacity:${shade(i)}"></i>${phase} <b>${duration(seconds)}</b>, ${Math.round((100 * seconds) / total)} %</li>`,
  );
  return html`<div class="time"><div class="bar">${bars}</div><ul>${items}</ul></div>`;
};
