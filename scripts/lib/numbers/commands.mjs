/**
 * @typedef {object} Command what is asked of the command line, in the folder that is collected into
 * @property {string} name of its documents, with "/" between group and name
 * @property {readonly string[]} args
 * @property {boolean} [report] whether it also writes a page
 */

const conditionings = ["inContext", "crossAttention", "adaLN", "adaLNZero", "adaLNSingle", "mmDit"];
const patches = [2, 4, 8];
const models = ["S", "B", "L", "XL"].flatMap((size) => patches.map((patch) => `DiT-${size}/${patch}`));
const ladder = ["inContext-160x3", "inContext-512x8", "inContext-1728x27"];
const conventions = "exact exactFused threeTimes torch paper2023 thop palm chinchilla kaplan sixND".split(" ");
const runs = ["--input", "tables/runs.csv", "--columns", "C=C,N=N,D=D,loss=loss,metric:fid=fid"];

/** @param {string} name @param {string} line arguments without blanks in them @param {{ report?: boolean }} [more] @returns {Command} */
const command = (name, line, more) => ({ name, args: line.split(" "), ...more });

/** @param {string} name @param {string} what @param {readonly string[]} table @param {string} [choices] @returns {Command} */
const fitOf = (name, what, table, choices) => ({
  name: `fits/${name}`,
  args: ["fit", what, ...table, ...(choices ? choices.split(" ") : [])],
  report: true,
});

const plans = [
  ...["quick", "laptop"].flatMap((preset) => [
    ...conditionings.map((one) =>
      command(`plans/${preset}-${one}`, `plan ${preset} --no-measure --set model.conditioning=${one}`),
    ),
    ...["cifar10", "shapes"].map((data) =>
      command(`plans/${preset}-${data}`, `plan ${preset} --no-measure --set data.source=${data}`),
    ),
  ]),
  command("plans/paper", "plan paper"),
  command("plans/paper-512", "plan paper --set batch=512 --mfu 0.35"),
];

const counts = [
  ...[...models, "PixArt-XL/2", "SD3-medium", ...ladder].map((model) =>
    command(`flops/${model.replace("/", "-")}`, `flops ${model}`, { report: model === "DiT-XL/2" }),
  ),
  ...conventions.map((one) => command(`flops/by-${one}`, `flops SD3-medium --convention ${one}`)),
];

const fits = [
  fitOf("isoflop", "isoflop", runs, "--bootstrap 200"),
  fitOf("isoflop-akima", "isoflop", runs, "--optimum akima --x D"),
  fitOf("isoflop-huber", "isoflop", runs, "--optimum huber --loss log"),
  fitOf("isoflop-metric", "isoflop", runs, "--quantity fid"),
  ...["chinchilla", "tied", "no-floor", "kaplan"].map((form) =>
    fitOf(`surface-${form}`, "surface", runs, `--form ${form} --threads 2`),
  ),
  fitOf("surface-varpro", "surface", runs, "--objective varpro --bias-at 1e21 --threads 2"),
  fitOf("surface-bootstrap", "surface", runs, "--bootstrap 100 --strata budget --threads 2"),
  ...[
    ["power", "power", ""],
    ["saturating", "saturating", ""],
    ["saturating-raw", "saturating", " --residuals raw"],
    ["broken", "bnsl", ""],
    ["broken-twice", "bnsl", " --breaks 2"],
  ].map(([name = "", form = "", choices]) =>
    fitOf(`law-${name}`, "law", ["--input", `tables/${name.split("-")[0]}.csv`], `--form ${form}${choices}`),
  ),
];

const saved = (/** @type {string} */ name) => `fits/${name}.json`;
const forms = ["chinchilla", "tied", "no-floor", "kaplan", "varpro", "bootstrap"].map((form) => `surface-${form}`);
const questions = [
  ...["isoflop", "isoflop-akima", "isoflop-huber", "isoflop-metric"].map((name) =>
    command(`predict/${name}`, `predict ${saved(name)} --at 1e20,1e21`, { report: true }),
  ),
  command("predict/isoflop-size", `predict ${saved("isoflop")} --at 1e20 --size 1e8`, { report: true }),
  ...forms.flatMap((name) => [
    command(`predict/${name}`, `predict ${saved(name)} --at 1e20,1e21`, { report: true }),
    command(`predict/${name}-model`, `predict ${saved(name)} --size 1e8 --tokens 1e10`, { report: true }),
    command(`predict/${name}-reach`, `predict ${saved(name)} --reach 2.4`),
  ]),
  ...["power", "saturating", "saturating-raw", "broken", "broken-twice"].map((name) =>
    command(`predict/law-${name}`, `predict ${saved(`law-${name}`)} --at 1e19,1e22`, { report: true }),
  ),
  command("predict/table", `predict ${runs.join(" ")} --at 1e20`, { report: true }),
  command("predict/table-surface", `predict ${runs.join(" ")} --method surface --at 1e20`, { report: true }),
  command("compare/tables", `compare tables/runs.csv tables/others.csv --at 1e18,1e19`, { report: true }),
  command("compare/floors", `compare tables/runs.csv tables/others.csv --law saturating`, { report: true }),
  command("compare/optima", `compare tables/runs.csv tables/others.csv --method isoflop --at 1e18,1e19`, {
    report: true,
  }),
  command("compare/surfaces", `compare ${saved("surface-chinchilla")} tables/others.csv`, { report: true }),
  command("compare/laws", `compare ${saved("law-power")} ${saved("law-saturating")}`, { report: true }),
  command("compare/fits", `compare ${saved("isoflop")} ${saved("law-saturating")} --at 1e19`, { report: true }),
  ...forms.map((name) =>
    command(`plan-next/${name}`, `plan-next ${saved(name)} --allowance 1e19 --target 1e21`, { report: true }),
  ),
  command("plan-next/N", `plan-next ${saved("surface-chinchilla")} --allowance 1e19 --target 1e21 --optimum N`),
  command(
    "plan-next/bootstrap",
    `plan-next ${saved("surface-bootstrap")} --allowance 1e19 --target 1e21 --posterior bootstrap`,
  ),
  command("plan-next/table", `plan-next ${runs.join(" ")} --allowance 1e19 --target 1e21`, { report: true }),
];

/** A training of seconds. */
const training = [
  command("train/shapes", "train --data shapes --width 16 --depth 1 --steps 40 --validation-images 64 --out runs/one"),
];

/** What does not need the study, each after those whose files it reads. @type {readonly Command[]} */
export const commands = [...plans, ...counts, ...fits, ...questions, ...training];

/** The study, and what is asked of its folder. @type {readonly Command[]} */
export const studyCommands = [
  command("study/reproduce", "reproduce --seed 0 --out runs/quick"),
  command("study/isoflop", "fit isoflop --input runs/quick", { report: true }),
  command("study/surface", "fit surface --input runs/quick --threads 2", { report: true }),
  command("study/predict", "predict --input runs/quick --at 1.5e12", { report: true }),
  command("study/predict-surface", "predict --input runs/quick --method surface --at 1.5e12", { report: true }),
  command("study/report", "report runs/quick"),
];
