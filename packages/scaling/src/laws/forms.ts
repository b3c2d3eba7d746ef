import { registry } from "@isoflop/spec";
import { broken } from "./broken.js";
import type { LawForm } from "./form.js";
import { power } from "./power.js";
import { published } from "./published.js";
import { saturating } from "./saturating.js";

/** Every form of law by name. A new form is one file and one line here; one from outside joins by `lawForms.add`. */
export const lawForms = registry<LawForm>("form of law", [power, saturating, broken, published]);

/** The forms that can be fitted: all but those whose laws are given, as on a card. */
export const fittedForms = {
  get names(): readonly string[] {
    return [...this].map(({ name }) => name);
  },
  *[Symbol.iterator](): Iterator<LawForm> {
    for (const form of lawForms) if (!form.given) yield form;
  },
};
