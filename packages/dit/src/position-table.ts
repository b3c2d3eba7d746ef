import { type DitConfig, resolve } from "@isoflop/flops";
import { must } from "./errors.js";

/** Two gibibytes in float64. */
const mostNumbers = 2 ** 28;

/**
 * The frozen position table in float64, row-major [T, width]: what `frozenPositions` records, as plain numbers.
 * @throws FlopsError("config"), DitError("config") for a table beyond what an array holds
 */
export const positionTable = (config: DitConfig): Float64Array => {
  const { grid, width, imageTokens: tokens } = resolve(config);
  const { frames, rows, columns } = grid;
  const quarter = width / 4;
  const [length, table] = [tokens * width, `The position table of ${tokens} tokens at width ${width}`];
  must(length <= mostNumbers, "config", `${table} has ${length} numbers; at most ${mostNumbers} are computed.`);
  return Float64Array.from({ length }, (_, at) => {
    const [token, channel] = [Math.floor(at / width), at % width];
    const place = channel < width / 2 ? token % columns : Math.floor(token / columns) % rows;
    const inHalf = channel % (width / 2);
    const angle = place * 10000 ** (-(inHalf % quarter) / quarter);
    const spatial = inHalf < quarter ? Math.sin(angle) : Math.cos(angle);
    return frames === 1 ? spatial : spatial + temporal(Math.floor(token / (rows * columns)), channel, width);
  });
};

/** What a video's frame adds: sines, then cosines. */
const temporal = (frame: number, channel: number, width: number): number => {
  const half = width / 2;
  const angle = frame * 10000 ** (-(channel % half) / half);
  return channel < half ? Math.sin(angle) : Math.cos(angle);
};
