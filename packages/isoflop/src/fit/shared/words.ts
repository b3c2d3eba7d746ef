import { type Estimate, formOfSurface, type SharedFit } from "@isoflop/scaling";
import { estimateCells, num, plural, round } from "../../words/numbers.js";
import { type Passage, table, type Words } from "../../words/passage.js";
import { symbol } from "../../words/quantity.js";
import { pointsUsed } from "../points.js";
import type { SavedFit } from "../saved.js";

/** What a person reads of a shared fit. */
export const sharedWords = (saved: SavedFit<SharedFit>): Words => {
  const { fit } = saved;
  if (!fit) return [pointsUsed(saved)];
  const { quantity, form, studies, parameters } = fit;
  return [
    pointsUsed(saved),
    table(
      [
        `${symbol(quantity)} = ${formOfSurface({ form }).formula}, shared by ${plural(studies.length, "study", "studies")}`,
        "value",
        "std. error",
        "95 % interval",
      ],
      Object.entries(parameters).map(([name, estimate]) => [name, ...estimateCells(estimate)]),
    ),
    ownTable(fit),
    {
      notes: [
        verdict(fit),
        `AICc ${num(fit.criteria.shared.aicc, 6)}; of the studies each alone ${num(fit.criteria.alone.aicc, 6)}`,
      ],
    },
  ];
};

/** The parameters that each study has for itself, and what it would have alone in place of the shared ones. */
const ownTable = ({ form, studies, parameters }: SharedFit): Passage => {
  const shared = Object.keys(parameters);
  // A form without a floor has E, which is 0.
  const own = formOfSurface({ form })
    .parameters.filter(({ exponent, exponentialOf, of }) => exponent ?? exponentialOf ?? of)
    .flatMap(({ name }) => (shared.includes(name) ? [] : [name]));
  const cell = ({ value, standardError }: Estimate) => `${num(value, 5)} ± ${num(standardError, 2)}`;
  return table(
    ["study", "runs", ...own, ...shared.map((name) => `${name} alone`), "residuals of ln L"],
    studies.map(({ name, fit, alone }) => [
      ...[name, String(fit.points)],
      ...own.map((parameter) => cell(fit.parameters[parameter]!)),
      ...shared.map((parameter) => cell(alone.parameters[parameter]!)),
      num(fit.residualStandardDeviation, 3),
    ]),
  );
};

/** Smaller than that by chance in one of a hundred. */
const UNLIKELY = 0.01;

const verdict = ({ tenable }: SharedFit): string => {
  if (!tenable.ok) return `whether they may be shared: ${tenable.message}`;
  const { statistic, degreesOfFreedom, pValue } = tenable;
  const [freed, freedom] = degreesOfFreedom;
  const said = pValue < UNLIKELY ? "the studies differ in what is shared" : "the studies do not tell against sharing";
  return `${said}: F(${round(freed)}, ${round(freedom)}) = ${num(statistic, 4)}, p = ${num(pValue, 2)}`;
};
