import { budgetsOf, hasOptima } from "../figures/budgets.js";
import type { FigureOptions } from "../figures/chart.js";
import { envelopeDrawing } from "../figures/envelope.js";
import { isoFlopDrawing } from "../figures/isoflop.js";
import { lawDrawing, lawNames } from "../figures/law.js";
import { lossCurvePanels } from "../figures/loss-curves.js";
import { predictedMeasuredDrawing, residualDrawing } from "../figures/prediction.js";
import { sampleGroups } from "../figures/samples.js";
import { heldOutStrip } from "../figures/strip.js";
import { samplePngUrl } from "../image.js";
import { given } from "../study/check.js";
import type { Sample, Study } from "../study/types.js";
import { validateStudy } from "../study/validate.js";
import { pageTheme } from "../theme.js";
import { choicesList, timingBar } from "./choices.js";
import { figureCounter, pair, panels, type ReportOptions, responsive } from "./figures.js";
import { Html, html, trusted } from "./html.js";
import { sortScript, styleSheet } from "./style.js";
import { heldOutTable, lawsTable, optimaTable, runsTable } from "./tables.js";
import { facts, plural, verdictOf } from "./verdict.js";

/**
 * The study as one HTML file that needs nothing else: no network, no fonts, figures inline. Light and dark, phone,
 * desk and print. Parts that do not exist yet are left out, and the headline says so.
 * @throws PlotInputError when the study cannot be drawn honestly; the error names the field.
 */
export const renderReport = (input: Study, options: ReportOptions = {}): string => {
  const study = validateStudy(input);
  const theme = { ...options, theme: pageTheme } satisfies FigureOptions;
  const verdict = verdictOf(study);
  const figure = figureCounter();
  const sections = [
    study.runs.length > 0 && isoFlopSection(study, theme, figure),
    lawsSection(study, theme, figure),
    predictionSection(study, theme, figure),
    trainingSection(study, theme, figure),
    given(study.samples) && study.samples.length > 0 && samplesSection(study.samples),
    study.runs.length > 0 &&
      section(
        "Runs",
        html`<p>All ${plural(study.runs.length, "run")}<span class="screen">. Press a column head to sort</span>.</p>${runsTable(study)}`,
      ),
    section("Choices", html`<p>What was decided, so that the numbers above can be judged.</p>${choicesList(study)}`),
    reproduceSection(study),
  ].filter((part): part is Html => part instanceof Html);
  const strip = study.heldOut;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="generator" content="@isoflop/plot">
<title>${`Isoflop, ${study.preset} study`}</title>
<style>${trusted(styleSheet(budgetsOf(study).length))}</style>
</head>
<body>
<main class="page ${verdict.state}">
<header>
<p class="kicker">Isoflop, ${study.preset} study <span class="badge">${badge[verdict.state]}</span></p>
<h1>${verdict.headline}</h1>
<p class="lead">${verdict.sentences}</p>
${given(strip) && html`<div class="strip">${responsive((width) => heldOutStrip(strip, { ...theme, width }))}</div>`}
<dl class="facts">${facts(study).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>
${sections}
<footer>Made by @isoflop/plot. The method is that of Liang et al., Scaling Laws for Diffusion Transformers, arXiv 2410.08184.</footer>
</main>
<script>${trusted(sortScript)}</script>
</body>
</html>
`;
  return page.markup;
};

const badge = {
  running: "in progress",
  fitted: "untested",
  predicted: "awaiting the test",
  inside: "inside the interval",
  outside: "outside the interval",
} as const;

type Figure = ReturnType<typeof figureCounter>;

const section = (title: string, content: Html): Html => html`<section>
<h2>${title}</h2>
${content}
</section>
`;

const isoFlopSection = (study: Study, options: FigureOptions, figure: Figure): Html => {
  const refused = study.isoflop.filter((optimum) => !optimum.interior).length;
  const refusal =
    refused > 0 ? ` ${plural(refused, "budget")} without an interior minimum: hollow, dashed, not used.` : "";
  const caption =
    "Validation loss against model size at each budget. Dots are runs, curves the fitted parabolas in ln N, diamonds " +
    `their vertices; the dotted line joins the optima.${refusal}`;
  return section(
    "Loss at equal compute",
    html`<p>Each curve spends one budget. Small models see more data and run out of capacity; large ones see too little.
The best size lies between.</p>
${figure(
  responsive((width) => isoFlopDrawing(study, { ...options, width })),
  caption,
)}
${study.isoflop.length > 0 && optimaTable(study)}`,
  );
};

const lawsSection = (study: Study, options: FigureOptions, figure: Figure): Html | undefined => {
  const { laws } = study;
  if (!given(laws)) return undefined;
  const fitted = { ...study, laws };
  const banded = lawNames.every((name) => laws[name].band?.length);
  const caption =
    "The optima against compute on log axes, with the fitted power laws; dashed beyond the largest fitted budget. " +
    (banded ? "Grey: pointwise 95 % band. " : "") +
    (study.heldOut ? "Orange: the held-out budget, which took no part in the fit." : "");
  return section(
    "The laws",
    html`${figure(
      panels((width) => lawNames.map((name) => lawDrawing(fitted, name, { ...options, width }))),
      caption,
    )}
${lawsTable(laws, study)}`,
  );
};

const predictionSection = (study: Study, options: FigureOptions, figure: Figure): Html | undefined => {
  const { laws, heldOut } = study;
  if (!given(laws) || !given(heldOut) || !hasOptima(study)) return undefined;
  const fitted = { ...study, laws };
  const draw = (width: number) =>
    [predictedMeasuredDrawing, residualDrawing].map((figure) => figure(fitted, { ...options, width }));
  return section(
    "Predicted against measured",
    html`<p>The held-out loss was predicted from the smaller budgets alone. At the fitted optima agreement is expected;
the held-out budget is the test.</p>
${figure(pair(draw), "First: measured against predicted loss, with the line of agreement. Second: the deviation from the law in percent of the prediction, against compute.")}
${heldOutTable(heldOut, laws)}`,
  );
};

const trainingSection = (study: Study, options: FigureOptions, figure: Figure): Html | undefined => {
  const curves = study.curves?.filter((curve) => curve.tokens.length > 0);
  if (!curves || curves.length === 0) return undefined;
  const withCurves = { ...study, curves };
  return section(
    "Training",
    html`<p>Training loss is averaged within bins of equal width in log tokens. It belongs to the batches seen; the laws use
the validation loss at the end of each run.</p>
${figure(
  responsive((width) => envelopeDrawing(withCurves, { ...options, width })),
  "Training loss of every run against the compute it had spent, and the lowest loss reached by then.",
)}
${figure(
  panels((width) => lossCurvePanels(withCurves, { ...options, width })),
  "Training loss against tokens seen, one panel per budget on shared axes. Bold: the run with the lowest final validation loss.",
)}`,
  );
};

const samplesSection = (samples: readonly Sample[]): Html => {
  const groups = [...sampleGroups(samples)].map(([name, members]) => {
    const pictures = members.map(
      (sample) =>
        html`<figure><img src="${samplePngUrl(sample)}" width="${sample.width}" height="${sample.height}" alt="${sample.caption}"><figcaption>${sample.caption}</figcaption></figure>`,
    );
    return html`${name !== "" && html`<p class="group">${name}</p>`}<div class="samples">${pictures}</div>`;
  });
  return section(
    "Samples",
    html`<p>Pictures with the captions that were asked for, every pixel enlarged.</p>${groups}`,
  );
};

const reproduceSection = (study: Study): Html => {
  const { reproduce, timings } = study;
  return section(
    "Reproduce",
    html`${
      given(reproduce)
        ? html`<p>On a fresh clone:</p><pre>${reproduce}</pre>`
        : html`<p class="missing">The study does not state the command that made it.</p>`
    }
${given(timings) && Object.keys(timings).length > 0 && timingBar(timings)}`,
  );
};
