export type { Drawing, FigureOptions } from "./figures/chart.js";
export * from "./figures/index.js";
export type { LawName } from "./figures/law.js";
export { samplePng, samplePngUrl } from "./image.js";
export { PlotInputError } from "./study/check.js";
export type * from "./study/types.js";
export { validateStudy } from "./study/validate.js";
export { darkTheme, lightTheme, pageTheme, type Theme, themeVariables } from "./theme.js";
