import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { file, isoflop, json, scratch } from "./isoflop.js";

const number = (value: unknown) => value as number;
const losses = [2.9, 2.75, 2.6, 2.5, 2.42, 2.35, 2.3, 2.26, 2.2, 2.15];
const acc = (loss: number) => 0.1 + 0.9 / (1 + Math.exp(4 * (loss - 2.4)));
const rows = losses.map((loss, i) => [loss, acc(loss) + 0.002 * (-1) ** i, 100 * loss ** 3].join(","));
const table = file("metrics.csv", ["val_loss,acc,fid", ...rows].join("\n"));
const args = [
  "fit",
  "link",
  "-i",
  table,
  "--columns",
  "x=val_loss,y=acc",
  "--form",
  "logistic",
  "--chance",
  "0.1",
  "--ceiling",
  "1",
];
const law = file(
  "law-of-loss.json",
  isoflop(
    ["fit", "law", "-i", "-", "--columns", "x=C,y=loss", "--json"],
    [
      "C,loss",
      ...Array.from(
        { length: 8 },
        (_, i) => `${10 ** (18 + i / 3)},${14.3 * 10 ** (-0.04 * (18 + i / 3)) * (1 + 0.003 * (-1) ** i)}`,
      ),
    ].join("\n"),
  ).stdout,
);

describe("fit link", () => {
  test("a metric comes back as a function of the loss, and is asked at a loss", () => {
    const { fit, status } = json(args);
    expect(status).toBe("converged");
    expect(number(fit!.parameters!.gamma!.value)).toBeCloseTo(4, 0);
    expect(fit!.choices).toEqual({ chance: 0.1, ceiling: 1 });
    const saved = file("link.json", isoflop([...args, "--json"]).stdout);
    const { predictions } = json(["predict", saved, "--at", "2.4"]);
    expect(predictions![0]!.given).toEqual({ val_loss: 2.4 });
    expect(number(predictions![0]!.predicted!.acc!.value)).toBeCloseTo(0.55, 2);
    expect(isoflop(args).stdout).toContain("m = acc, L = val_loss");
    expect(isoflop(["fit", "link", "-i", table, "--x", "val_loss", "--y", "fid"]).stdout).toMatch(/gamma +3\.0000/);
  });

  test("predict adds the metric of the predicted loss, with the errors of both", () => {
    const saved = file("link.json", isoflop([...args, "--json"]).stdout);
    const { predictions, link, fit } = json(["predict", law, "--link", saved, "--at", "1e20,1e21"]);
    expect(link).toMatchObject({ command: "fit link" });
    expect(fit).toMatchObject({ command: "fit law" });
    const { y, acc: metric } = predictions![0]!.predicted!;
    expect(number(metric!.value)).toBeCloseTo(acc(number(y!.value)), 2);
    const [low, high] = metric!.ci95 as unknown as [number, number];
    const ofLoss = (y!.ci95 as unknown as [number, number]).map(acc);
    expect(low).toBeLessThan(ofLoss[1]! + 1e-3);
    expect(high).toBeGreaterThan(ofLoss[0]! - 1e-3);
    expect(predictions![1]!.notes!.beyondLink).toBeGreaterThan(0 as never);
    expect(isoflop(["predict", law, "--link", saved, "--at", "1e21"]).stdout).toMatch(
      /acc[\s\S]*beyond the losses that the link was fitted to/,
    );
    expect(isoflop(["predict", law, "--link", law, "--at", "1e20"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("is a fit law; expected a fit link"),
    });
  });

  test.each([
    [["--chance", "1.5x"], 2, "Expected"],
    [["--form", "linear", "--chance", "0.1"], 2, "--chance is for --form logistic or softplus, not linear"],
    [["--scale", "logit", "--y", "fid"], 3, "the metric is"],
    [["--columns", "z=acc"], 2, '--columns has "z"; expected x=… and y=…'],
    [["--y", "top1"], 3, 'there is no column "top1" (for y)'],
  ])("%j: status %d", (more, code, message) => {
    const finished = isoflop([
      "fit",
      "link",
      "-i",
      table,
      "--x",
      "val_loss",
      ...more,
      ...(more.includes("--y") ? [] : ["--y", "acc"]),
    ]);
    expect(finished.stderr).toContain(message);
    expect(finished.code).toBe(code);
  });

  test("pages have the link, and of a prediction the law and the link", () => {
    const [page, asked] = [scratch("link.html"), scratch("asked.html")];
    expect(isoflop([...args, "--report", page]).code).toBe(0);
    expect(readFileSync(page, "utf8")).toMatch(/class="link"/);
    const saved = file("link.json", isoflop([...args, "--json"]).stdout);
    expect(isoflop(["predict", law, "--link", saved, "--at", "1e20", "--report", asked]).code).toBe(0);
    expect(readFileSync(asked, "utf8")).toMatch(/class="law"[\s\S]*class="link"/);
  });
});
