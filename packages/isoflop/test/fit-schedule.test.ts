import { readFileSync } from "node:fs";
import { normals, type RateSchedule, random, type ScheduleFit, scheduleLosses, scheduleOf } from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { file, isoflop, json, scratch } from "./isoflop.js";

const number = (value: unknown) => value as number;
/** A law of the size of the paper's for a hundred million parameters. */
const theta = [Math.log(2.65), Math.log(0.6), 0.45, Math.log(440), Math.log(2.1), Math.log(0.6), 0.65];
const truth = (schedule: RateSchedule, steps: readonly number[]) => {
  const found = scheduleLosses(
    { theta, degreesOfFreedom: 1, residualStandardDeviation: 0 } as unknown as ScheduleFit,
    schedule,
    steps,
  );
  if (!found.ok) throw new Error(found.message);
  return found.points.map(({ value }) => value);
};
const shapes = { steps: 3000, peak: 1e-3, warmup: 200 };
const rateAt = ({ step, rate }: RateSchedule, t: number) => {
  const i = step.findIndex((at) => at >= t);
  if (step[i] === t || i === 0) return rate[i]!;
  return rate[i - 1]! + ((t - step[i - 1]!) / (step[i]! - step[i - 1]!)) * (rate[i]! - rate[i - 1]!);
};
const steps = Array.from({ length: 60 }, (_, i) => 50 * (i + 1));
const rowsOf = (name: string, seed: number) => {
  const schedule = scheduleOf(name, shapes);
  const normal = normals(random(seed));
  return truth(schedule, steps).map(
    (loss, i) => `${name},${steps[i]},${rateAt(schedule, steps[i]!)},${loss * Math.exp(0.002 * normal())}`,
  );
};
const header = "run,step,eta,loss";
const table = file("curves.csv", [header, ...rowsOf("cosine", 1), ...rowsOf("wsd", 2)].join("\n"));
const args = ["fit", "schedule", "-i", table, "--columns", "lr=eta", "--curve", "run"];

describe("fit schedule", () => {
  test("curves give a law, and the last loss under another schedule and another length", () => {
    const { fit, status, points } = json(args);
    expect(status).toBe("converged");
    expect(points!.used).toBe(120);
    expect(fit!.curves).toHaveLength(2);
    expect(Math.abs(number(fit!.parameters!.L0!.value) - 2.65)).toBeLessThan(0.1);
    const { stdout } = isoflop([...args, "--json"]);
    const saved = file("schedule.json", stdout);
    const { predictions } = json([
      "predict",
      saved,
      "--schedule",
      "linear",
      "--steps",
      "2000,4000",
      "--final-share",
      "0.1",
    ]);
    expect(predictions).toHaveLength(2);
    expect(predictions![1]!.given).toEqual({ steps: 4000, peak: 1e-3 });
    const wanted = scheduleOf("linear", { ...shapes, steps: 4000, finalShare: 0.1 });
    const [value] = truth(wanted, [4000]);
    expect(Math.abs(number(predictions![1]!.predicted!.loss!.value) / value! - 1)).toBeLessThan(0.005);
    const rates = file(
      "rates.csv",
      ["step,lr", ...wanted.step.map((step, i) => `${step},${wanted.rate[i]}`)].join("\n"),
    );
    const byTable = json(["predict", saved, "--rates", rates]);
    expect(number(byTable.predictions![0]!.predicted!.loss!.value)).toBeCloseTo(
      number(predictions![1]!.predicted!.loss!.value),
      12,
    );
  });

  test("words and pages have the curves and the law", () => {
    expect(isoflop(args).stdout).toMatch(/alpha[\s\S]*cosine[\s\S]*wsd[\s\S]*degrees of freedom/);
    const [page, asked] = [scratch("schedule.html"), scratch("schedule-asked.html")];
    const saved = file("schedule.json", isoflop([...args, "--json"]).stdout);
    expect(isoflop([...args, "--report", page]).code).toBe(0);
    expect(readFileSync(page, "utf8")).toMatch(/class="law"/);
    expect(isoflop(["predict", saved, "--schedule", "wsd", "--steps", "6000", "--report", asked]).code).toBe(0);
    expect(readFileSync(asked, "utf8")).toMatch(/class="predicted"/);
  });

  test("a constant rate says that it does not know decay, with status 4, and answers for constant rates alone", () => {
    const input = file("constant.csv", [header, ...rowsOf("constant", 3)].join("\n"));
    const constant = ["fit", "schedule", "-i", input, "--columns", "lr=eta"];
    const { status, ok } = json(constant, { code: 4 });
    expect({ status, ok }).toEqual({ status: "unidentified", ok: true });
    const saved = file("constant.json", isoflop([...constant, "--json"]).stdout);
    expect(isoflop(["predict", saved, "--schedule", "wsd"])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("do not show what that gains"),
    });
    const longer = isoflop(["predict", saved, "--schedule", "constant", "--steps", "9000", "--json"]);
    expect(JSON.parse(longer.stdout)).toMatchObject({ predictions: [{ given: { steps: 9000 } }] });
  });

  test.each([
    [["predict", "FIT"], 2, "a schedule is needed: --schedule NAME, or --rates FILE"],
    [["predict", "FIT", "--at", "3"], 2, "--at cannot be asked of a fit schedule"],
    [["predict", "FIT", "--schedule", "wsd", "--rates", table], 2, "--rates says all of a schedule; expected it alone"],
    [
      ["predict", "FIT", "--schedule", "wsd", "--warmup", "3000"],
      2,
      "warmup is 3000; expected a number of steps from 0, below 3000",
    ],
    [["predict", "FIT", "--rates", table], 3, 'there is no column "lr" (for lr)'],
    [
      ["compare", "FIT", "FIT"],
      2,
      "is a fit schedule; compare takes a table of runs, a fit isoflop, a fit surface, a fit rollout or a fit law",
    ],
    [["fit", "schedule", "-i", table], 3, 'there is no column "lr" (for lr)'],
    [
      ["fit", "schedule", "-i", table, "--columns", "lr=eta"],
      3,
      "step of curve 1 is 50; expected steps of at least 0 that ascend",
    ],
    [
      ["fit", "schedule", "-i", table, "--columns", "rate=eta"],
      2,
      '--columns has "rate"; expected step=…, lr=… and loss=…',
    ],
  ])("%j: status %d", (asked, code, message) => {
    const saved = file("schedule.json", isoflop([...args, "--json"]).stdout);
    const finished = isoflop(asked.map((one) => (one === "FIT" ? saved : one)));
    expect(finished.stderr).toContain(message);
    expect(finished.code).toBe(code);
  });
});
