import type { DitConfig } from "@isoflop/flops";
import { type DitParams, dit, namedParams, paramsFrom } from "../../src/index.js";
import { readFixture, readIntegers, under } from "../fixture.js";
import { upstreamTimeFeatures } from "../upstream-time.js";
import { given, type ParityCase } from "./case.js";

const fixture = "dit_tiny_sigma";

/** The config in dit_tiny_sigma.json. */
export const config: DitConfig = {
  ...{ image: { height: 8, width: 8, channels: 4 }, patch: 2, width: 48, depth: 3, heads: 4, outChannels: 8 },
  ...{ conditioning: "adaLNZero", context: { kind: "classes", classes: 10 } },
};

export const ditTinySigma: ParityCase<DitParams> = {
  title: "the official DiT with learned variance",
  fixture,
  params: (device) => paramsFrom(dit(config), under(readFixture(fixture), "param."), device),
  output(device, params) {
    const steps = readIntegers(fixture, "input.t");
    const t = device.tensor(Float32Array.from(steps, (step) => step / 1000));
    const timeFeatures = device.tensor(upstreamTimeFeatures(steps), [3, 256]);
    const [x, labels] = [given(device, fixture, "input.x"), device.tensor(readIntegers(fixture, "input.y"))];
    return dit(config).apply(params, x, t, labels, { timeFeatures });
  },
  named: namedParams,
};
