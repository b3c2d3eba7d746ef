import type { ResidualStructure, StructureDirection } from "./record.js";

/** The shape of the residuals along a direction, as a reader would see it in a plot of them. */
export const shapeInWords = ({ along, shape, statistic }: StructureDirection): string => {
  const up = statistic > 0;
  if (shape === "interaction")
    return `residuals ${up ? "rise" : "fall"} with ln N · ln D: the gain from tokens ${up ? "shrinks" : "grows"} with size more than the form has it`;
  const line = along === "D/N" ? "ln(D/N)" : `ln ${along}`;
  return shape === "trend"
    ? `residuals ${up ? "rise" : "fall"} with ${line}`
    : `residuals curve ${up ? "upward" : "downward"} with ${line}`;
};

/** What is wrong: where the quadratic shows, what a plot of the residuals shows most of; or the signs. */
export const structureInWords = ({
  quadratic,
  signs,
  directions,
  size,
}: Pick<ResidualStructure, "quadratic" | "signs" | "directions" | "size">): string => {
  if (quadratic.pValue > signs.pValue) {
    const { runs, expected, pValue } = signs;
    return `residuals keep their sign along compute: ${runs} stretches where ${expected.toFixed(0)} are expected (p = ${chance(pValue)})`;
  }
  const clear = directions.filter(({ pValue }) => pValue <= LEVEL);
  const most = clear.reduce<StructureDirection | undefined>(
    (best, next) => (best && best.explained >= next.explained ? best : next),
    undefined,
  );
  const shape = most ? shapeInWords(most) : "residuals follow size and tokens";
  return `${shape} (p = ${chance(quadratic.pValue)}; ±${(100 * size).toPrecision(2)} % of the loss)`;
};

/** Directions that are named are clear at this level, whatever the whole is asked at. */
const LEVEL = 0.05;

const chance = (p: number): string => (p < 0.001 ? "< 0.001" : p.toPrecision(1));
