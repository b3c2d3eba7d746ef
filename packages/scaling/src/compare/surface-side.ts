import type { LawData } from "../laws/form.js";
import { extent } from "../math/extent.js";
import { evenSample } from "../math/sample.js";
import { surfaceData } from "../surface/data.js";
import { surface as fitSurface } from "../surface/fit.js";
import { SIX } from "../surface/form.js";
import type { SurfaceFormName } from "../surface/forms/index.js";
import { formOfSurface, type Surface } from "../surface/surface.js";
import { type Flops, type Outcome, type Run, refuse } from "../types.js";
import { doubtOf } from "./doubt.js";
import { drawNodes, type FloorNode, floorIndex, floorNodes } from "./floors.js";
import { nodesOfCovariance } from "./saved-floors.js";
import type { Side } from "./side.js";
import { curveOfSurface } from "./surface-curve.js";
import type { SurfaceToCompare } from "./surface-to-compare.js";

export interface RunsSideOptions {
  /** Of the surface. Default `chinchilla`. */
  readonly form?: SurfaceFormName | undefined;
  /** What the runs' `loss` is, for a reader: `loss`, or the metric that stands in its place. */
  readonly quantity?: string | undefined;
}

/** More runs than this are not told apart in a figure. */
const DRAWN = 600;

/** Runs as compute and loss, or an even sample of them. */
export const pointsOf = (runs: readonly Run[]): LawData => {
  const shown = evenSample(runs.length, DRAWN).map((i) => runs[i]!);
  return { x: shown.map(({ C }) => C), y: shown.map(({ loss }) => loss) };
};

/**
 * Runs as a side: a loss surface by least squares of ln L, compared along its own optimum. Its draws are from the posterior with the floor
 * integrated out, `floorNodes`, so that a floor that the runs do not show is neither left out nor made up.
 */
export const sideOfRuns = (name: string, runs: readonly Run[], options: RunsSideOptions = {}): Outcome<Side> => {
  const { form: asked = "chinchilla", quantity = "loss" } = options;
  const fit = fitSurface(runs, { form: asked, objective: "log-squares", quantity });
  if (!fit.ok) return fit;
  if (fit.status === "stopped-early") return refuse("stopped-early", `the surface of ${name}: ${fit.message}`);
  const form = formOfSurface(fit);
  const data = surfaceData(form, runs);
  const theta = form.recentre(fit.theta, data.centreN, data.centreD);
  const caution = doubtOf(fit, runs);
  return sideOf(fit, { lnN: data.centreN, lnD: data.centreD }, floorNodes(form, data, theta), {
    name,
    law: `${fit.form} surface of ${runs.length} runs${floorIndex(form) === undefined ? "" : ", its floor integrated out"}`,
    quantity: fit.quantity,
    ...(caution !== undefined && { caution }),
    fitted: extent(runs.map(({ C }) => C)),
    points: pointsOf(runs),
  });
};

/**
 * A surface without its runs as a side: its draws are from its covariance, in coordinates in which the floor may be anything down to 0.
 * One without a covariance, as from published numbers, is taken to be exact.
 */
export const sideOfSurface = (name: string, fit: SurfaceToCompare): Outcome<Side> => {
  const { centre = { N: 1, D: 1 }, quantity, computes } = fit;
  const { nodes, caution } = nodesOfCovariance(fit);
  return sideOf(fit, { lnN: Math.log(centre.N), lnD: Math.log(centre.D) }, nodes, {
    name,
    law: `${fit.form} surface${fit.covariance ? "" : " without errors"}`,
    ...(quantity !== undefined && { quantity }),
    ...(!fit.covariance && { errorless: true }),
    ...(caution !== undefined && { caution }),
    ...(computes && { fitted: computes }),
    points: { x: [], y: [] },
  });
};

/** A side from the nodes of its surface, whose θ are on the axes of the centre. */
const sideOf = (
  surface: Surface,
  { lnN, lnD }: { readonly lnN: number; readonly lnD: number },
  nodes: readonly FloorNode[],
  described: Omit<Side, "curve" | "draws">,
): Outcome<Side> => {
  const { form: kind, flopsPerToken = SIX, centre } = surface;
  const form = formOfSurface(surface);
  const amid: Flops = flopsPerToken * Math.exp(lnN + lnD);
  const curve = curveOfSurface(surface, amid);
  if (!curve) return refuse("unidentified", `the surface of ${described.name} has no optimum at a compute`);
  if (nodes.length === 0)
    return refuse(
      "unidentified",
      `the runs of ${described.name} cannot tell the parameters of a ${kind} surface apart`,
    );
  const curveOf = (theta: readonly number[]) =>
    curveOfSurface(
      { form: kind, theta: form.recentre(theta, -lnN, -lnD), flopsPerToken, ...(centre && { centre }) },
      amid,
    );
  return { ok: true, ...described, curve, draws: (count, uniform) => drawNodes(nodes, count, uniform, curveOf) };
};
