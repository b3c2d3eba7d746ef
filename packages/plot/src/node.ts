export { document } from "./node/document.js";
export { type FigureFormat, figureFormats, type WriteFile, writeFigures } from "./node/formats.js";
export { renderPdf } from "./node/pdf.js";
export { fontFiles, type PngOptions, renderPng } from "./node/png.js";
export { writeComparison } from "./node/write-comparison.js";
export { type WriteReportOptions, writeReport } from "./node/write-report.js";
