import { clusterOf, type SurfaceFit, structure, surfaceObjectives } from "@isoflop/scaling";
import { type Doubt, type LoadedRuns, ofQuantity } from "../../runs/load.js";
import type { SavedFit } from "../saved.js";
import type { SurfaceAsked } from "./fit.js";

/** A fit with what its objective and the residuals say against its numbers. */
export const withCautions = (
  document: SavedFit<SurfaceFit>,
  all: LoadedRuns,
  { cluster = "none" }: SurfaceAsked,
): SavedFit<SurfaceFit> => {
  const { fit, points } = document;
  if (!fit) return document;
  const { runs } = ofQuantity(all, fit.quantity);
  const found = structure(runs, fit, cluster === "none" ? {} : { cluster: clusterOf(runs, cluster) });
  const { caution } = surfaceObjectives.get(fit.objective.name);
  const cautions: Doubt[] = [
    ...(caution === undefined ? [] : [{ kind: "objective" as const, message: caution }]),
    ...(found.ok && found.warning !== undefined
      ? [{ kind: "structure" as const, message: `the form ${fit.form} does not hold: ${found.warning}` }]
      : []),
  ];
  if (cautions.length === 0) return document;
  return { ...document, points: { ...points, cautions: [...(points.cautions ?? []), ...cautions] } };
};
