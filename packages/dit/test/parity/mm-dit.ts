import { resolve } from "@isoflop/flops";
import { concat, namedLeaves } from "@isoflop/tensor";
import { type JointBlock, jointBlock, jointBlockSpecs } from "../../src/joint-block.js";
import { build } from "../../src/spec.js";
import { readFixture, under } from "../fixture.js";
import { given, type ParityCase } from "./case.js";

const fixture = "mmdit_block";

/** The config in mmdit_block.json: one whole joint block, both streams of it read. */
const config = resolve({
  ...{ image: { height: 3, width: 3, channels: 4 }, patch: 1, width: 48, depth: 2, heads: 4, mlpRatio: 2 },
  ...{ conditioning: "mmDit", context: { kind: "features", tokens: 5, dim: 48 }, qkNorm: "rms" },
});

export const mmditBlock: ParityCase<JointBlock> = {
  title: "a joint block of the official MM-DiT",
  fixture,
  params(device) {
    const arrays = under(readFixture(fixture), "param.");
    return build<JointBlock>(jointBlockSpecs(config, 0), ({ shape }, name) => device.tensor(arrays[name]!.data, shape));
  },
  output(device, block) {
    const input = (key: string) => given(device, fixture, `input.${key}`);
    const streams = { context: input("context"), image: input("x") };
    const { context, image } = jointBlock(block, streams, { vector: input("c"), lengths: undefined }, config);
    return concat([context, image], 1);
  },
  named: (params) => Object.fromEntries(namedLeaves(params)),
};
