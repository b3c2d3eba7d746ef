import { type DitConfig, resolve } from "@isoflop/flops";
import { must } from "./errors.js";

/** Two gibibytes in float64. */
const mostNumbers = 2 ** 28;

/**
 * The frozen position table in float64, row-major [T, width]: what `sinCosPositions` records, as plain numbers.
 * @throws FlopsError("config"), DitError("config") for a table beyond what an array holds
 */
export const positionTable = (config: DitConfig): Float64Array => {
  const { image, patch, width } = resolve(config);
  const columns = image.width / patch;
  const tokens = (image.height / patch) * columns;
  const quarter = width / 4;
  const [length, table] = [tokens * width, `The position table of ${tokens} tokens at width ${width}`];
  must(length <= mostNumbers, "config", `${table} has ${length} numbers; at most ${mostNumbers} are computed.`);
  return Float64Array.from({ length }, (_, at) => {
    const [token, channel] = [Math.floor(at / width), at % width];
    const place = channel < width / 2 ? token % columns : Math.floor(token / columns);
    const inHalf = channel % (width / 2);
    const angle = place * 10000 ** (-(inHalf % quarter) / quarter);
    return inHalf < quarter ? Math.sin(angle) : Math.cos(angle);
  });
};
