export { MetricsError, type MetricsErrorCode } from "./errors.js";
export { type FeatureProvenance, type Features, features, type Numbers } from "./features.js";
export { type FrechetDistance, frechetDistance } from "./frechet.js";
export { type Gaussian, gaussian } from "./gaussian.js";
export { encodePng, type ImageBatch, type ImageGridOptions, imageGrid, type RgbaImage } from "./images.js";
export { type InceptionScore, inceptionScore } from "./inception.js";
export { type KernelDistance, kernelDistance, type Subsets } from "./kernel.js";
export { type ManifoldMetrics, manifoldMetrics } from "./manifold.js";
