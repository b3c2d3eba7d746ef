import { choice, record, text } from "@isoflop/spec";
import * as v from "valibot";
import type { Law, LawData, LawFit } from "../laws/form.js";
import { lawForms } from "../laws/forms.js";
import { checked, fieldOf, head, notNegative, positives } from "./fields.js";

/** A law of any form there is when it is read. */
export const lawSchema: v.GenericSchema<unknown, Law> = v.lazy((value) => {
  if (value === undefined) return v.union([...lawForms].map(({ schema }) => schema));
  const kind = fieldOf(value, "kind");
  if (typeof kind === "string" && lawForms.has(kind)) return lawForms.get(kind).schema;
  return record({ kind: choice(lawForms.names) }) as unknown as v.GenericSchema<unknown, Law>;
});

export const lawDataSchema: v.GenericSchema<unknown, LawData> = checked(
  record({ x: positives, y: positives }),
  ({ x, y }) =>
    y.length === x.length
      ? undefined
      : { path: ["y"], input: y, right: `a list of ${x.length}, as many as there are x` },
);

const statuses = ["converged", "bound", "unidentified", "stopped-early", "too-few-points"] as const;

export const lawFitSchema: v.GenericSchema<unknown, LawFit> = checked(
  record({
    ...head("law"),
    law: lawSchema,
    data: lawDataSchema,
    status: choice(statuses),
    message: v.exactOptional(text),
    objective: record({ name: text, value: notNegative }),
  }),
  ({ law, data: { x } }) =>
    x.length === law.points
      ? undefined
      : { path: ["data", "x"], input: x, right: `a list of ${law.points}, the points of the law` },
);
