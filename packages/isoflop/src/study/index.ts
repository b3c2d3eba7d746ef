export { type Floor, type FloorOptions, floorOf, type MeasuredLoss } from "../floor/floor.js";
export type { LineStream, ReporterOptions } from "../progress/reporter.js";
export { type CountedParameters, type DoneRun, pointOf, pointsOf } from "../runs/point.js";
export type { OnProgress } from "../words/progress.js";
export type { OpenData } from "./file/data.js";
export { studyJsonSchema } from "./file/json-schema.js";
export {
  checkStudy,
  type FieldPath,
  type ResolvedStudy,
  resolveStudy,
  type WrittenStudy,
  writtenStudy,
} from "./file/read.js";
export { type StudyFile, type StudyFileInput, studySchema } from "./file/schema.js";
export { type Assignment, readAssignment } from "./file/set.js";
export { shippedStudies } from "./file/shipped.js";
export { StudyFolder, type Waiting, type Write } from "./folder.js";
export type { HeldOutPlan } from "./held-out.js";
export { fitLaws } from "./laws.js";
export { type Manifest, manifestIn, manifestsUnder, readManifest } from "./manifest.js";
export type { MethodAnswer, StudyMethod, StudyMethods, Testable } from "./methods.js";
export type { FittedMetric } from "./metrics.js";
export { openStudy } from "./open.js";
export type { Wanted } from "./place.js";
export { type HeldOutBudget, planStudy, type StudyPlan } from "./plan.js";
export type { StudyPrediction } from "./prediction.js";
export { type ProgressLine, progressLines } from "./progress.js";
export { openSession, type Session, type SessionOptions } from "./session.js";
export { type Reported, Study, StudyError, type StudyOptions } from "./study.js";
export type { TuneCell, Tuned, Tuning } from "./tune.js";
export { studyWords } from "./words.js";
