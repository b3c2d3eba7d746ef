export { type CountedParameters, type DoneRun, pointsOf } from "../runs/point.js";
export { fitLaws, predictBudget } from "./laws.js";
export { planStudy, type StudyPlan } from "./plan.js";
export { laptop, type Preset, presets, quick } from "./preset.js";
export { openSession, type Session, type SessionOptions } from "./session.js";
export { type HeldOutPlan, openStudy, Study, StudyError, type StudyOptions } from "./study.js";
export { type ProgressLine, progressLines, studyTables } from "./tables.js";
