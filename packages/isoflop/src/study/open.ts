import { checkRequest } from "@isoflop/sweep";
import { dataOpener } from "@isoflop/sweep/node";
import { metricRequests } from "../modules/index.js";
import { StudyFolder } from "./folder.js";
import { claim, placeOf } from "./place.js";
import { planStudy } from "./plan.js";
import { openSession } from "./session.js";
import { Study, type StudyOptions } from "./study.js";

/**
 * Opens data, folder and device, lays out the grid, and says in `study.json` which runs are the study's.
 * @throws CliError `input` for a file that asks for what cannot be, `usage` if the folder is another study's
 */
export const openStudy = async (options: StudyOptions): Promise<Study> => {
  const { study, signal, onNote } = options;
  const openData =
    options.openData ??
    dataOpener({ ...(signal && { signal }), ...(options.onData && { onProgress: options.onData }) });
  const plan = await planStudy(study, openData);
  const { file, grid, tuning } = plan;
  const metrics = await metricRequests(file.metrics, { base: study.base, openData });
  for (const { spec } of grid) for (const request of metrics) await checkRequest(spec, request, openData);
  const { path, runs } = placeOf(options, plan);
  const folder = new StudyFolder(path, { signal, onWait: onNote }, runs);
  const begun = claim(folder, plan);
  await folder.keepManifest(tuning ? begun : { ...begun, runs: grid.map(({ id }) => id) });
  const { device, parallel } = file;
  const session = await openSession({ ...options, device, parallel, store: folder.store });
  return new Study(options, plan, folder, session, metrics);
};
