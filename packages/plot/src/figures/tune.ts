import { extent } from "@isoflop/scaling";
import { spread } from "../chart/asked.js";
import { chart } from "../chart/chart.js";
import { type Figure, panels } from "../chart/figure.js";
import { known } from "../chart/interval.js";
import type { PointLabel } from "../chart/labels.js";
import { barsUp, diamonds, dots, line, type Point } from "../chart/marks.js";
import { type AxisQuantity, linearAxis, logAxis } from "../chart/quantity.js";
import type { Draw } from "../chart/sheet.js";
import { onLogAxes, some } from "../error.js";
import type { StudyTune } from "../study/study.js";
import { lawDrawing } from "./law-panel.js";

const learningRate: AxisQuantity = { label: "learning rate" };

/**
 * How a learning rate was found: the loss of the runs against it, one line a width, and the best one of each width beside the rule.
 * @throws PlotInputError where there are no runs, or a number has no place on a log axis
 */
export const tuneFigure = (tune: StudyTune): Figure => {
  const { runs, optima = [], curve } = tune;
  onLogAxes("tune.runs", some("tune.runs", runs, "run"), ["width", "learningRate", "loss"]);
  onLogAxes("tune.curve", curve, ["width", "learningRate"]);
  onLogAxes("tune.optima", optima, ["width", "learningRate"]);
  const draws = [sweeps(tune), ...(curve.length > 1 || optima.length > 0 ? [rule(tune)] : [])];
  const best = optima.length > 0 ? " Diamonds and, second, dots: the best of each width." : "";
  const caption = `The loss of the runs that were made to find the learning rate, one line a width; second, the rule.${best}`;
  return panels(caption, "Loss against learning rate, and the rule.", draws, 1040, (width) =>
    width < 720 ? 1 : draws.length,
  );
};

const sweeps = ({ runs, optima = [] }: StudyTune): Draw => {
  const widths = [...new Set(runs.map(({ width }) => width))].sort((a, b) => a - b);
  const lines = widths.map((width, index) => ({
    width,
    index,
    points: runs
      .filter((run) => run.width === width)
      .sort((a, b) => a.learningRate - b.learningRate)
      .map(({ learningRate: x, loss: y, sigma = 0 }) => {
        const [low, high] = spread({ value: y, standardError: sigma });
        return { group: `width ${width}`, x, y, low, high };
      }),
  }));
  const points = lines.flatMap((one) => one.points);
  const best = optima.flatMap(({ width, learningRate: x }) => {
    const own = lines.find((one) => one.width === width);
    return own ? [{ group: `width ${width}`, x, y: between(own.points, x), index: own.index }] : [];
  });
  const rates = [...points, ...best].map(({ x }) => x);
  const losses = [...points.flatMap(({ low, high }) => [low, high]), ...best.map(({ y }) => y)];
  return chart(({ theme, width, small }) => {
    const colour = (index: number) => theme.budget(index, widths.length);
    return {
      description: `Loss against learning rate of ${runs.length} runs of ${widths.length} widths.`,
      x: logAxis(learningRate, rates, small ? 4 : 6),
      y: linearAxis({ label: "validation loss" }, losses, 6),
      height: small ? Math.round(width * 0.94) : 400,
      marginRight: 84,
      subtitle: "one colour per width; bars are 95 % intervals",
      labels: lines.map(({ width, index, points }): PointLabel => {
        const { x, y } = points.at(-1)!;
        return { x, y, text: `width ${width}`, color: colour(index) };
      }),
      marks: [
        ...lines.flatMap(({ index, points }) => [
          line(points, colour(index), "sweep", { strokeWidth: 1.5 }),
          barsUp(points, colour(index), 1.25, { className: "run-bar" }),
          dots(points, theme, colour(index), "run"),
        ]),
        diamonds(best, theme, ({ index }) => colour(index), "optimum", { r: 6.5 }),
      ],
    };
  });
};

/** On the straight line between its neighbours; at the end of the line beyond it. */
const between = (points: readonly Point[], x: number): number => {
  const next = points.findIndex((point) => point.x >= x);
  const [a, b] = [points[Math.max(0, next - 1)]!, points[next < 0 ? points.length - 1 : next]!];
  return a.x === b.x || next < 0 ? b.y : a.y + ((b.y - a.y) * Math.log(x / a.x)) / Math.log(b.x / a.x);
};

const rule = ({ rule, curve, optima = [], runs }: StudyTune): Draw =>
  lawDrawing({
    title: rule,
    x: { label: "width" },
    y: { label: "best learning rate" },
    curve: curve.map(({ width, learningRate }) => ({ x: width, y: learningRate })),
    fittedTo: extent(runs.map(({ width }) => width))[1],
    points: optima.map(({ width, learningRate }) => ({ x: width, y: learningRate })),
    bars: optima.flatMap(({ width, ci95 }) => {
      const ends = known(ci95);
      return ends ? [{ x: width, low: ends[0], high: ends[1] }] : [];
    }),
  });
