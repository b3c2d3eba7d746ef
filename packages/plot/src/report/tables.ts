import { evaluate, exponentDecimals, lawNames } from "../figures/law.js";
import { count, fixed, loss, scientific, signedPercent, significant } from "../format.js";
import { given } from "../study/check.js";
import type { HeldOut, Laws, Study } from "../study/types.js";
import { type Html, html } from "./html.js";

interface Column<Row> {
  readonly head: string;
  /** Unit, below the head. */
  readonly unit?: string;
  readonly cell: (row: Row) => string;
  /** Value by which the column sorts; a column without it is text, and sorts as text. */
  readonly value?: (row: Row) => number | null;
}

const table = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: { sortable?: boolean } = {},
): Html => {
  const head = columns.map(
    ({ head, unit, value }) =>
      html`<th scope="col" class="${value ? "number" : "text"}">${head}${unit !== undefined && html`<small>${unit}</small>`}</th>`,
  );
  const body = rows.map((row) => {
    const cells = columns.map(({ cell, value }) =>
      value
        ? html`<td class="number" data-value="${String(value(row) ?? "")}">${cell(row)}</td>`
        : html`<td>${cell(row)}</td>`,
    );
    return html`<tr>${cells}</tr>
`;
  });
  return html`<div class="scroll"><table class="${options.sortable ? "sortable" : "plain"}"><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>`;
};

const orDash = (value: number | null, format: (value: number) => string): string =>
  value === null ? "–" : format(value);

export const optimaTable = (study: Study): Html =>
  table(
    [
      { head: "Budget", unit: "FLOPs", cell: (o) => scientific(o.budget), value: (o) => o.budget },
      {
        head: "N*",
        unit: "parameters",
        cell: (o) => orDash(o.optimalParams, count),
        value: (o) => o.optimalParams,
      },
      {
        head: "D*",
        unit: "tokens",
        cell: (o) => orDash(o.optimalTokens, count),
        value: (o) => o.optimalTokens,
      },
      { head: "L*", unit: "loss", cell: (o) => orDash(o.optimalLoss, loss), value: (o) => o.optimalLoss },
      {
        head: "Minimum",
        cell: (o) => (o.interior ? "interior" : `refused: ${o.reason ?? "not inside the sampled sizes"}`),
      },
    ],
    [...study.isoflop].sort((a, b) => a.budget - b.budget),
  );

export const lawsTable = (laws: Laws, { published }: Study): Html => {
  const names = { params: "N, parameters", tokens: "D, tokens", loss: "L, loss" };
  const exponent = (name: keyof Laws) => (value: number) => fixed(value, exponentDecimals(name));
  return table(
    [
      { head: "Optimum", cell: (name) => names[name] },
      {
        head: "Coefficient",
        cell: (name) => significant(laws[name].coefficient),
        value: (name) => laws[name].coefficient,
      },
      {
        head: "Exponent of C",
        cell: (name) => exponent(name)(laws[name].exponent),
        value: (name) => laws[name].exponent,
      },
      {
        head: "95 % interval",
        unit: "of the exponent",
        cell: (name) => laws[name].ci95.map(exponent(name)).join(" to "),
        value: (name) => laws[name].ci95[0],
      },
      ...(lawNames.some((name) => laws[name].floor)
        ? [
            {
              head: "Floor",
              cell: (name: keyof Laws) => significant(laws[name].floor ?? 0),
              value: (name: keyof Laws) => laws[name].floor ?? 0,
            },
          ]
        : []),
      ...(published
        ? [
            {
              head: "Published",
              unit: published.source,
              cell: (name: keyof Laws) => exponent(name)(published[name]),
              value: (name: keyof Laws) => published[name],
            },
          ]
        : []),
    ],
    lawNames,
  );
};

export const heldOutTable = (heldOut: HeldOut, laws: Laws): Html => {
  const { measuredLoss, measuredStdErr } = heldOut;
  const measured = given(measuredLoss) ? measuredLoss : null;
  const rows: [string, string][] = [
    ["Held-out budget", `${scientific(heldOut.budget)} FLOPs`],
    ["Optimal size by the law", `${count(evaluate(laws.params, heldOut.budget))} parameters`],
    ["Optimal data by the law", `${count(evaluate(laws.tokens, heldOut.budget))} tokens`],
    ["Predicted loss", loss(heldOut.predictedLoss)],
    ["95 % prediction interval", heldOut.interval95.map(loss).join(" to ")],
    ["Measured loss", orDash(measured, loss)],
    ["Standard error", given(measuredStdErr) ? loss(measuredStdErr) : "–"],
    ["Measured − predicted", measured === null ? "–" : signedPercent(measured / heldOut.predictedLoss - 1, 2)],
  ];
  return html`<table class="pairs"><tbody>${rows.map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td class="number">${value}</td></tr>`,
  )}</tbody></table>`;
};

export const runsTable = (study: Study): Html =>
  table(
    [
      { head: "Run", cell: (run) => (run.id.length > 14 ? `${run.id.slice(0, 12)}…` : run.id) },
      { head: "Budget", unit: "FLOPs", cell: (run) => scientific(run.budget), value: (run) => run.budget },
      { head: "N", unit: "parameters", cell: (run) => count(run.params), value: (run) => run.params },
      { head: "D", unit: "tokens", cell: (run) => count(run.tokens), value: (run) => run.tokens },
      { head: "Spent", unit: "FLOPs", cell: (run) => scientific(run.flops, 4), value: (run) => run.flops },
      { head: "Loss", unit: "validation", cell: (run) => loss(run.loss), value: (run) => run.loss },
      { head: "± s.e.", unit: "of the loss", cell: (run) => loss(run.lossStdErr), value: (run) => run.lossStdErr },
      { head: "Time", unit: "s", cell: (run) => fixed(run.seconds, 1), value: (run) => run.seconds },
    ],
    [...study.runs].sort((a, b) => a.budget - b.budget || a.params - b.params),
    { sortable: true },
  );
