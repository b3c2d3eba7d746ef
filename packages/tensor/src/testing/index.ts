export { checkAgreement, peakError } from "./agreement.js";
export { type FuzzFailure, fuzz } from "./fuzz/index.js";
export { checkGradients, type GradientReport } from "./gradients.js";
export { pseudoRandom } from "./inputs.js";
