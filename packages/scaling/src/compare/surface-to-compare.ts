import type { Surface } from "../surface/surface.js";
import type { SurfaceFit } from "../surface/surface-fit.js";

/** A surface, as it was fitted or published, with what else is known of it. */
export type SurfaceToCompare = Surface &
  Partial<
    Pick<SurfaceFit, "covariance" | "degreesOfFreedom" | "quantity" | "computes" | "status" | "message" | "objective">
  >;
