import { choice, record, text } from "@isoflop/spec";
import * as v from "valibot";
import type { Law, LawData, LawFit } from "../laws/form.js";
import { lawForms } from "../laws/forms.js";
import { by, checked, head, notNegative, positives } from "./fields.js";

/** A law of any form there is when it is read. */
export const lawSchema = by<Law>("kind", () =>
  Object.fromEntries([...lawForms].map(({ name, schema }) => [name, schema])),
);

export const lawDataSchema: v.GenericSchema<unknown, LawData> = checked(
  record({ x: positives, y: positives, sigma: v.exactOptional(positives), weights: v.exactOptional(positives) }),
  ({ x, ...others }) => {
    const odd = Object.entries(others).find(([, values]) => values.length !== x.length);
    return odd && { path: [odd[0]], input: odd[1], right: `a list of ${x.length}, as many as there are x` };
  },
);

export const lawFitSchema: v.GenericSchema<unknown, LawFit> = checked(
  record({
    ...head("law"),
    law: lawSchema,
    data: lawDataSchema,
    status: choice(["converged", "bound", "unidentified", "stopped-early", "too-few-points"]),
    message: v.exactOptional(text),
    objective: record({ name: text, value: notNegative }),
  }),
  ({ law, data: { x }, status }) => {
    if (status !== law.status) return { path: ["status"], input: status, right: `"${law.status}", that of the law` };
    if (x.length === law.points) return undefined;
    return { path: ["data", "x"], input: x, right: `a list of ${law.points}, the points of the law` };
  },
);
