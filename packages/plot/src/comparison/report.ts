import { csvOf } from "../chart/data.js";
import type { FigureOptions } from "../chart/sheet.js";
import { recordUrl } from "../page/data-url.js";
import { type Html, html } from "../page/html.js";
import { layOut, type PageOptions, type Part } from "../page/page.js";
import { cite } from "../study/cite.js";
import type { Choices } from "../study/study.js";
import { comparisonFigures, type NamedFigure } from "./figures.js";
import type { ComparedArm, ComparisonSummary } from "./record.js";
import {
  armsTable,
  atTable,
  checksOf,
  checksTable,
  comparedBy,
  exponentsTable,
  pairedTable,
  ratiosTable,
  totals,
} from "./tables.js";
import { verdictOfArms } from "./words.js";

/**
 * A study of several arms as one HTML file that needs nothing else. What cannot be compared is left out, and the page says why.
 * @throws PlotInputError when it cannot be drawn honestly; the error names the field.
 */
export const renderComparison = (study: ComparisonSummary, options: PageOptions = {}): string => {
  const { headline, sentences } = verdictOfArms(study);
  const terms = totals(study.arms).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  const header = html`<p class="kicker">Isoflop, ${study.name} study, ${study.compared} compared</p>
<h1>${headline}</h1>
${sentences.map((sentence, i) => html`<p${i === 0 && html` class="lead"`}>${sentence}</p>\n`)}<dl class="facts">${terms}</dl>
`;
  const footer =
    "Made by @isoflop/plot. The method is that of Liang et al., Scaling Laws for Diffusion Transformers, arXiv 2410.08184.";
  return layOut({ title: `Isoflop, ${study.name} study`, header, sections: sectionsOf(study), footer }, options);
};

const shown = ({ name, figure }: NamedFigure) => ({ ...figure, name });

const sectionsOf = (study: ComparisonSummary): Part[] => {
  const { arms, lossesDiffer, file, reproduce } = study;
  const [first] = arms;
  const { pairs, byMetric, optima, exponents, checks } = comparisonFigures(study);
  const differ = differences(arms);
  const title = (word: string, arm: string) => (arms.length > 2 ? `${word}: ${arm}` : word);
  const sections: (Part | false)[] = [
    comparedBy(study).length > 0 &&
      study.metrics !== undefined && {
        title: "Effective compute",
        lead: `What each arm needs of compute to be as good as ${first!.name}, over what that takes: above 1 it is the worse. A metric is compared where its numbers are measured alike, whatever the objective and the data of training.`,
        table: ratiosTable(study),
      },
    ...pairs.map(({ arm, comparison, loss, compute }) => ({
      title: title("Optimal loss", arm),
      lead: `A is ${first!.name}, B is ${arm}. Their runs are taken to be independent; runs that share seeds and validation images have errors in common, which makes these intervals too wide, not too short.`,
      figures: [loss, ...(compute ? [compute] : [])].map(shown),
      table: atTable(comparison, first!.name, arm),
    })),
    ...byMetric.map(({ title: metric, arm, comparison, loss, compute }) => ({
      title: title(`By ${metric}`, arm),
      lead: `A is ${first!.name}, B is ${arm}.`,
      figures: [loss, ...(compute ? [compute] : [])].map(shown),
      table: atTable(comparison, first!.name, arm),
    })),
    lossesDiffer !== undefined && {
      title: "Why losses are not compared",
      lead: `${upper(lossesDiffer)}. A loss of one arm says nothing of a loss of another; exponents have no unit, and optima are counted in parameters and tokens, so these are compared below.`,
    },
    optima && { title: "Optima", figures: [shown(optima)] },
    exponents.length > 0 && {
      title: "Exponents",
      lead: "The exponents of compute that each arm has, and how far they are from those of the first. Two intervals that overlap may still differ: the interval of the difference decides.",
      figures: exponents.map((one) => ({ ...shown(one), half: exponents.length > 1 })),
      table: exponentsTable(arms),
    },
    checksOf(arms).length > 0 && {
      title: "Held-out checks",
      figures: checks ? [shown(checks)] : [],
      table: checksTable(arms),
    },
    arms.some(({ paired = [] }) => paired.length > 0) && {
      title: "The same samples",
      lead: `Losses of ${first!.name} taken from those of the other arms image by image, at the same noise and time: what all find hard cancels, and the error that validation leaves is smaller than that of two losses. It is of the runs that were trained; other seeds would differ by what runs of equal size scatter.`,
      table: pairedTable(arms),
    },
    { title: "Arms", table: armsTable(arms), more: ofEach(arms) },
    differ.length > 0 && {
      title: "What differs",
      lead: "Choices that are not the same in all arms. All others are in the report of each.",
      more: html`<dl class="choices">${differ.map(
        ([name, values]) => html`<div><dt>${name}</dt><dd>${values.map((value) => html`<p>${value}</p>`)}</dd></div>`,
      )}</dl>\n`,
    },
    file !== undefined && {
      title: "Study file",
      more: html`<pre class="wrapped" tabindex="0" data-name="the study file">${file.text}</pre>\n`,
    },
    {
      title: "Reproduce",
      more: html`${reproduce !== undefined && html`<pre class="wrapped" tabindex="0" data-name="the command">${reproduce}</pre>\n`}<p>All numbers of this page: <a href="${recordUrl(study)}" download="comparison.json" data-copy>comparison.json</a></p>\n`,
    },
    { title: "Cite", more: cite({ ...first!.summary, preset: study.name, ...(file && { file }) }) },
  ];
  return sections.filter((part) => part !== false);
};

const upper = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** Where the report of each arm is, and what its curve is. */
const ofEach = (arms: readonly ComparedArm[]): Html => {
  const items = arms.map(({ name, folder, law, refused }) => {
    const address =
      folder === undefined ? undefined : `${folder.split("/").map(encodeURIComponent).join("/")}/report.html`;
    const called = address === undefined ? html`${name}` : html`<a href="./${address}">${name}</a>`;
    return html`<li>${called}${law !== undefined && `: ${law}`}${refused !== undefined && `: no curve, ${refused}`}</li>`;
  });
  return html`<ul class="list">${items}</ul>\n`;
};

const choiceNames = {
  axes: "Axes",
  tokens: "Tokens D",
  flops: "Compute C",
  loss: "Validation loss",
  fit: "Fit",
  filters: "Runs left out",
  recipe: "Training recipe",
} as const satisfies Partial<Record<keyof Choices, string>>;

/** What is said of the arms in unlike words, each with its arm. */
const differences = (arms: readonly ComparedArm[]): [name: string, values: string[]][] => {
  const rows: (readonly [string, (arm: ComparedArm) => string | undefined])[] = [
    ...Object.entries(choiceNames).map(
      ([key, name]) =>
        [name, ({ summary }: ComparedArm) => summary.choices?.[key as keyof typeof choiceNames]] as const,
    ),
    ["Data", ({ summary: { data } }) => [data.name, data.details].filter(Boolean).join(". ")],
  ];
  return rows.flatMap(([name, of]) => {
    const values = arms.map((arm) => of(arm) ?? "not stated");
    return new Set(values).size > 1 ? [[name, values.map((value, i) => `${arms[i]!.name}: ${value}`)]] : [];
  });
};

/** Every figure of a comparison by file name without ending, and its numbers: SVG and CSV text. */
export const comparisonFiles = (study: ComparisonSummary, options: Omit<FigureOptions, "width" | "title"> = {}) => {
  const { pairs, byMetric, optima, exponents, checks } = comparisonFigures(study);
  const all = [
    ...[...pairs, ...byMetric].flatMap(({ loss, compute }) => [loss, compute]),
    optima,
    ...exponents,
    checks,
  ].filter((one) => one !== false);
  return {
    figures: Object.fromEntries(all.map(({ name, title, figure }) => [name, figure.draw({ ...options, title })])),
    data: Object.fromEntries(all.flatMap(({ name, figure: { data } }) => (data ? [[name, csvOf(data())]] : []))),
  };
};
