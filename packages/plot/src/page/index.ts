export { type Page, renderPage } from "./page.js";
export type { Illustrated, PageFigure, PageTable, Section } from "./section.js";
export { sectionsText } from "./text.js";
