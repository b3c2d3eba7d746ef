import { registry } from "@isoflop/spec";
import { broken } from "./broken.js";
import type { LawForm } from "./form.js";
import { power } from "./power.js";
import { saturating } from "./saturating.js";

/** Every form of law by name. A new form is one file and one line here; one from outside joins by `lawForms.add`. */
export const lawForms = registry<LawForm>("form of law", [power, saturating, broken]);
