import { fitLink, type LinkFit, type LinkScale } from "@isoflop/scaling";
import { usageError } from "../../exit.js";
import { type ColumnsInput, loadColumns } from "../columns.js";
import { type SavedFit, saved } from "../saved.js";

export interface LinkAsked extends ColumnsInput {
  readonly x?: string;
  readonly y?: string;
  readonly form?: string;
  readonly scale?: LinkScale;
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
  const names = { x: asked.x ?? columns.x ?? "loss", y: asked.y ?? columns.y ?? "metric" };
  const loaded = loadColumns(
    { ...asked, columns: { ...columns, ...names } },
    { fields: { x: "positive", y: "finite" }, ...(columns.sigma !== undefined && { optional: { sigma: "positive" } }) },
  );
  const { x, y, sigma } = loaded.columns;
  return saved<LinkFit>("link", fitLink(x, y, { ...options, form, scale, sigma, names }), {
    points: { used: x.length, dropped: loaded.dropped },
    input: loaded.origin,
  });
};
