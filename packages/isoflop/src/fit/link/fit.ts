import { fitLink, type LinkFit, type LinkScale } from "@isoflop/scaling";
import { usageError } from "../../exit.js";
import { requireLikeNumbers } from "../../runs/comparable.js";
import { quantityColumn } from "../../runs/quantity.js";
import { valueOfQuantity } from "../../runs/quantity-name.js";
import { readTables } from "../../runs/tables.js";
import { LOSS } from "../../words/quantity.js";
import { type ColumnsInput, loadColumns } from "../columns.js";
import { type SavedFit, saved } from "../saved.js";

export interface LinkAsked extends ColumnsInput {
  readonly x?: string;
  readonly y?: string;
  readonly form?: string;
  readonly scale?: LinkScale;
  /** A metric of runs, in the place of `x` and `y`. */
  readonly quantity?: string;
  /** Whether it is tested for a break. */
  readonly break?: boolean;
}

const fields = ["x", "y", "sigma"];

/** Reads the loss and the metric of every row, and fits the one as a function of the other. */
export const linkThrough = (asked: LinkAsked, options: Readonly<Record<string, unknown>> = {}): SavedFit<LinkFit> => {
  const { columns = {}, form, scale } = asked;
  for (const field of Object.keys(columns))
    if (!fields.includes(field)) throw usageError(`--columns has "${field}"; expected x=… and y=…, and sigma=…`);
  for (const axis of ["x", "y"] as const)
    if (asked[axis] !== undefined && columns[axis] !== undefined)
      throw usageError(`--${axis} and ${axis} of --columns are given; expected one of them`);
  const { quantity } = asked;
  const testBreak = asked.break === true;
  if (quantity !== undefined) {
    for (const axis of ["x", "y"] as const)
      if (asked[axis] !== undefined || columns[axis] !== undefined)
        throw usageError(`--quantity is a metric against the loss, and ${axis} is given; expected one of them`);
    const { input, format } = asked;
    requireLikeNumbers([input], quantity);
    const { column, ...of } = quantityColumn(readTables({ input, format }), quantity);
    const loaded = loadColumns(
      { ...asked, columns: { x: LOSS, y: column } },
      { fields: { x: "positive", y: "finite" } },
    );
    const { x, y } = loaded.columns;
    const metric = y.map((value) => valueOfQuantity(of, value));
    return saved<LinkFit>(
      "link",
      fitLink(x, metric, { ...options, form, scale, testBreak, names: { x: LOSS, y: quantity } }),
      { points: { used: x.length, dropped: loaded.dropped }, input: loaded.origin },
    );
  }
  const names = { x: asked.x ?? columns.x ?? "loss", y: asked.y ?? columns.y ?? "metric" };
  const loaded = loadColumns(
    { ...asked, columns: { ...columns, ...names } },
    { fields: { x: "positive", y: "finite" }, ...(columns.sigma !== undefined && { optional: { sigma: "positive" } }) },
  );
  const { x, y, sigma } = loaded.columns;
  return saved<LinkFit>("link", fitLink(x, y, { ...options, form, scale, sigma, names, testBreak }), {
    points: { used: x.length, dropped: loaded.dropped },
    input: loaded.origin,
  });
};
