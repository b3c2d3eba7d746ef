export { type CompareOptions, compareSides } from "./compare.js";
export { constantsOfSide, type KnownConstant } from "./constants.js";
export type { ConstantName, Constants, OptimumCurve } from "./curve.js";
export { type FlooredPower, fallingCurve, flooredPower } from "./curve.js";
export { type LawChoice, type LawSideOptions, sideOfIsoFlop, sideOfLaw } from "./law-side.js";
export { sideOfRollOut } from "./roll-out-side.js";
export type { Side } from "./side.js";
export { type RunsSideOptions, sideOfRuns, sideOfSurface } from "./surface-side.js";
export type { SurfaceToCompare } from "./surface-to-compare.js";
