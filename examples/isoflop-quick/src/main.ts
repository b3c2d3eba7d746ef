/**
 * A scaling law for diffusion transformers, found and checked in minutes: the method of arXiv 2410.08184 on small budgets. Run by
 * `npm run reproduce`; the steps are those of the library `isoflop/study`, which the command `isoflop reproduce` calls too.
 */
import { openStudy, progressLines, studyWords } from "isoflop/study";
import { interval, num, round, textOf } from "isoflop/words";
import { ending, readOptions } from "./options.js";

const options = await readOptions(process.argv.slice(2));
process.once("SIGINT", options.stop);

await ending(options.signal, async () => {
  const study = await openStudy({ ...options, onProgress: progressLines("training"), onNote: console.error });
  try {
    // 1. The plan: several compute budgets, and at each of them models from too small to too large, some of them more than once. Every run spends its
    //    budget exactly, so a larger model sees fewer images; every run has its own weights, noise and order of data.
    const { name, grid } = study.plan;
    console.log(`${name}: ${grid.length} runs and what is held out, on ${study.session.device.description}`);

    // 2. Train them all. Runs that are already in the folder are not done again.
    await study.trainGrid();

    // 3. At each budget the loss against ln N is a parabola; its vertex is the best model for that compute. Power laws go through the vertices.
    const laws = study.fitLaws();
    for (const { C, message } of laws.dropped) console.log(`${round(C)} FLOPs enters no law: ${message}`);

    // 4. All curves at once say more than their vertices. Forms of surface are weighed by how they fit and by what they foresee of larger runs from
    //    smaller ones; no floor of theirs lies below the least loss that any model can have, which is known for these pictures.
    const floor = await study.floor();
    if (floor) console.log(`no model can have a loss below ${num(floor.value)} ± ${num(floor.standardError, 2)}`);
    await study.fitMethods();

    // 5. Say what ten times the largest budget will give, at sizes about the optimum, and seal it before training there.
    for (const { prediction, run } of await study.predictHeldOut()) {
      const { loss } = prediction.predicted;
      console.log(
        `predicted at ${round(prediction.given.C)} FLOPs: loss ${num(loss.value)}, ${interval(loss.interval95)}, with ${run.name}`,
      );
    }
    console.log(`sealed: ${study.seal}`);

    // 6. Train there, and compare.
    await study.trainHeldOut();

    // 7. Look at what the model draws, and report.
    await study.drawSamples();
    const { summary, files } = await study.write();
    const pages = files.filter((file) => /\.(html|json)$/.test(file)).join(", ");
    console.log(`\n${textOf([...studyWords(summary), `written: ${pages}`])}`);
  } finally {
    study.close();
  }
});
