import type { Figure } from "../chart/figure.js";
import { plural } from "../chart/format.js";
import { type Sample, sampleGroups, samplePngUrl } from "../figures/sample.js";
import { type Html, html } from "../page/html.js";
import { layOut, type PageOptions, type Part, responsive } from "../page/page.js";
import type { Panels } from "../page/section.js";
import { choicesList, timingBar } from "./choices.js";
import { figuresOf } from "./figures.js";
import { partsOf, type StudyParts } from "./parts.js";
import type { Study } from "./study.js";
import { heldOutTable, lawsTable, optimaTable, runsTable } from "./tables.js";
import { facts, type Verdict, verdictOf } from "./verdict.js";

/**
 * The study as one HTML file that needs nothing else. Parts that do not exist yet are left out, and the headline says so.
 * @throws PlotInputError when the study cannot be drawn honestly; the error names the field.
 */
export const renderReport = (study: Study, options: PageOptions = {}): string => {
  const parts = partsOf(study);
  const figures = figuresOf(study, parts);
  const verdict = verdictOf(study, parts);
  const sections = [
    figures.isoflop && isoFlopSection(figures.isoflop, parts),
    parts.fitted && lawsSection(study, parts, figures.lawPanels ?? []),
    parts.heldOut &&
      figures.predictedMeasured &&
      figures.deviation &&
      checkSection(parts, [figures.predictedMeasured, figures.deviation]),
    figures.envelope && trainingSection(figures.envelope, figures.lossCurvePanels ?? []),
    study.samples?.length && samplesSection(study.samples),
    study.runs.length > 0 && {
      title: "Runs",
      lead: `All ${plural(study.runs.length, "run")}.`,
      table: runsTable(study),
    },
    { title: "Choices", lead: "What was decided, so that the numbers above can be judged.", more: choicesList(study) },
    reproduceSection(study),
  ].filter((part): part is Part => typeof part === "object");
  return layOut(
    {
      title: `Isoflop, ${study.preset} study`,
      header: headerOf(
        study,
        verdict,
        figures.check && html`<div class="strip">${responsive(figures.check, options)}</div>\n`,
      ),
      sections,
      state: verdict.state,
      footer:
        "Made by @isoflop/plot. The method is that of Liang et al., Scaling Laws for Diffusion Transformers, arXiv 2410.08184.",
    },
    options,
  );
};

const badge = {
  running: "in progress",
  fitted: "untested",
  predicted: "awaiting the test",
  inside: "inside the interval",
  outside: "outside the interval",
} as const;

const headerOf = (study: Study, { state, headline, sentences }: Verdict, strip: Html | undefined): Html => {
  const terms = facts(study).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  return html`<p class="kicker">Isoflop, ${study.preset} study <span class="badge">${badge[state]}</span></p>
<h1>${headline}</h1>
<p class="lead">${sentences}</p>
${strip}<dl class="facts">${terms}</dl>
`;
};

const isoFlopSection = (figure: Figure, parts: StudyParts): Part => ({
  title: "Loss at equal compute",
  lead: "Each curve spends one budget. Small models see more data and run out of capacity; large ones see too little. The best size lies between.",
  figures: [figure],
  ...(parts.budgets.some(({ profile }) => profile) && { table: optimaTable(parts) }),
});

const lawsSection = (study: Study, { fitted, heldOut }: StudyParts, panels: Panels["panels"]): Part => {
  const caption = `The optima against compute on log axes, with the fitted power laws; dashed beyond the largest fitted budget. Grey: pointwise 95 % band.${heldOut ? " Orange: the held-out budget, which took no part in the fit." : ""}`;
  return { title: "The laws", figures: [{ caption, panels }], ...(fitted && { table: lawsTable(fitted.laws, study) }) };
};

const checkSection = (parts: StudyParts, panels: Panels["panels"]): Part => {
  const table = heldOutTable(parts);
  return {
    title: "Predicted against measured",
    lead: "The held-out loss was predicted from the smaller budgets alone. At the fitted optima agreement is expected; the held-out budget is the test.",
    figures: [
      {
        caption:
          "First: measured against predicted loss, with the line of agreement. Second: the deviation from the law in percent of the prediction, against compute.",
        panels,
      },
    ],
    ...(table && { table }),
  };
};

const trainingSection = (envelope: Figure, panels: Panels["panels"]): Part => ({
  title: "Training",
  lead: "Training loss is averaged within bins of equal width in log tokens. It belongs to the batches seen; the laws use the validation loss at the end of each run.",
  figures: [envelope, { caption: panels[0]?.caption ?? "", panels }],
});

const samplesSection = (samples: readonly Sample[]): Part => {
  const groups = [...sampleGroups(samples)].map(([name, members]) => {
    const pictures = members.map(
      (sample) =>
        html`<figure><img src="${samplePngUrl(sample)}" width="${sample.width}" height="${sample.height}" alt="${sample.caption}"><figcaption>${sample.caption}</figcaption></figure>`,
    );
    return html`${name !== "" && html`<p class="group">${name}</p>`}<div class="samples">${pictures}</div>\n`;
  });
  return {
    title: "Samples",
    lead: "Pictures with the captions that were asked for, every pixel enlarged.",
    more: html`${groups}`,
  };
};

const reproduceSection = ({ reproduce, timings = {} }: Study): Part => ({
  title: "Reproduce",
  ...(reproduce !== undefined && { lead: "On a fresh clone:", text: reproduce }),
  more: html`${reproduce === undefined && html`<p class="missing">The study does not state the command that made it.</p>\n`}${Object.keys(timings).length > 0 && timingBar(timings)}`,
});
