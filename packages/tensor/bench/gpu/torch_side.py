"""The same products, kernels and training steps in PyTorch f32 without TF32: python3 torch_side.py [small]. One JSON line each."""
import json
import statistics
import sys
import time

import torch
import torch.nn.functional as F

small = "small" in sys.argv
dev = "cuda" if torch.cuda.is_available() else "cpu"
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
sync = torch.cuda.synchronize if dev == "cuda" else (lambda: None)


def timed(f, batch=4, repeats=5):
    for _ in range(2):
        f()
    sync()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(batch):
            f()
        sync()
        times.append(1e3 * (time.perf_counter() - start) / batch)
    return statistics.median(times)


def report(what, ms, flops=0, nbytes=0):
    line = {"torch": what, "ms": round(ms, 4)}
    if flops:
        line["tflops"] = round(flops / ms / 1e9, 2)
    if nbytes:
        line["gbs"] = round(nbytes / ms / 1e6)
    print(json.dumps(line), flush=True)


def rand(*shape):
    return torch.randn(*shape, device=dev)


print(json.dumps({"torch": torch.__version__, "device": torch.cuda.get_device_name() if dev == "cuda" else "cpu"}))
s = 16 if small else 1
for n in (1024, 2048, 4096, 8192):
    n //= s
    a, b = rand(n, n), rand(n, n)
    orders = {"NN": lambda: a @ b, "NT": lambda: a @ b.T, "TN": lambda: a.T @ b}
    for order, f in orders.items() if n == 4096 // s else [("NN", orders["NN"])]:
        report(f"product {order} {n}", timed(f, 20 if n < 4096 else 4), 2 * n**3)
x, h = rand(8192 // s, 768), rand(8192 // s, 3072)
report("product dW fc", timed(lambda: x.T @ h), 2 * x.numel() * 3072)
q, k, v = (rand(32, 256, 12, 64).transpose(1, 2) for _ in range(3))
report("product scores", timed(lambda: q @ k.transpose(-1, -2)), 2 * 32 * 12 * 256 * 256 * 64)
for name, f, passes in [
    ("copy", lambda: -h, 2),
    ("gelu", lambda: F.gelu(h, approximate="tanh"), 2),
    ("sum of rows", lambda: h.sum(1), 1),
    ("sum of columns", lambda: h.sum(0), 1),
]:
    report(f"{name} {list(h.shape)}", timed(f, 20), nbytes=passes * 4 * h.numel())
report(f"layer norm {list(x.shape)}", timed(lambda: F.layer_norm(x, (768,)), 20), nbytes=8 * x.numel())


class Block(torch.nn.Module):
    def __init__(self, h, heads):
        super().__init__()
        self.heads = heads
        for name, o, i in (("ada", 6 * h, h), ("qkv", 3 * h, h), ("proj", h, h), ("fc1", 4 * h, h), ("fc2", h, 4 * h)):
            setattr(self, name, torch.nn.Linear(i, o, bias=False))

    def forward(self, x, c):
        n, t, h = x.shape
        sa, ca, ga, sm, cm, gm = [p[:, None] for p in self.ada(F.silu(c)).chunk(6, -1)]

        def modulate(y, shift, scale):
            return F.layer_norm(y, (h,), eps=1e-6) * (1 + scale) + shift

        q, k, v = self.qkv(modulate(x, sa, ca)).reshape(n, t, 3, self.heads, h // self.heads).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v)
        x = x + ga * self.proj(a.transpose(1, 2).reshape(n, t, h))
        return x + gm * self.fc2(F.gelu(self.fc1(modulate(x, sm, cm)), approximate="tanh"))


class Stack(torch.nn.Module):
    def __init__(self, depth, h, heads):
        super().__init__()
        self.blocks = torch.nn.ModuleList(Block(h, heads) for _ in range(depth))

    def forward(self, x, c):
        for block in self.blocks:
            x = block(x, c)
        return x


def step(name, depth, h, heads, tokens, batch):
    flops = 3 * batch * (tokens * depth * (24 * h * h + 4 * tokens * h) + depth * 12 * h * h)
    model = Stack(depth, h, heads).to(dev)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, **({"fused": True} if dev == "cuda" else {}))
    x, y, c = rand(batch, tokens, h), rand(batch, tokens, h), rand(batch, h)

    def once():
        optimizer.zero_grad(set_to_none=True)
        ((model(x, c) - y) ** 2).mean().backward()
        optimizer.step()

    report(f"step {name}", timed(once, 3, 3), flops)


step("depth 6, width 192, 64 tokens, batch 32", 6, 192, 3, 64, 2 if small else 32)
if not small:
    step("DiT-B/2 blocks, 256 tokens, batch 32", 12, 768, 12, 256, 32)
    step("DiT-L/2 blocks, 256 tokens, batch 16", 24, 1024, 16, 256, 16)
