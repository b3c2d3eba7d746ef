import { binned, logTicks, type Point, smoothed } from "./curve.js";

const HEIGHT = 220;
const MARGIN = { left: 36, right: 4, top: 8, bottom: 24 };
/** Losses of a 16-image batch scatter by a third; this spans about a hundredth of the run. */
const DECAY = 0.7;

/** A live curve of the training loss, loss on a logarithmic axis. */
export const createChart = (parent: HTMLElement, steps: number) => {
  const losses: number[] = [];

  const draw = (): void => {
    const width = parent.clientWidth;
    const raw = binned(losses, Math.max(60, width / 3));
    const range = raw.map(([, y]) => y);
    const [low, high] = [Math.min(0.1, ...range) * 0.95, Math.max(1, ...range) * 1.05];
    const x = (step: number): number => MARGIN.left + (step / steps) * (width - MARGIN.left - MARGIN.right);
    const y = (loss: number): number =>
      MARGIN.top + (Math.log(high / loss) / Math.log(high / low)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
    const path = (points: readonly Point[]): string =>
      points.map(([step, loss], i) => `${i ? "L" : "M"}${x(step).toFixed(1)} ${y(loss).toFixed(1)}`).join("");
    const rows = logTicks(low, high).map(
      (tick) =>
        `<line x1="${MARGIN.left}" x2="${width - MARGIN.right}" y1="${y(tick)}" y2="${y(tick)}"/>` +
        `<text x="${MARGIN.left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
    );
    const columns = [0, 0.25, 0.5, 0.75, 1].map((share) => {
      const step = Math.round(share * steps);
      const anchor = share === 0 ? "start" : share === 1 ? "end" : "middle";
      return `<text x="${x(step)}" y="${HEIGHT - 4}" text-anchor="${anchor}">${step}</text>`;
    });
    parent.innerHTML =
      `<svg role="img" aria-label="Loss against steps" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}">${rows.join("")}${columns.join("")}` +
      `<path class="raw" d="${path(raw)}"/><path class="smooth" d="${path(smoothed(raw, DECAY))}"/></svg>`;
  };

  new ResizeObserver(draw).observe(parent);
  return {
    /** The losses of the steps up to `step`; those of steps done again replace the old ones. */
    add(step: number, more: readonly number[]): void {
      losses.length = Math.min(losses.length, step - more.length);
      losses.push(...more);
      draw();
    },
    clear(): void {
      losses.length = 0;
      draw();
    },
  };
};
