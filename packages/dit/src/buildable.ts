import { type DitConfig, isRotary, parameters, resolve } from "@isoflop/flops";
import { trunks } from "./conditioning/index.js";
import { type TrunkPart, trunkParts } from "./conditioning/trunk.js";
import { must } from "./errors.js";

/** Deeper than any model that was trained; every block has a record of its own. */
const mostBlocks = 4096;
/** Four tebibytes in f32. */
const mostNumbers = 2 ** 40;
/** Phases of sines are right to 1e-6 up to this. */
const largestTime = 4096;

const count = (n: number): string => n.toLocaleString("en-US");

/** What of a config each part is, in words; undefined where the config has nothing of it. */
const askedOf = (config: DitConfig): Readonly<Record<TrunkPart, string | undefined>> => {
  const c = resolve(config);
  return {
    rope: isRotary(c) ? `positions is "${c.positions}"` : undefined,
    registers: c.registers > 0 ? `registers is ${c.registers}` : undefined,
    guidance: c.guidance ? "guidance is true" : undefined,
    rms: c.norm === "rms" ? 'norm is "rms"' : undefined,
  };
};

/**
 * Refuses what could be counted but not built, before anything is made of it.
 * @throws FlopsError("config"), DitError("config") with the parameter count
 */
export const checkBuildable = (config: DitConfig): void => {
  const { trainable, all } = parameters(config);
  const built = trunks.has(config.conditioning);
  const others = `models are built of ${trunks.names.join(", ")}`;
  must(built, "config", `conditioning is "${config.conditioning}", which is counted and has no trunk; ${others}.`);
  const { context, depth, timeScale = 1 } = config;
  const masked = "masked" in context && context.masked === true;
  const heeded = !masked || trunks.get(config.conditioning).masks;
  must(heeded, "config", `context.masked is true; the trunk of "${config.conditioning}" does not read lengths.`);
  const asked = askedOf(config);
  for (const part of trunkParts) {
    const minded = asked[part] === undefined || trunks.get(config.conditioning).minds?.includes(part);
    must(minded, "config", `${asked[part]}; the trunk of "${config.conditioning}" does not mind "${part}".`);
  }
  const run = !config.experts || trunks.get(config.conditioning).runs;
  must(run, "config", `experts are given; the trunk of "${config.conditioning}" does not run its blocks by runBlocks.`);
  const tables = all > trainable ? ` and position tables of ${count(all - trainable)} numbers` : "";
  const model = `A model of ${count(trainable)} parameters in ${count(depth)} blocks (depth)${tables}`;
  const most = `at most ${count(mostBlocks)} blocks and ${count(mostNumbers)} numbers are`;
  const small = depth <= mostBlocks && all <= mostNumbers;
  must(small, "config", `${model} is not built: ${most}. @isoflop/flops counts any.`);
  const right = `sines of time are right up to ${largestTime}`;
  must(timeScale <= largestTime, "config", `timeScale is ${timeScale}; ${right}.`);
};
