import { flops, listed, plural, significant } from "../chart/format.js";
import { byCompute } from "../figures/laws.js";
import { linkFigure } from "../figures/link.js";
import { mixtureCaption } from "../figures/mixture-laws.js";
import { type Sample, sampleGroups, samplePngUrl } from "../figures/sample.js";
import { recordUrl } from "../page/data-url.js";
import { type Html, html } from "../page/html.js";
import { linked } from "../page/links.js";
import { layOut, type PageOptions, type Part, responsive } from "../page/page.js";
import { slug } from "../page/slug.js";
import { agreementSection } from "./agreement.js";
import { choicesList } from "./choices.js";
import { cite } from "./cite.js";
import { figuresOf, type StudyFigures } from "./figures.js";
import { heldOutTable, methodsTable } from "./held-out-tables.js";
import { lawTable } from "./law-table.js";
import { howMethodsDiffer } from "./methods-words.js";
import { partsOf, type StudyParts } from "./parts.js";
import { asQuantity, linkWords, metricLead } from "./quantities.js";
import { sharpnessIn } from "./sharpness-words.js";
import { type DrawnStudy, heldOutOf, type StudySummary } from "./study.js";
import { lawsTable, metricsOf, metricsTable, optimaTable, runsTable, tuneTable } from "./tables.js";
import { timingBar } from "./timing.js";
import { facts, type Verdict, verdictOf } from "./verdict.js";

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
  const strips = figures.checks.map((check) => html`<div class="strip">${responsive(check, options)}</div>\n`);
  const terms = facts(study).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  const header = html`<p class="kicker">Isoflop, ${study.preset} study <span class="badge">${badge[state]}</span></p>
<h1>${headline}</h1>
<p class="lead">${sentences}</p>
${strips}<dl class="facts">${terms}</dl>
`;
  const footer =
    "Made by @isoflop/plot. The method is that of Liang et al., Scaling Laws for Diffusion Transformers, arXiv 2410.08184.";
  const title = `Isoflop, ${study.preset} study`;
  const sections = [...resultsOf(study, parts, figures), ...quantityParts(study), ...groundsOf(study, figures)];
  return layOut({ title, header, sections, state, footer }, options);
};

type Sections = readonly (Part | false | undefined)[];

const there = (sections: Sections): Part[] => sections.filter((part) => part !== undefined && part !== false);

const verdictWords = ({ headline, sentences }: Verdict): string => `${headline} ${sentences}`;

/** What was found of each metric, and whether their optima are those of the loss. */
const quantityParts = (study: DrawnStudy): Part[] => {
  const { quantities = [] } = study;
  return there([
    agreementSection(study),
    ...quantities.flatMap((results): Sections => {
      const { title, refused, link } = results;
      const own = asQuantity(study, results);
      const parts = partsOf(own);
      const figures = figuresOf(own, parts);
      return [
        {
          title,
          lead: [metricLead(results), refused === undefined && verdictWords(verdictOf(own, parts))]
            .filter((words) => typeof words === "string")
            .join(" "),
          ...(figures.checks.length > 0 && {
            figures: figures.checks.map((check, i) => ({ ...check, name: `${slug(title)}-held-out-${i + 1}` })),
          }),
        },
        ...resultsOf(own, parts, figures),
        link && {
          title: `${title}: from the loss`,
          ...(link.ok && { figures: [{ ...linkFigure(link), name: `${slug(title)}-link` }] }),
          notes: linkWords(link),
        },
      ];
    }),
  ]);
};

/** What was found of a quantity, the loss or a metric in its place. */
const resultsOf = (study: DrawnStudy, parts: StudyParts, figures: StudyFigures): Part[] => {
  const { budgets, fitted, law, heldOut, quantity } = parts;
  const { isoflop, lawPanels, predictedMeasured, deviation, rehearsals } = figures;
  const isLoss = quantity === "loss";
  const titled = (title: string) => (isLoss ? title : `${quantity}: ${title.toLowerCase()}`);
  const named = (name: string) => (isLoss ? name : `${slug(quantity)}-${name}`);
  const sharpness = isLoss && sharpnessIn(study, parts);
  const lawTables = law
    ? { table: lawTable(law, parts, study), notes: howMethodsDiffer(law, parts, study) }
    : fitted && { table: lawsTable(fitted.laws, study, quantity) };
  const orange = heldOut.length > 0 ? " Orange: what is held out, which took no part in the fit." : "";
  return there([
    sharpness && {
      ...sharpness,
      ...(rehearsals && { figures: [{ ...rehearsals, name: "rehearsals" }] }),
    },
    isoflop && {
      title: isLoss ? "Loss at equal compute" : `${quantity}: at equal compute`,
      ...(isLoss && {
        lead: "Each curve spends one budget. Small models see more data and run out of capacity; large ones see too little. The best size lies between.",
      }),
      figures: [{ ...isoflop, name: named("isoflop") }],
      ...(budgets.some(({ profile }) => profile) && { table: optimaTable(budgets, quantity) }),
    },
    lawPanels &&
      lawTables && {
        title: titled("The laws"),
        figures: [
          {
            name: named("laws"),
            caption: `${law ? mixtureCaption : "The optima against compute on log axes, with the fitted power laws; dashed beyond the largest fitted budget. Grey: pointwise 95 % band."}${orange}`,
            panels: lawPanels,
          },
        ],
        ...lawTables,
      },
    (fitted || law) &&
      heldOut.length > 0 && {
        title: titled("Predicted against measured"),
        lead: `${heldOut.length > 1 ? `Every held-out ${quantity}` : `The held-out ${quantity}`} was predicted from the smaller budgets alone; ${law ? "the intervals are of one run" : "it need not lie on the law through their optima"}. At the fitted optima agreement is expected; what is held out is the test.`,
        ...(predictedMeasured &&
          deviation && {
            figures: [
              {
                name: named("check"),
                caption: `First: measured against predicted ${quantity}, with the line of agreement. Second: the deviation from the law in percent of the prediction, against compute.`,
                panels: [predictedMeasured, deviation],
              },
            ],
          }),
        table: heldOutTable(heldOut, parts),
      },
    ...methodsOf(study, parts),
  ]);
};

/** What each method said of what is held out, where more than one did; a section a compute. */
const methodsOf = (study: DrawnStudy, { heldOut, quantity }: StudyParts): Sections => {
  const said = heldOutOf(study);
  const models = heldOut.map((check, i) => ({ check, methods: said[i]?.methods ?? [] }));
  const computes = byCompute(heldOut);
  return computes.map((checks) => {
    const here = models.filter(({ check }) => checks.includes(check));
    const at = computes.length > 1 ? ` at ${flops(checks[0].prediction.given.C)}` : "";
    return (
      here.some(({ methods }) => methods.length > 1) && {
        title: quantity === "loss" ? `By method${at}` : `${quantity}: by method${at}`,
        ...(quantity === "loss" && { lead: howTheyDiffer }),
        table: methodsTable(
          here.map(({ check: { N, measured }, methods }) => ({ N, methods, measured: measured?.value })),
          quantity,
        ),
      }
    );
  });
};

/** On what it stands: runs, data, choices, and how to do it again. */
const groundsOf = (study: DrawnStudy, figures: StudyFigures): Part[] => {
  const { runs, samples = [], reproduce, tune, file } = study;
  const { envelope, lossCurvePanels = [] } = figures;
  const metrics = metricsOf(runs);
  const data = dataNotes(study);
  return there([
    metrics.length > 0 && {
      title: "Metrics",
      lead: `What was measured of the runs beside their loss: ${metrics.join(", ")}.`,
      table: metricsTable(study),
    },
    tune && {
      title: "Learning rate",
      lead: `The learning rate was found by ${plural(tune.runs.length, "run")} of its own. The rule: ${tune.rule}.`,
      ...(figures.tune && { figures: [{ ...figures.tune, name: "learning-rate" }] }),
      table: tuneTable(tune),
      ...(tune.notes && { notes: tune.notes }),
    },
    envelope && {
      title: "Training",
      lead: "Training loss is averaged within bins of equal width in log tokens. It belongs to the batches seen; the laws use the validation loss at the end of each run.",
      figures: [
        { ...envelope, name: "envelope" },
        { name: "loss-curves", caption: lossCurvePanels[0]?.caption ?? "", panels: lossCurvePanels },
      ],
    },
    samples.length > 0 && {
      title: "Samples",
      lead: "Pictures with the captions that were asked for, every pixel enlarged.",
      more: pictures(samples),
    },
    runs.length > 0 && { title: "Runs", lead: `All ${plural(runs.length, "run")}.`, table: runsTable(study) },
    data && { title: "Data", more: data },
    { title: "Choices", lead: "What was decided, so that the numbers above can be judged.", more: choicesList(study) },
    file && {
      title: "Study file",
      lead: `${listed(file.name, file.hash !== undefined && `hash ${file.hash}`)}, with everything that it leaves to defaults.`,
      more: html`<pre class="wrapped" tabindex="0" data-name="the study file">${file.text}</pre>\n`,
    },
    { title: "Reproduce", ...(reproduce && { lead: "On a fresh clone:" }), more: again(study) },
    { title: "Cite", lead: "The method, and what this study was made with.", more: cite(study) },
  ]);
};

const howTheyDiffer =
  "All were fitted to the same runs. Approach 2 takes one minimum from each budget and continues a law through these few points. A single surface uses every run and takes one form of L(N, D) for true. The joint fit takes all isoFLOP curves for one basin about a law, twice, with all budgets and without the smallest, and quotes the wider interval. The roll-out fits several forms of surface, asks of each what it foresaw of the largest runs when it had not seen them, mixes them by that and by how they fit, and widens what was missed. The first row is the prediction of this study; the others stand beside it.";

/** What became of the files, and a caution where images repeat. */
const dataNotes = ({ data, runs }: DrawnStudy): Html | undefined => {
  const { images, notes = [] } = data;
  const repeated = runs.flatMap(({ epochs = 0 }) => (epochs > 1 ? [epochs] : []));
  if (notes.length === 0 && images === undefined && repeated.length === 0) return undefined;
  const most = significant(
    repeated.reduce((a, b) => Math.max(a, b), 0),
    3,
  );
  const caution =
    repeated.length > 0 &&
    html`<p class="caution">${plural(repeated.length, "run")} of ${runs.length} saw images more than once, up to ${most} times. The regime of the paper is one epoch: a repeated image is worth less than a new one, so these laws are of this data set at this size, and larger runs than these fall behind them.</p>\n`;
  const items = [...(images === undefined ? [] : [`${images} images to train on`]), ...notes].map(
    (note) => html`<li>${linked(note)}</li>`,
  );
  return html`${caution}${items.length > 0 && html`<ul class="list">${items}</ul>\n`}`;
};

/** The command, the document and the time. */
const again = (study: DrawnStudy): Html => {
  const { reproduce, timings = {} } = study;
  const command = reproduce
    ? html`<pre class="wrapped" tabindex="0" data-name="the command">${reproduce}</pre>\n`
    : html`<p class="missing">The study does not state the command that made it.</p>\n`;
  const { curves: _, samples: __, ...summary } = study;
  const address = recordUrl(summary satisfies StudySummary);
  const json = html`<p>All numbers of this page: <a href="${address}" download="summary.json" data-copy>summary.json</a></p>\n`;
  return html`${command}${json}${Object.keys(timings).length > 0 && timingBar(study)}`;
};

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
