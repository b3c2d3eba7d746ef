import type { DitConfig } from "@isoflop/flops";
import { type DitParams, dit, namedParams, paramsFrom } from "../../src/index.js";
import { readFixture, readIntegers } from "../fixture.js";
import { upstreamTimeFeatures } from "../upstream-time.js";
import { given, type ParityCase } from "./case.js";

const fixture = "pixart_tiny";
const [samples, tokens, dim] = [3, 6, 20];

/** The config in pixart_tiny.json. */
const config: DitConfig = {
  ...{ image: { height: 8, width: 8, channels: 4 }, patch: 2, width: 32, depth: 2, heads: 4, outChannels: 8 },
  ...{ conditioning: "adaLNSingle", context: { kind: "features", tokens, dim, masked: true } },
};

/** Upstream packs the tokens that its mask keeps, the first of each caption. */
export const pixartTiny: ParityCase<DitParams> = {
  title: "the official PixArt-α",
  fixture,
  params: (device) => paramsFrom(dit(config), readFixture(fixture).under("param."), device),
  output(device, params, x, onActivation) {
    const mask = readIntegers(fixture, "input.mask");
    const kept = Int32Array.from({ length: samples }, (_, i) =>
      mask.subarray(i * tokens, (i + 1) * tokens).reduce((sum, one) => sum + one, 0),
    );
    const told = given(device, fixture, "input.y").reshape([samples, tokens, dim]);
    const steps = readIntegers(fixture, "input.t");
    const t = device.tensor(Float32Array.from(steps, (step) => step / 1000));
    const options = { timeFeatures: device.tensor(upstreamTimeFeatures(steps), [samples, 256]), onActivation };
    return dit(config).apply(params, x, t, { tokens: told, lengths: device.tensor(kept) }, options);
  },
  named: namedParams,
};
