/** Colours of a figure. Budgets run along one ramp, so that order is read without the labels. */
export interface Theme {
  /** Text and axes that matter. */
  readonly ink: string;
  /** Axis labels, secondary text. */
  readonly muted: string;
  /** Grid lines. */
  readonly grid: string;
  /** What lies behind the figure; halos of labels and points. Null draws no background. */
  readonly surface: string;
  readonly background: string | null;
  /** The held-out budget: the one colour that is not on the ramp. */
  readonly heldOut: string;
  /** Colour of the `index`-th of `total` budgets, from small to large. */
  readonly budget: (index: number, total: number) => string;
  /** Colour of a continuous quantity, from 0 at its low end to 1; one of 21, values beyond are the ends. */
  readonly scale: (share: number) => string;
}

/** Colours of a continuous scale: few enough for a page to declare them, and too many to see the steps. */
export const scaleSteps = 21;

const stepOf = (share: number): number => Math.round(Math.min(1, Math.max(0, share)) * (scaleSteps - 1));

/** Ten anchors of viridis (van der Walt and Smith 2015): perceptually uniform, readable without colour vision. */
const viridis = "440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725"
  .split(" ")
  .map((colour) => [0, 2, 4].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)));

const ramp = (from: number, to: number): Pick<Theme, "budget" | "scale"> => {
  const budget = (index: number, total: number) => {
    const t = total > 1 ? from + ((to - from) * index) / (total - 1) : (from + to) / 2;
    const place = t * (viridis.length - 1);
    const low = Math.min(Math.floor(place), viridis.length - 2);
    const mixed = viridis[low]!.map((channel, i) => channel + (place - low) * (viridis[low + 1]![i]! - channel));
    return `#${mixed.map((channel) => Math.round(channel).toString(16).padStart(2, "0")).join("")}`;
  };
  return { budget, scale: (share) => budget(stepOf(share), scaleSteps) };
};

/** Dark ink on white; the bright end of the ramp is left out because it vanishes on paper. */
export const lightTheme: Theme = {
  ink: "#1c2024",
  muted: "#5b6470",
  grid: "#e3e6ea",
  surface: "#ffffff",
  background: "#ffffff",
  heldOut: "#d1490c",
  ...ramp(0.06, 0.72),
};

/** Light ink on near black; the dark end of the ramp is left out. */
export const darkTheme: Theme = {
  ink: "#eceae4",
  muted: "#a2a8b0",
  grid: "#2e3339",
  surface: "#14171a",
  background: "#14171a",
  heldOut: "#ff8f4d",
  ...ramp(0.4, 0.97),
};

/** Colours left to the page that embeds the figure, which declares them with {@link themeVariables}. */
export const pageTheme: Theme = {
  ink: "var(--ink)",
  muted: "var(--muted)",
  grid: "var(--grid)",
  surface: "var(--surface)",
  background: null,
  heldOut: "var(--held-out)",
  budget: (index) => `var(--budget-${index})`,
  scale: (share) => `var(--scale-${stepOf(share)})`,
};

/** CSS declarations that give {@link pageTheme} the colours of `theme`, for `budgets` budgets. */
export const themeVariables = (theme: Theme, budgets: number): string => {
  const { ink, muted, grid, surface, heldOut } = theme;
  const colours = Object.entries({ ink, muted, grid, surface, "held-out": heldOut });
  const curves = Array.from({ length: budgets }, (_, i) => [`budget-${i}`, theme.budget(i, budgets)]);
  const scale = Array.from({ length: scaleSteps }, (_, i) => [`scale-${i}`, theme.scale(i / (scaleSteps - 1))]);
  return [...colours, ...curves, ...scale].map(([name, colour]) => `--${name}:${colour}`).join(";");
};
