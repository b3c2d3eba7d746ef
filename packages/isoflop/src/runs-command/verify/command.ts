import type { Command } from "commander";
import { inputError } from "../../exit.js";
import { readManifest, storeOf } from "../../study/manifest.js";
import { emit } from "../../words/emit.js";
import { plural } from "../../words/numbers.js";
import { progress } from "../../words/progress.js";
import { idFor, runsIn } from "../find.js";
import { type StoreChoices, storeFor, storeOptions, studyOption } from "../options.js";
import { idsOfStudy } from "../users.js";

interface Options extends StoreChoices {
  readonly study?: string;
}

const help = `
Reads everything: the record, whose hash must be its id and which must say what data it saw; every checkpoint, whose SHA-256 must be that of what
was written; the metrics log, which must tell of every step; and the losses of validation samples, whose mean must be the run's loss. Changes nothing. Status 3 if anything is not as it must be.

Example:
  isoflop runs verify --study runs/quick`;

export const configure = (command: Command): void => {
  studyOption(
    storeOptions(command.argument("[run...]", "ids or beginnings of ids; all runs are examined without them")),
    "only the runs of this study, from its own store",
  )
    .addHelpText("after", help)
    .action(async (given: readonly string[], options: Options) => {
      const { verifyRun } = await import("@isoflop/sweep/node");
      const { study } = options;
      const manifest = study === undefined ? undefined : readManifest(study);
      const store = manifest ? storeOf(study!, manifest) : storeFor(options);
      const asked: string[] = [];
      for (const text of given) asked.push(await idFor(store, text));
      const runs = await runsIn(store, asked.length > 0 ? asked : study === undefined ? undefined : idsOfStudy(study));
      const { onProgress, end } = progress("verifying");
      const faults: { readonly id: string; readonly of: string; readonly message: string; readonly advice: string }[] =
        [];
      for (const [i, { id }] of runs.entries()) {
        onProgress(i, runs.length);
        faults.push(...(await verifyRun(store, id)).map((fault) => ({ id, ...fault })));
      }
      end();
      const broken = new Set(faults.map(({ id }) => id)).size;
      const said =
        broken === 0
          ? `${plural(runs.length, "run")} in ${store}: all whole`
          : `${plural(faults.length, "fault")} in ${broken} of ${plural(runs.length, "run")} in ${store}`;
      await emit(options.json, { command: "runs verify", store, examined: runs.length, faults }, () => [
        ...faults.map(({ id, of, message, advice }) => ({ notes: [`${id} ${of}: ${message}`, `  → ${advice}`] })),
        broken === 0 && said,
      ]);
      if (broken > 0) throw inputError(said);
    });
};
