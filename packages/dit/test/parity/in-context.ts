import type { DitConfig } from "@isoflop/flops";
import { type DitParams, dit, namedParams, paramsFrom } from "../../src/index.js";
import { readFixture, under } from "../fixture.js";
import { given, type ParityCase } from "./case.js";

const fixture = "in_context_tiny";

/** The config in in_context_tiny.json. */
export const config: DitConfig = {
  ...{ image: { height: 8, width: 8, channels: 4 }, patch: 2, width: 32, depth: 2, heads: 2 },
  ...{ conditioning: "inContext", context: { kind: "features", tokens: 5, dim: 12 } },
};

/** The fixture's features are upstream's float32, 3e-5 off the formula, so the network is given those; ours have a test of their own. */
export const inContextTiny: ParityCase<DitParams> = {
  title: "the in-context transformer",
  fixture,
  params: (device) => paramsFrom(dit(config), under(readFixture(fixture), "param."), device),
  output(device, params) {
    const input = (key: string) => given(device, fixture, `input.${key}`);
    const timeFeatures = input("t_features");
    return dit(config).apply(params, input("x"), input("t"), input("context"), { timeFeatures });
  },
  named: namedParams,
};
