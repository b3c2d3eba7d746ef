import { methodNames } from "@isoflop/plot";
import { unsound } from "../exit.js";
import { openStudy, type Reported, type Study, StudyError, type StudyOptions } from "../study/study.js";
import { interval, num, round } from "../words/numbers.js";

/** A study to be done, and who is told how it goes. */
export interface ReproduceOptions extends StudyOptions {
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * The whole method: train a grid, fit, predict a larger budget, train there, compare, draw, report. What is done already is not done
 * again.
 * @throws the signal's reason when stopped; CliError if the budgets give no law, after the report was written
 */
export const reproduce = async (options: ReproduceOptions): Promise<Reported> => {
  const { signal, say } = options;
  const study = await openStudy(options);
  try {
    const { plan, session } = study;
    say(`${plan.preset.name}: ${plan.grid.length} runs and one held out, on ${session.device.description}`);
    await study.trainGrid();
    signal.throwIfAborted();
    for (const { C, message } of study.fitLaws().dropped) say(`${round(C)} FLOPs enters no law: ${message}`);
    const { prediction, answers, run } = await predicted(study);
    const { C, loss } = { ...prediction.given, ...prediction.predicted };
    say(
      `predicted at ${round(C)} FLOPs: loss ${num(loss.value)}, ${interval(loss.interval95)}, with ${run.name}, by ${methodNames[answers[0]!.method]}`,
    );
    await study.trainHeldOut();
    signal.throwIfAborted();
    await study.drawSamples();
    return await study.write();
  } finally {
    study.close();
  }
};

/** That there is no law is a finding about the data, not a failure of the run. */
const predicted = async (study: Study) => {
  try {
    return await study.predictHeldOut();
  } catch (error) {
    if (!(error instanceof StudyError)) throw error;
    throw unsound(`${error.message}; the report in ${study.options.out} shows the runs`);
  }
};
