import { Document, isScalar, visit } from "yaml";
import type { StudyFile } from "./schema.js";

/** A study as YAML, as a person would write it: large and small numbers with exponents, short records on a line. */
export const studyText = (file: StudyFile): string => {
  const document = new Document(file);
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value !== "number" || node.value === 0) return;
      const size = Math.abs(node.value);
      if (size >= 1e6 || size < 1e-3) node.format = "EXP";
    },
    Map(_, node) {
      node.flow = node.items.length > 0 && node.items.every(({ value }) => isScalar(value));
    },
    Seq(_, node) {
      node.flow = node.items.every(isScalar);
    },
  });
  if (document.contents && "flow" in document.contents) document.contents.flow = false;
  return document.toString({ lineWidth: 120 }).trimEnd();
};
