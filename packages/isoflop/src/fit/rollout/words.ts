import { allocationExponents, type Estimate, type RollOut, rollOutEstimate } from "@isoflop/scaling";
import { estimateCells, num, percent, plural, round, signedPercent } from "../../words/numbers.js";
import { type Passage, table, type Words } from "../../words/passage.js";
import { pointsUsed } from "../points.js";
import { rehearsalsTable } from "../rehearsals.js";
import type { SavedFit } from "../saved.js";

/** What a person reads of forms side by side. */
export const rollOutWords = (saved: SavedFit<RollOut>): Words => {
  const { fit } = saved;
  if (!fit) return [pointsUsed(saved)];
  return [
    pointsUsed(saved),
    formsTable(fit),
    cutsTable(fit),
    exponentsTable(saved),
    rehearsalsTable(fit.rehearsals),
    fit.message && `caution: ${fit.message}`,
  ];
};

const formsTable = ({ forms, refused }: RollOut): Passage => ({
  ...table(
    ["form", "weight", "AICc", "log score of roll-outs", "p of the worst", "errors × "],
    forms.map(({ fit, weight, logScore, misfit }) => [
      fit.form,
      percent(weight, 1),
      num(fit.criteria.aicc, 6),
      num(logScore, 4),
      num(misfit.pValue, 2),
      num(misfit.factor, 3),
    ]),
  ),
  notes: [
    ...forms.flatMap(({ fit, out }) => (out === undefined ? [] : [`${fit.form} takes no part: ${out}`])),
    ...refused.map(({ form, message }) => `${form} was not fitted: ${message}`),
  ],
});

/** Forms that are shown beside each other: those that say something across some cut. */
const cutsTable = ({ cuts, forms }: RollOut): Passage | undefined => {
  const names = forms.map(({ fit }) => fit.form).filter((name) => cuts.some((cut) => Object.hasOwn(cut.forms, name)));
  if (cuts.length === 0) return undefined;
  return {
    ...table(
      ["held out", "rows", ...names],
      cuts.map(({ along, above, heldOut, forms: said }) => [
        `${along} > ${round(above)}`,
        String(heldOut),
        ...names.map((name) => {
          const one = Object.hasOwn(said, name) ? said[name] : undefined;
          return one ? `${signedPercent(one.bias)}, R² ${num(one.r2, 3)}, ${percent(one.covered, 0)}` : "–";
        }),
      ]),
    ),
    notes: [
      "each form fitted to the other rows: mean error, R², and how many of the rows fall in their 95 % intervals",
    ],
  };
};

/** The exponents of the optima, over all forms, amid the runs. */
export const exponentsOf = ({ fit }: Pick<SavedFit<RollOut>, "fit">): Record<string, Estimate> => {
  if (!fit) return {};
  const of = (name: "N" | "D") => rollOutEstimate(fit, (surface) => allocationExponents(surface)[name]);
  return { "N*": of("N"), "D*": of("D") };
};

const exponentsTable = (saved: SavedFit<RollOut>): Passage =>
  table(
    [`exponent amid ${plural(saved.fit?.points ?? 0, "run")}, over forms`, "value", "std. error", "95 % interval"],
    Object.entries(exponentsOf(saved)).map(([name, estimate]) => [name, ...estimateCells(estimate)]),
  );
