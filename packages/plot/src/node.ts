export { document } from "./node/document.js";
export { fontFiles, type PngOptions, renderPng } from "./node/png.js";
export { type WriteReportOptions, writeReport } from "./node/write-report.js";
