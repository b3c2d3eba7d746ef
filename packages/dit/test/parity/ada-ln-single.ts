import type { DitConfig } from "@isoflop/flops";
import { concat, slice } from "@isoflop/tensor";
import { type DitParams, dit, namedParams, paramsFrom } from "../../src/index.js";
import { readFixture, readIntegers, under } from "../fixture.js";
import { upstreamTimeFeatures } from "../upstream-time.js";
import { given, type ParityCase } from "./case.js";

const fixture = "pixart_tiny";
const [samples, longest, dim] = [3, 6, 20];

/** The config in pixart_tiny.json, for captions of so many tokens: no parameter depends on that. */
const config = (tokens: number): DitConfig => ({
  ...{ image: { height: 8, width: 8, channels: 4 }, patch: 2, width: 32, depth: 2, heads: 4, outChannels: 8 },
  ...{ conditioning: "adaLNSingle", context: { kind: "features", tokens, dim } },
});

/** Upstream packs the tokens that its mask keeps; here each sample runs alone with its own caption, cut to length. */
export const pixartTiny: ParityCase<DitParams> = {
  title: "the official PixArt-α",
  fixture,
  params: (device) => paramsFrom(dit(config(longest)), under(readFixture(fixture), "param."), device),
  output(device, params) {
    const mask = readIntegers(fixture, "input.mask");
    const x = given(device, fixture, "input.x");
    const captions = given(device, fixture, "input.y").reshape([samples, longest, dim]);
    const steps = readIntegers(fixture, "input.t");
    const t = device.tensor(Float32Array.from(steps, (step) => step / 1000));
    const features = device.tensor(upstreamTimeFeatures(steps), [samples, 256]);
    const each = Array.from({ length: samples }, (_, i) => {
      const kept = mask.subarray(i * longest, (i + 1) * longest).reduce((sum, one) => sum + one, 0);
      const caption = slice(captions, [
        { start: i, stop: i + 1 },
        { start: 0, stop: kept },
      ]);
      const one = [{ start: i, stop: i + 1 }];
      const timeFeatures = slice(features, one);
      return dit(config(kept)).apply(params, slice(x, one), slice(t, one), caption, { timeFeatures });
    });
    return concat(each);
  },
  named: namedParams,
};
