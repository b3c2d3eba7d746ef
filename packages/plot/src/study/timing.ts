import { duration } from "../chart/format.js";
import { type Html, html } from "../page/html.js";
import { type StudySummary, summedOverThreads } from "./study.js";

/** Less of the wall clock than this share is nobody's. */
const least = 0.01;

/** Where the wall clock went, as one bar with its parts named below, and what no part of it is. */
export const timingBar = ({ timings = {}, seconds }: Pick<StudySummary, "timings" | "seconds">): Html => {
  const { [summedOverThreads]: training, ...laps } = timings;
  const named = Object.entries(laps).filter(([, lap]) => lap > 0);
  const known = sum(named);
  const rest = seconds - known;
  const phases = [...named, ...(rest > least * seconds ? [["everything else", rest] as const] : [])].sort(
    (a, b) => b[1] - a[1],
  );
  const total = sum(phases);
  const shade = (i: number) => (1 - (0.75 * i) / Math.max(1, phases.length - 1)).toFixed(2);
  const bars = phases.map(([, lap], i) => html`<span style="flex-grow:${lap.toFixed(3)};opacity:${shade(i)}"></span>`);
  const items = phases.map(
    ([phase, lap], i) =>
      html`<li><i style="opacity:${shade(i)}"></i>${phase} <b>${duration(lap)}</b>, ${percent(lap / total)}</li>`,
  );
  const threads =
    training !== undefined &&
    html`<p>Training alone, without set-up and validation, took ${duration(training)} added up over all threads.</p>`;
  const bar = phases.length > 0 && html`<div class="bar" aria-hidden="true">${bars}</div><ul>${items}</ul>`;
  return html`<div class="time">${bar}${threads}</div>\n`;
};

const sum = (parts: readonly (readonly [string, number])[]): number => parts.reduce((all, [, part]) => all + part, 0);

const percent = (share: number): string => (share < 0.005 ? "<\u20091\u00A0%" : `${Math.round(100 * share)}\u00A0%`);
