export { fitLaws } from "./laws.js";
export { planStudy, type StudyPlan } from "./plan.js";
export { laptop, type Preset, presets, quick } from "./preset.js";
export { type ProgressLine, progressLines } from "./progress.js";
export { openSession, type Session, type SessionOptions } from "./session.js";
export { type HeldOutPlan, openStudy, type Reported, Study, StudyError, type StudyOptions } from "./study.js";
export { studyWords } from "./words.js";
