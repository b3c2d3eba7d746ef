import { choice, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import * as fields from "../../records/fields.js";
import { linkBreakSchema } from "./break.js";
import type { LinkChoices } from "./form.js";
import { linkForms } from "./forms/index.js";
import { scaleSchema } from "./scale.js";

const points = fields.checked(
  record({ x: fields.positives, y: fields.list(fields.finite), sigma: v.exactOptional(fields.positives) }),
  ({ x, ...others }) => {
    const odd = Object.entries(others).find(([, values]) => values.length !== x.length);
    return odd && { path: [odd[0]], input: odd[1], right: `a list of ${x.length}, as many as there are x` };
  },
);

const ofSize = (size: number, sound: boolean) => {
  const unknown = v.exactOptional(fields.anyMatrix(size));
  return record({
    ...fields.head("link"),
    form: choice(linkForms.names),
    /** What the form was told, as `chance` and `ceiling`. */
    choices: fields.each(fields.finite),
    /** On what the residuals are. */
    scale: scaleSchema,
    /** What x and y are called: the loss, and the metric. */
    names: record({ x: text, y: text }),
    status: choice(["converged", "unidentified", "stopped-early"]),
    message: v.exactOptional(text),
    /** θ by name. */
    parameters: fields.each(sound ? fields.estimate : fields.exponentOf),
    theta: fields.listOf(size, fields.finite),
    /** Of θ; absent where the parameters cannot be told apart. */
    covariance: sound ? (fields.covariance(size) as v.GenericSchema as typeof unknown) : unknown,
    /** On the scale. */
    residualStandardDeviation: fields.notNegative,
    /** Of squared residuals on the scale, weighted where there is a sigma. */
    sumOfSquares: fields.notNegative,
    degreesOfFreedom: whole({ atLeast: 1 }),
    data: points,
    points: whole(),
    /** One line against two, where that was tested. */
    break: v.exactOptional(fields.outcome(linkBreakSchema)),
  });
};

/** A metric as a function of the loss, with what it was fitted to. A record: it survives JSON whole. */
export interface LinkFit extends fields.Read<ReturnType<typeof ofSize>> {}

/** A link of any form there is when it is read; the form and its choices say how long θ is. */
export const linkSchema: v.GenericSchema<unknown, LinkFit> = fields.checked(
  v.lazy((value) => {
    const form = fields.fieldOf(value, "form");
    const choices = fields.fieldOf(value, "choices");
    const known = typeof form === "string" && linkForms.has(form) && typeof choices === "object" && choices !== null;
    const size = known ? linkForms.get(form).parameters(choices as LinkChoices).length : 2;
    return ofSize(size, value === undefined || fields.fieldOf(value, "status") === "converged");
  }) as v.GenericSchema as ReturnType<typeof ofSize>,
  ({ data, points: count, degreesOfFreedom, theta }) => {
    if (data.x.length !== count) return { path: ["points"], input: count, right: String(data.x.length) };
    if (degreesOfFreedom === count - theta.length) return undefined;
    return { path: ["degreesOfFreedom"], input: degreesOfFreedom, right: String(count - theta.length) };
  },
);
