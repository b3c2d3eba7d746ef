import type { SharedFit } from "@isoflop/scaling";
import type { FitKind } from "../kind.js";
import { surface } from "../surface/kind.js";
import { studyOf } from "./studies.js";

/** Each study is asked as a surface of its own. */
export const shared: FitKind<SharedFit> = {
  record: "shared",
  standing: ({ status, message }) => ({ ok: true, status, message }),
  questions: [...surface.questions, "study"],
  help: [["--study NAME …", "of that study, what can be asked of a surface"]],
  answers: (fit, { study, ...asked }) => surface.answers(studyOf(fit, study).fit, asked),
  figures: async (fit, _, loaded) => (await import("./page.js")).sharedFigures(fit, loaded),
};
