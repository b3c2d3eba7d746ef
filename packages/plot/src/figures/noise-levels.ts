import { type Estimate, formOfLaw, type LevelSum, type NoiseLevels } from "@isoflop/scaling";
import type { Axis } from "../chart/axis.js";
import { chart } from "../chart/chart.js";
import { curveMarks } from "../chart/curve.js";
import { type Figure, panels } from "../chart/figure.js";
import { known } from "../chart/interval.js";
import { barsUp, dots, line } from "../chart/marks.js";
import { type AxisQuantity, linearAxis, logAxis, quantities } from "../chart/quantity.js";
import type { Draw } from "../chart/sheet.js";
import { drawable, refused, some } from "../error.js";

const sideBySide = (width: number) => (width < 720 ? 1 : 2);

interface AtTime {
  readonly t: number;
  readonly estimate: Estimate;
}

/** Floor of the law at each diffusion time, and for surfaces the exponent of the optimal size, with 95 % bars. */
export const levelsFigure = (levels: NoiseLevels): Figure => {
  const floors: AtTime[] = [];
  const exponents: AtTime[] = [];
  for (const { t, fit } of levels.levels) {
    if (!fit.ok) continue;
    const surface = fit.record === "surface";
    const floor = surface ? fit.parameters.E : formOfLaw(fit.law).floor?.(fit.law);
    const exponent = surface ? fit.allocation?.N.exponent : undefined;
    if (floor) floors.push({ t, estimate: floor });
    if (exponent) exponents.push({ t, estimate: exponent });
  }
  some("levels", [...floors, ...exponents], "level with a floor or an exponent");
  const drawn = [
    ...(exponents.length > 0 ? [againstTime({ label: "exponent of N*" }, exponents)] : []),
    ...(floors.length > 0 ? [againstTime({ label: "floor of the loss" }, floors)] : []),
  ];
  const caption =
    "The law of each diffusion time, 0 data to 1 noise, with 95 % bars. A bar that goes beyond the frame ends at its edge.";
  return panels(caption, "Floor and exponent of the laws against diffusion time.", drawn, 1040, sideBySide);
};

const times: Axis = {
  label: "diffusion time t, from data to noise",
  type: "linear",
  domain: [0, 1],
  ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
  format: (t) => t.toFixed(1),
};

/** Bars of one time that is not known would squeeze all others: the frame is that of the values, and twice as much. */
const room = 1;

const againstTime = (quantity: AxisQuantity, at: readonly AtTime[]): Draw =>
  chart(({ theme, width, small }) => {
    const values = at.map(({ estimate }, i) => drawable(`levels[${i}]`, estimate.value));
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const spread = Math.max(high - low, 0.02 * Math.abs(high), 1e-9) * room;
    const held = (value: number) => Math.min(high + spread, Math.max(low - spread, value));
    const bars = at.flatMap(({ t, estimate: { ci95 } }) => {
      const ends = ci95.every((end) => !Number.isNaN(end));
      return ends ? [{ x: t, low: held(ci95[0]), high: held(ci95[1]) }] : [];
    });
    const y = linearAxis(quantity, [...values, ...bars.flatMap((bar) => [bar.low, bar.high])], 6);
    const points = at.map(({ t, estimate }) => ({ x: t, y: estimate.value }));
    return {
      description: `${quantity.label} of ${at.length} noise levels against diffusion time.`,
      x: times,
      y,
      height: small ? Math.round(width * 0.9) : 360,
      marginRight: 20,
      marks: [
        barsUp(bars, theme.scale(0.3), 1.5, { className: "spread" }),
        line(points, theme.scale(0.3), "levels", { strokeOpacity: 0.5 }),
        dots(points, theme, theme.scale(0.3), "level"),
      ],
    };
  });

type Told = LevelSum["at"][number];

/** Optimal size and loss against compute of every weighting of the levels, with their 95 % bands from the same resamples. */
export const levelSumsFigure = ({ sums }: NoiseLevels): Figure => {
  if (!sums.ok) throw refused("sums", sums.reason, "laws of sums");
  const drawn = some("sums", sums.sums, "sum");
  const sized = drawn.every(({ at }) => at.every(({ N }) => N !== undefined));
  const size = lawsAgainst(drawn, { label: "optimal size N*, parameters", format: "count" }, ({ N }) => N);
  const loss = lawsAgainst(drawn, { label: "optimal loss, each in its own weights" }, ({ loss }) => loss);
  const caption = `The best models under ${drawn.length === 1 ? "one weighting" : "each weighting"} of the noise levels, as sums of the laws of the levels, with pointwise 95 % bands.`;
  const description = "Optimal size and loss against compute by weighting of the noise levels.";
  return panels(caption, description, sized ? [size, loss] : [loss], 1040, sized ? sideBySide : () => 1);
};

const lawsAgainst = (
  sums: readonly LevelSum[],
  quantity: AxisQuantity,
  of: (at: Told) => LevelSum["floor"] | undefined,
): Draw =>
  chart(({ theme, width, small }) => {
    const curves = sums.map(({ name, at }, i) => ({
      name,
      color: i === 0 ? theme.scale(0.25) : i === 1 ? theme.heldOut : theme.scale(0.4 + (0.6 * i) / sums.length),
      curve: at.flatMap((told) => {
        const estimate = of(told);
        return estimate ? [{ x: told.C, y: drawable(`sums[${i}]`, estimate.value, "log"), ci95: estimate.ci95 }] : [];
      }),
    }));
    const all = curves.flatMap(({ curve }) => curve);
    const x = logAxis(
      quantities.C,
      all.map((point) => point.x),
      small ? 4 : 6,
      0.02,
    );
    const ends = all.flatMap(({ y, ci95 }) => [y, ...(known(ci95) ?? []).filter((end) => end > 0)]);
    const y = logAxis(quantity, ends, 6);
    const style = { fittedTo: Number.POSITIVE_INFINITY, domain: y.domain, name: "law", bandName: "band" };
    return {
      description: `${quantity.label} against compute under ${sums.length} weightings.`,
      x,
      y,
      height: small ? Math.round(width * 0.95) : 380,
      marginRight: 20,
      // The legend of each panel on lines of its own where names are long.
      legend: curves.map(({ name, color }) => ({ text: name, color })),
      marks: curves.flatMap(({ curve, color }) => curveMarks(curve, { ...style, stroke: color, fill: color })),
    };
  });
