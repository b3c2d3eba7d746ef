import { methodNames } from "@isoflop/plot";
import { unsound } from "../exit.js";
import { interval, num, plural, round } from "../words/numbers.js";
import { LOSS } from "../words/quantity.js";
import type { HeldOutPlan } from "./held-out.js";
import { openStudy } from "./open.js";
import { heldOutRuns } from "./plan.js";
import { type Reported, type Study, StudyError, type StudyOptions } from "./study.js";
import { type Tuned, tunedWords } from "./tune.js";

/** A study to be done, and who is told how it goes. */
export interface StudyRun extends StudyOptions {
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** What was written of a study, and its folder. */
export interface StudyDone extends Reported {
  readonly folder: string;
}

/**
 * The whole method: train a grid, fit, predict larger budgets, train there, compare, draw, report. What is done already is not done
 * again.
 * @throws the signal's reason when stopped; CliError if the budgets give no law, after the report was written
 */
export const runStudy = async (options: StudyRun): Promise<StudyDone> => {
  const { signal, say } = options;
  const study = await openStudy(options);
  try {
    const { plan, session, folder } = study;
    const beyond = heldOutRuns(plan);
    const held = beyond === 0 ? "" : ` and ${beyond === 1 ? "one" : beyond} held out`;
    say(
      `${plan.name} ${plan.hash}: ${plural(plan.grid.length, "run")}${held}, on ${session.device.description}${options.checkpointing === "blocks" ? ", blocks computed again in the backward pass" : ""}, in ${folder.path}`,
    );
    for (const note of plan.notes) say(note);
    const tuned = await tunedIn(study);
    signal.throwIfAborted();
    if (tuned) say(tunedWords(tuned));
    await study.trainGrid();
    signal.throwIfAborted();
    for (const { C, message } of study.fitLaws().dropped) say(`${round(C)} FLOPs enters no law: ${message}`);
    if (plan.heldOut.length > 0) {
      for (const said of await predicted(study)) say(predictionWords(said));
      for (const [quantity, plans] of study.foretold) for (const plan of plans) say(predictionWords(plan, quantity));
      say(`sealed before training there: ${study.seal}`);
      await study.trainHeldOut();
      signal.throwIfAborted();
      await study.drawSamples();
    }
    return { ...(await study.write()), folder: folder.path };
  } finally {
    study.close();
  }
};

const predictionWords = ({ prediction, answers, run }: HeldOutPlan, quantity = LOSS): string => {
  const { C, loss } = { ...prediction.given, ...prediction.predicted };
  return `predicted at ${round(C)} FLOPs: ${quantity} ${num(loss.value)}, ${interval(loss.interval95)}, with ${run.name}, by ${methodNames[answers[0]!.method]}`;
};

const tunedIn = async (study: Study): Promise<Tuned | undefined> => {
  try {
    return await study.tune();
  } catch (error) {
    throw error instanceof StudyError ? unsound(error.message) : error;
  }
};

/** That there is no law is a finding about the data, not a failure of the run. */
const predicted = async (study: Study): Promise<readonly HeldOutPlan[]> => {
  try {
    return await study.predictHeldOut();
  } catch (error) {
    if (!(error instanceof StudyError)) throw error;
    throw unsound(`${error.message}; the report in ${study.folder.path} shows the runs`);
  }
};
