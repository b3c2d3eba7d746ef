export { checkAgreement, peakError } from "./agreement.js";
export { checkGradients, type GradientReport } from "./gradients.js";
export { pseudoRandom } from "./inputs.js";
