import { type Html, html } from "../page/html.js";
import { link, linked } from "../page/links.js";
import type { DrawnStudy } from "./study.js";

/** Everything a reader has to know to judge or repeat the numbers; what the study leaves open is called "not stated". */
export const choicesList = (study: DrawnStudy): Html => {
  const { choices = {}, data, file, modules = [] } = study;
  const device = Object.entries(study.device).map(
    ([key, value]) => `${key} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`,
  );
  const rows: (readonly [name: string, value: Html | string | undefined])[] = [
    ...(file ? [["Study", [file.name, file.hash].filter(Boolean).join(", ")] as const] : []),
    ["Axes", choices.axes],
    ["Parameters N", choices.parameters],
    ["Tokens D", choices.tokens],
    ["Compute C", choices.flops],
    ["Validation loss", choices.loss],
    ["Fit", choices.fit],
    ["Intervals", choices.intervals],
    ["Runs left out", choices.filters],
    ["Training recipe", choices.recipe],
    ["Seeds", choices.seeds && seedsWords(choices.seeds)],
    ["Data", [data.name, data.details].filter(Boolean).join(". ")],
    ["Data source", data.source],
    ["Data licence", data.licence],
    ...(modules.length > 0
      ? [["Modules", modules.map(({ path, digest }) => `${path} (${digest})`).join(", ")] as const]
      : []),
    ["Device", device.join(", ")],
    ["Versions", versionsOf(choices.versions ?? {})],
    [
      "Units",
      "Compute in FLOPs, N in parameters, D in tokens, loss as the mean of the objective, time in seconds of wall clock",
    ],
    ...Object.entries(choices.other ?? {}),
  ];
  const items = rows.map(([name, value]) => {
    const said = typeof value === "string" ? value !== "" && linked(value) : value;
    return html`<div><dt>${name}</dt><dd${!said && html` class="missing"`}>${said || "not stated"}</dd></div>`;
  });
  return html`<dl class="choices">${items}</dl>\n`;
};

/** More than these are those of single runs, and stand with them. */
const fewSeeds = 8;

const seedsWords = (seeds: readonly number[]): string =>
  seeds.length > fewSeeds ? `${seeds.length} different ones, each stated with its run` : seeds.join(", ");

/** Names that npm allows. */
const packageName = /^(?:@[a-z\d-]+\/)?[a-z\d][a-z\d._-]*$/;

/** Package or program to version; packages are links. */
const versionsOf = (versions: Readonly<Record<string, string>>): Html | undefined => {
  const entries = Object.entries(versions);
  if (entries.length === 0) return undefined;
  const parts = entries.map(([name, version], i) => {
    const known =
      packageName.test(name) && name !== "node" ? link(`https://www.npmjs.com/package/${name}`, name) : name;
    return html`${i > 0 && ", "}${known} ${version}`;
  });
  return html`${parts}`;
};
