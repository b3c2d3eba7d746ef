import { plural } from "../chart/format.js";
import { type Sample, sampleGroups, samplePngUrl } from "../figures/sample.js";
import { type Html, html } from "../page/html.js";
import { layOut, type PageOptions, type Part, responsive } from "../page/page.js";
import { choicesList, timingBar } from "./choices.js";
import { figuresOf, type StudyFigures } from "./figures.js";
import { partsOf, type StudyParts } from "./parts.js";
import type { DrawnStudy } from "./study.js";
import { heldOutTable, lawsTable, methodsTable, optimaTable, runsTable } from "./tables.js";
import { facts, verdictOf } from "./verdict.js";

const badge = {
  running: "in progress",
  fitted: "untested",
  predicted: "awaiting the test",
  inside: "inside the interval",
  outside: "outside the interval",
} as const;

/**
 * The study as one HTML file that needs nothing else. Parts that do not exist yet are left out, and the headline says so.
 * @throws PlotInputError when the study cannot be drawn honestly; the error names the field.
 */
export const renderReport = (study: DrawnStudy, options: PageOptions = {}): string => {
  const parts = partsOf(study);
  const figures = figuresOf(study, parts);
  const { state, headline, sentences } = verdictOf(study, parts);
  const strip = figures.check && html`<div class="strip">${responsive(figures.check, options)}</div>\n`;
  const terms = facts(study).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  const header = html`<p class="kicker">Isoflop, ${study.preset} study <span class="badge">${badge[state]}</span></p>
<h1>${headline}</h1>
<p class="lead">${sentences}</p>
${strip}<dl class="facts">${terms}</dl>
`;
  const footer =
    "Made by @isoflop/plot. The method is that of Liang et al., Scaling Laws for Diffusion Transformers, arXiv 2410.08184.";
  const title = `Isoflop, ${study.preset} study`;
  return layOut({ title, header, sections: sectionsOf(study, parts, figures), state, footer }, options);
};

const sectionsOf = (study: DrawnStudy, parts: StudyParts, figures: StudyFigures): Part[] => {
  const { runs, samples = [], reproduce, timings = {} } = study;
  const { budgets, fitted, heldOut } = parts;
  const { methods = [] } = study.heldOut ?? {};
  const { isoflop, lawPanels, predictedMeasured, deviation, envelope, lossCurvePanels = [] } = figures;
  const orange = heldOut ? " Orange: the held-out budget, which took no part in the fit." : "";
  const sections: (Part | false | undefined)[] = [
    isoflop && {
      title: "Loss at equal compute",
      lead: "Each curve spends one budget. Small models see more data and run out of capacity; large ones see too little. The best size lies between.",
      figures: [isoflop],
      ...(budgets.some(({ profile }) => profile) && { table: optimaTable(budgets) }),
    },
    fitted &&
      lawPanels && {
        title: "The laws",
        figures: [
          {
            caption: `The optima against compute on log axes, with the fitted power laws; dashed beyond the largest fitted budget. Grey: pointwise 95 % band.${orange}`,
            panels: lawPanels,
          },
        ],
        table: lawsTable(fitted.laws, study),
      },
    fitted &&
      heldOut &&
      predictedMeasured &&
      deviation && {
        title: "Predicted against measured",
        lead: "The held-out loss was predicted from the smaller budgets alone; it need not lie on the law through their optima. At the fitted optima agreement is expected; the held-out budget is the test.",
        figures: [
          {
            caption:
              "First: measured against predicted loss, with the line of agreement. Second: the deviation from the law in percent of the prediction, against compute.",
            panels: [predictedMeasured, deviation],
          },
        ],
        table: heldOutTable(heldOut, fitted.laws),
      },
    methods.length > 1 && {
      title: "By method",
      lead: howTheyDiffer,
      table: methodsTable(methods, heldOut?.measured?.value),
    },
    envelope && {
      title: "Training",
      lead: "Training loss is averaged within bins of equal width in log tokens. It belongs to the batches seen; the laws use the validation loss at the end of each run.",
      figures: [envelope, { caption: lossCurvePanels[0]?.caption ?? "", panels: lossCurvePanels }],
    },
    samples.length > 0 && {
      title: "Samples",
      lead: "Pictures with the captions that were asked for, every pixel enlarged.",
      more: pictures(samples),
    },
    runs.length > 0 && { title: "Runs", lead: `All ${plural(runs.length, "run")}.`, table: runsTable(study) },
    { title: "Choices", lead: "What was decided, so that the numbers above can be judged.", more: choicesList(study) },
    {
      title: "Reproduce",
      ...(reproduce !== undefined && { lead: "On a fresh clone:", text: reproduce }),
      more: html`${reproduce === undefined && html`<p class="missing">The study does not state the command that made it.</p>\n`}${Object.keys(timings).length > 0 && timingBar(timings)}`,
    },
  ];
  return sections.filter((part) => part !== undefined && part !== false);
};

const howTheyDiffer =
  "All were fitted to the same runs. Approach 2 takes one minimum from each budget and continues a law through these few points. A single surface uses every run and takes one form of L(N, D) for true. The roll-out fits several forms of surface, asks of each what it foresaw of the largest runs when it had not seen them, mixes them by that and by how they fit, and widens what was missed. The first row is the prediction of this study; the others stand beside it.";

const pictures = (samples: readonly Sample[]): Html => {
  const groups = [...sampleGroups(samples)].map(([name, members]) => {
    const figures = members.map(
      (sample) =>
        html`<figure><img src="${samplePngUrl(sample)}" width="${sample.width}" height="${sample.height}" alt="${sample.caption}"><figcaption>${sample.caption}</figcaption></figure>`,
    );
    return html`${name !== "" && html`<p class="group">${name}</p>`}<div class="samples">${figures}</div>\n`;
  });
  return html`${groups}`;
};
