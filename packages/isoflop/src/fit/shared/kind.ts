import type { SharedFit } from "@isoflop/scaling";
import type { LoadedRuns } from "../../runs/load.js";
import type { FitKind } from "../kind.js";
import { surface } from "../surface/kind.js";
import { studyOf } from "./studies.js";

const ofStudy = (loaded: LoadedRuns, study: string): LoadedRuns => ({
  ...loaded,
  runs: loaded.runs.filter(({ label = "" }) => label === study),
});

/** Each study is asked as a surface of its own. */
export const shared: FitKind<SharedFit> = {
  record: "shared",
  standing: ({ status, message }) => ({ ok: true, status, message }),
  questions: [...surface.questions, "study"],
  help: [["--study NAME …", "of that study, what can be asked of a surface"]],
  answers: (fit, { study, ...asked }) => surface.answers(studyOf(fit, study).fit, asked),
  figures: async (fit, asked, loaded, { study }) =>
    study === undefined
      ? (await import("./page.js")).sharedFigures(fit, loaded)
      : surface.figures(studyOf(fit, study).fit, asked, loaded && ofStudy(loaded, study), {}),
};
