import { checkStudy, type StudyFileInput } from "../../src/study/index.js";

/** Four sizes at three budgets of a few steps: nothing is learnt, but every step of the method is taken. */
export const tinyFile = {
  name: "tiny",
  data: { source: "shapes", size: 16 },
  batch: 16,
  optimizer: { learningRate: { at: 0.0115, width: [32, -0.15] } },
  captionDropout: 0.1,
  validation: { images: 64 },
  seed: 1,
  grid: { budgets: [1e9, 2e9, 4e9], widths: [8, 16, 24, 32] },
  heldOut: { budgets: 1.2e10, widths: [8, 16, 24, 32] },
  samples: { count: 2, steps: 2, guidance: 1 },
} as const satisfies StudyFileInput;

/** The same with other fields, as a study that was read. */
export const tiny = (more: Partial<StudyFileInput> = {}) =>
  checkStudy({ name: "tiny.yaml", base: process.cwd(), value: { ...tinyFile, ...more } });
