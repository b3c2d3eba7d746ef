import type { ValidationSamples } from "@isoflop/sweep";
import type { StoredRun } from "@isoflop/sweep/node";
import { num } from "../../words/numbers.js";
import type { Words } from "../../words/passage.js";
import { ageWords, bytesWords } from "../../words/sizes.js";
import { sparkline } from "../../words/sparkline.js";
import type { RunDocument } from "../document.js";
import { holderWords } from "../facts.js";

/** Characters of a training curve. */
const CURVE = 60;

export const showWords = (
  run: StoredRun,
  about: RunDocument,
  losses: readonly number[],
  validated?: ValidationSamples,
): Words => {
  const { content, folder, problem } = run;
  const { steps, of, loss, lossStdErr, data, modules, changed, bytes, studies } = about;
  const age = ageWords((Date.now() - Date.parse(changed)) / 1000);
  const rows: (readonly [string, string | undefined])[] = [
    ["run", about.id],
    ["state", `${about.standing}${run.holders.length > 0 ? `: ${holderWords(run)}` : ""}`],
    ["problem", problem],
    ["steps", of === undefined ? String(steps) : `${steps} of ${of}`],
    ["loss", loss === undefined ? undefined : `${num(loss)} ± ${num(lossStdErr ?? Number.NaN, 2)}`],
    [
      "samples",
      validated && `losses of ${validated.images} images of "${validated.split}" are kept: runs compare ${about.id} ID`,
    ],
    ["data", data],
    ["modules", modules.length > 0 ? modules.join(", ") : undefined],
    ["studies", studies.length > 0 ? studies.join(", ") : "none"],
    ["files", `${folder}, ${bytesWords(bytes)}, changed ${age} ago`],
  ];
  const known = rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(8)}  ${value}`]));
  const { spec, result, failure } = content;
  return [
    { text: known.join("\n") },
    losses.length > 1 && {
      title: "Training loss",
      notes: [`${sparkline(averages(losses, CURVE))}  ${num(losses[0]!, 4)} to ${num(losses.at(-1)!, 4)}`],
    },
    result !== undefined && { title: "Result", text: JSON.stringify(result, undefined, 2) },
    failure !== undefined && { title: "Failure", text: JSON.stringify(failure, undefined, 2) },
    spec !== undefined && { title: "Spec", text: JSON.stringify(spec, undefined, 2) },
  ];
};

/** At most so many means of what follows each other. */
const averages = (values: readonly number[], count: number): readonly number[] => {
  const bins = Math.min(count, values.length);
  return Array.from({ length: bins }, (_, i) => {
    const part = values.slice(Math.floor((i * values.length) / bins), Math.floor(((i + 1) * values.length) / bins));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
};
