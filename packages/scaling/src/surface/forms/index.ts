import type { SurfaceForm, SurfaceFormName } from "../form.js";
import { kaplan } from "./kaplan.js";
import { chinchilla, noFloor, tied } from "./power-terms.js";

/** Every functional form by name. A new form is one file and one line here. */
export const surfaceForms: Readonly<Record<SurfaceFormName, SurfaceForm>> = {
  chinchilla,
  tied,
  "no-floor": noFloor,
  kaplan,
};

export const surfaceFormNames = Object.keys(surfaceForms) as readonly SurfaceFormName[];
