import { predictPowerLaw } from "@isoflop/scaling";
import { count, flops, loss, signedPercent } from "../chart/format.js";
import { byCompute, type HeldOut, type LawName } from "../figures/laws.js";
import type { PageTable } from "../page/section.js";
import { either, said, table } from "./columns.js";
import type { StudyParts } from "./parts.js";
import { type HeldOutMethod, methodNames } from "./study.js";
import { isInside } from "./verdict.js";

type Row = readonly [name: string, cell: (check: HeldOut) => string];

/** A column for each model that tests the law. */
export const heldOutTable = (
  heldOut: readonly HeldOut[],
  { fitted, law, quantity }: Pick<StudyParts, "fitted" | "law" | "quantity">,
): PageTable => {
  const best = (name: LawName, { prediction: { given } }: HeldOut) => {
    const value = law ? law.at(given.C)?.[name].value : fitted && predictPowerLaw(fitted.laws[name], given.C).value;
    return value === undefined ? "–" : `${count(value)} ${name === "N" ? "parameters" : "tokens"}`;
  };
  const sizes = heldOut.length > byCompute(heldOut).length;
  const rows: readonly Row[] = [
    ["Optimal size by the law", (check) => best("N", check)],
    ["Optimal data by the law", (check) => best("D", check)],
    ...(sizes ? ofModels : []),
    [`Predicted ${quantity}`, ({ prediction }) => loss(prediction.predicted.loss.value)],
    [
      "95 % prediction interval",
      ({ prediction }) => prediction.predicted.loss.interval95?.map(loss).join(" to ") ?? "–",
    ],
    [`Measured ${quantity}`, ({ measured }) => said(measured?.value)],
    ["Standard error", ({ measured }) => said(measured?.standardError)],
    [
      "Measured − predicted",
      ({ measured, prediction }) =>
        measured ? signedPercent(measured.value / prediction.predicted.loss.value - 1, 2) : "–",
    ],
    ...(sizes ? outcomes : []),
  ];
  const head = ({ prediction, N }: HeldOut) =>
    flops(prediction.given.C) + (sizes && N !== undefined ? `, N ${count(N)}` : "");
  return {
    head: ["Held-out budget", ...heldOut.map(head)],
    rows: rows.map(([name, cell]) => [name, ...heldOut.map(cell)]),
    names: 1,
  };
};

const ofModels: readonly Row[] = [
  ["Size that was trained", ({ N }) => either(N, count)],
  ["Width", ({ width }) => either(width)],
];

const outcomes: readonly Row[] = [["Outcome", (check) => outcomeWords(isInside(check))]];

const outcomeWords = (inside: boolean | undefined): string =>
  inside === undefined ? "not measured" : inside ? "inside" : "outside";

/** A model at a held-out compute, with what each method said of it. */
export interface Foretold {
  readonly N?: number | undefined;
  readonly methods: readonly HeldOutMethod[];
  readonly measured: number | undefined;
}

/** What each method said of the models at a held-out compute, and how far the measured losses are from it. */
export const methodsTable = (models: readonly Foretold[], quantity = "loss"): PageTable => {
  const rows = models.flatMap(({ methods, ...model }) =>
    methods.map((method) => ({ ...model, ...method, size: model.N })),
  );
  const several = models.length > 1;
  return {
    ...table(
      [
        { head: "Method", cell: ({ method }: (typeof rows)[number]) => methodNames[method] },
        ...(several
          ? [{ head: "Trained", unit: "parameters", cell: ({ size }: (typeof rows)[number]) => either(size, count) }]
          : []),
        { head: "N*", unit: "parameters", cell: ({ N }) => count(N.value) },
        {
          head: quantity === "loss" ? "Loss" : quantity,
          unit: "of the trained size",
          cell: (one) => loss(one.loss.value),
        },
        {
          head: "95 % interval",
          unit: "of one run",
          cell: (one) => one.loss.interval95?.map(loss).join(" to ") ?? "–",
        },
        {
          head: "Measured − predicted",
          cell: ({ measured, loss: said }) =>
            measured === undefined ? "–" : signedPercent(measured / said.value - 1, 2),
        },
      ],
      rows,
    ),
  };
};
