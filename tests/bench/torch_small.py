"""torch_small.py D MID HIDDEN COUPLINGS BATCH THREADS: records/s of a plain training loop in PyTorch.

The same flow as nicetrain's: couplings in turn, ReLU networks, log-scales, a logistic prior; noise, Adam.
The best of three times of half a second or more, after a warm-up.
"""
import sys
import time
import torch
from torch.nn.functional import softplus

d, mid, hidden, couplings, batch, threads = map(int, sys.argv[1:])
torch.set_num_threads(threads)
torch.manual_seed(1)


def network():
    sizes = [d // 2] + [mid] * hidden
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(a, b), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers, torch.nn.Linear(mid, d // 2))


networks = torch.nn.ModuleList(network() for _ in range(couplings))
scale = torch.nn.Parameter(torch.zeros(d))
optimiser = torch.optim.Adam([*networks.parameters(), scale], lr=1e-3)
data = torch.rand(100 * batch, d)


def step(i):
    x = data[i % 100 * batch:(i % 100 + 1) * batch]
    x = x + torch.rand_like(x) / 256
    halves = [x[:, 0::2], x[:, 1::2]]
    for k, net in enumerate(networks):
        halves[k % 2] = halves[k % 2] + net(halves[1 - k % 2])
    z = torch.cat(halves, 1) * scale.exp()
    loss = -(scale.sum() - (softplus(z) + softplus(-z)).sum(1).mean())
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()


for i in range(20):
    step(i)
best = 0.0
for _ in range(3):
    start, n = time.perf_counter(), 0
    while time.perf_counter() - start < 0.5:
        step(n)
        n += 1
    best = max(best, n * batch / (time.perf_counter() - start))
print("%.0f" % best)
