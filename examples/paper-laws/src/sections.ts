import { evaluate, paperHeldOutBudget, paperReach } from "@isoflop/flops";
import { interval, num, type Passage, round, signedPercent } from "isoflop/words";
import { type Analysis, noise } from "./analysis.js";
import { deviceNames, type Sum } from "./plan.js";
import { printed, quantities, trainedSize } from "./printed.js";

const target = round(paperHeldOutBudget);
const symbols = { N: "N*", D: "D*", loss: "loss", fid: "FID" } as const;

/** Everything the terminal prints, and the page under its figures. */
export const sections = (analysis: Analysis) =>
  ({
    laws: lawsSection(analysis),
    extrapolation: extrapolationSection(analysis),
    families: familiesSection(analysis),
    irreducible: irreducibleSection(analysis),
    runs: runsSection(analysis),
    cost: costSection(analysis),
  }) satisfies Record<string, Passage>;

/** A coefficient with the digits it was printed with. */
const plain = (value: number): string => (value >= 1e6 ? round(value) : String(value));

const millions = (N: number): string => `${(N / 1e6).toFixed(1)} M`;

const lawsSection = ({ printed: values, recovered, unprinted }: Analysis): Passage => ({
  title: `The printed laws, and what exact isoFLOP parabolas give back`,
  table: {
    head: ["", "printed", `at ${target}`, "recovered", `at ${target}`],
    rows: quantities.map((name) => [
      symbols[name],
      `${plain(printed[name].coefficient)}·C^${printed[name].exponent}`,
      name === "N" ? millions(values.N) : num(values[name], 4),
      `${num(recovered[name].coefficient, 5)}·C^${recovered[name].exponent.toFixed(4)}`,
      name === "N"
        ? millions(evaluate(recovered.N, paperHeldOutBudget))
        : num(evaluate(recovered[name], paperHeldOutBudget), 4),
    ]),
    names: 1,
  },
  notes: [
    "C training FLOPs, N parameters, D = C / 6N tokens.",
    `The paper trains ${millions(trainedSize)} at ${target}: a coefficient of ${unprinted.N.toPrecision(5)}, which prints as 0.0009.`,
    `C / 6N has the coefficient ${unprinted.D.printed.toFixed(2)} with the printed digit and ${unprinted.D.trained.toFixed(2)} with that one; the paper prints ${printed.D.coefficient}.`,
  ],
});

const extrapolationSection = ({ extrapolation: { laws } }: Analysis): Passage => ({
  title: `Extrapolation from noisy runs to ${target}`,
  table: {
    head: ["", "exponent", "95 %", `law at ${target}`, "95 %", "new point", "95 %"],
    rows: quantities.map((name) => {
      const { exponent, law, predicted } = laws[name];
      const decimals = ([low, high]: readonly [number, number]) => `${low.toFixed(4)} to ${high.toFixed(4)}`;
      return [
        symbols[name],
        exponent.value.toFixed(4),
        decimals(exponent.ci95),
        num(law.value, 4),
        interval(law.ci95, 4),
        num(predicted.value, 4),
        interval(predicted.interval95, 4),
      ];
    }),
    names: 1,
  },
  notes: [
    `Noise of one run: ${noise.loss} on the loss, ${100 * noise.fid} % on FID. Exponents by bootstrap of residuals.`,
    "Law: where the power law lies. New point: the optimum of one more budget for N* and D*; for loss and FID one more run at the predicted size, with the laws that have a floor, or still steepen, weighed in.",
  ],
});

const familiesSection = ({ extrapolation: { families } }: Analysis): Passage => {
  const words = { power: "no floor", floor: "a floor, E > 0", accelerating: "still steepening, E < 0" } as const;
  return {
    title: `The loss at ${target} by the kind of law`,
    table: {
      head: ["L = E + A·C^−α", "loss", "a new run, 95 %", "weight"],
      rows: (["power", "floor", "accelerating"] as const).flatMap((family) => {
        const law = families[family];
        return law ? [[words[family], num(law.value, 4), interval(law.interval95, 4), law.weight.toFixed(2)]] : [];
      }),
      names: 1,
    },
  };
};

const irreducibleSection = ({ irreducible: { fitted, rows } }: Analysis): Passage => {
  const [low, high] = fitted.floor.ci95;
  return {
    title: "If part of the loss is irreducible",
    table: {
      head: ["E", "exponent of L − E", `loss at ${target}`, "95 % given E", "misfit", "by the data"],
      rows: rows.map((row) => [
        row.floor.toFixed(1),
        row.exponent.toFixed(4),
        num(row.value, 4),
        interval(row.interval95, 4),
        num(row.misfit, 2),
        row.allowed ? "allowed" : "excluded",
      ]),
      names: 1,
    },
    notes: [
      `Best floor ${fitted.floor.value.toFixed(3)}, between ${low.toFixed(3)} and ${high.toFixed(3)} at 95 % (${fitted.status}).`,
      "Allowed by the six optima alone; the prediction above knows the noise within budgets too, which leaves less room for the largest floors.",
      "Misfit: root mean square of the six optima about the law, in units of the loss.",
    ],
  };
};

const bytes = (n: number): string =>
  n >= 2 ** 30 ? `${(n / 2 ** 30).toFixed(2)} GiB` : `${(n / 2 ** 20).toFixed(1)} MiB`;

const hours = (n: number): string => (n >= 100 ? Math.round(n).toLocaleString("en") : num(n, 3));

const runsSection = ({ plan }: Analysis): Passage => ({
  title: `The plan: sizes within a factor of ${paperReach} of the law's optimum, ${plan.runs[0]?.batch} images per step`,
  table: {
    head: ["C, FLOPs", "size", "N", "D", "steps", "rounding", "6ND / C", "state", "per image", "H100-hours"],
    rows: plan.runs.map((run) => [
      round(run.budget),
      run.name.replace(/^.*-/, ""),
      num(run.params, 4),
      num(run.tokens, 4),
      String(run.steps),
      signedPercent(run.roundingError, 4),
      (run.sixND / run.flops).toFixed(3),
      bytes(run.memory.state),
      bytes(run.memory.perImage),
      hours(run.deviceHours["H100-SXM"]),
    ]),
    names: 2,
  },
  notes: [
    `N ${plan.conventions.N}, D ${plan.conventions.D}, C ${plan.conventions.C} FLOPs of forward and backward; 6ND leaves out text tokens and attention. Size: width × depth.`,
    `Rounding: what whole steps spend, over the budget. Memory: ${plan.conventions.memory}; activations come per image in memory at once.`,
  ],
});

const costSection = ({ plan }: Analysis): Passage => {
  const line = (name: string, optimum: string, { runs, flops, deviceHours }: Sum) => [
    name,
    optimum,
    String(runs),
    num(flops, 4),
    ...deviceNames.map((device) => hours(deviceHours[device])),
  ];
  return {
    title: `What the plan costs: device-hours at ${100 * plan.utilisation} % of peak in bf16`,
    table: {
      head: ["C, FLOPs", "N* of the law", "runs", "FLOPs in all", ...deviceNames],
      rows: [
        ...plan.budgets.map((row) => line(round(row.budget), millions(row.optimum), row)),
        line("six budgets", "", plan.fitted),
        line("held out", "", plan.heldOut),
      ],
      names: 1,
    },
  };
};
