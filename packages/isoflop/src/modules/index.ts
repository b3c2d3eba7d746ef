export { ModuleError } from "./error.js";
export { loadKnown } from "./known.js";
export { type LoadedModule, loadModule } from "./load.js";
export { checkMetric, type MetricOptions, metricRequests } from "./metrics.js";
export { prepareModules } from "./prepare.js";
export { type Position, type Resolved, resolveModules, runPositions } from "./resolve.js";
export { type SortName, sortNames } from "./sorts.js";
export { usedModules } from "./used.js";
