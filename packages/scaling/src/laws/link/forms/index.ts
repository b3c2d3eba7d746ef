import { registry } from "@isoflop/spec";
import type { LinkForm } from "../form.js";
import { exponential } from "./exponential.js";
import { linear } from "./linear.js";
import { logarithm } from "./logarithm.js";
import { logistic } from "./logistic.js";
import { power } from "./power.js";
import { softplusForm } from "./softplus.js";

/** Every form of link by name. A new form is one file and one line here; one from outside joins by `linkForms.add`. */
export const linkForms = registry<LinkForm>("form of link", [
  power,
  linear,
  logarithm,
  exponential,
  logistic,
  softplusForm,
]);
