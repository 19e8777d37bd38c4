"""The NumPy and SciPy peer of the kernels, one thread.

Run: python3 peer.py FOLDER. Reads the inputs that bench/run.ts wrote there, then one "workload repetitions" a line from standard
input, and answers each with the median CPU milliseconds of a repetition. Results of each workload are left in
FOLDER/numpy-<workload>.f64 after its first run.
"""

import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
from scipy import sparse, special

FOLDER = sys.argv[1]
META = {}
with open(f"{FOLDER}/meta.txt") as lines:
    for line in lines:
        key, value = line.split()
        META[key] = float(value)


def count(key):
    return int(META[key])


def load(name, kind):
    return np.fromfile(f"{FOLDER}/{name}", dtype=kind)


N, STRIDE, ROWS = count("scenarios"), count("stride"), count("rows")
RECORDS = load("records.f64", "f8").reshape(-1, 14)
SHOCKS = load("shocks.f64", "f8").reshape(-1, count("optionStride"))[:, :N]
MATRIX = load("matrix.f64", "f8").reshape(ROWS, STRIDE)[:, :N].copy()
SINGLE = MATRIX.astype("f4")
STARTS, POSITIONS = load("rawStarts.i32", "i4"), load("rawPositions.u32", "u4")
QUANTITIES = load("rawQuantities.f64", "f8")
BOOK = sparse.csr_matrix((QUANTITIES, POSITIONS.astype("i4"), STARTS), shape=(len(STARTS) - 1, ROWS))
BOOK_SINGLE = BOOK.astype("f4")
VECTORS = load("vectors.f64", "f8").reshape(-1, STRIDE)[:, :N].copy()
SLOTS, TRADE_ROWS = load("tradeSlots.i32", "i4"), load("tradeRows.i32", "i4")
TRADE_QUANTITIES = load("tradeQuantities.f64", "f8")
FACTORS, CELLS, DRAWS, FREEDOM = count("factors"), count("cells"), count("draws"), count("freedom")
CHOLESKY = load("cholesky.f64", "f8").reshape(FACTORS, FACTORS)
TABLES = load("tables.f64", "f8").reshape(FACTORS, CELLS + 1)
RANK, WHOLE, PART, SIZE, NEEDED = count("varRank"), count("whole"), META["part"], META["size"], count("needed")


def reprice():
    """Black-76 with the normal distribution of SciPy, 50 options at a time."""
    out = np.empty((len(RECORDS), N))
    for i in range(0, len(RECORDS), 50):
        r = RECORDS[i : i + 50]
        row = r[:, 8:13].astype(int)
        column = lambda k: r[:, k : k + 1]
        forward = column(3) * SHOCKS[row[:, 0]]
        width = np.maximum(column(1) * SHOCKS[row[:, 2]] + column(2) * SHOCKS[row[:, 3]], 1e-16)
        d1 = (column(0) + SHOCKS[row[:, 1]]) / width + 0.5 * width
        right = column(7)
        price = right * (forward * special.ndtr(right * d1) - column(4) * special.ndtr(right * (d1 - width)))
        out[i : i + 50] = price * column(5) * SHOCKS[row[:, 4]] - column(6)
    return out


def tails(pnl):
    """VaR and ES of each row, by partition in place."""
    pnl.partition((RANK - 1, max(WHOLE - 1, 0), NEEDED - 1), axis=1)
    total = pnl[:, :WHOLE].sum(axis=1, dtype="f8")
    if PART > 0:
        total += PART * pnl[:, WHOLE]
    return np.stack([-pnl[:, RANK - 1], -total / SIZE], axis=1)


def assess(book, matrix):
    return np.concatenate([tails(book[a : a + 500] @ matrix) for a in range(0, book.shape[0], 500)])


def trade():
    out = np.empty((len(SLOTS), 2))
    took = np.empty(len(SLOTS))
    for i in range(len(SLOTS)):
        start = time.perf_counter()
        out[i] = tails((VECTORS[SLOTS[i]] + TRADE_QUANTITIES[i] * MATRIX[TRADE_ROWS[i]])[None, :])[0]
        took[i] = time.perf_counter() - start
    took.sort()
    return out, took[len(took) // 2] * 1e3, took[len(took) * 99 // 100] * 1e3


GENERATOR = np.random.default_rng(1)


def t4_cdf(t):
    """Student t with four degrees of freedom in closed form."""
    a = t / np.sqrt(4.0 + t * t)
    return 0.5 + 0.75 * (a - a * a * a / 3.0)


GRID = np.linspace(-1.0, 1.0, CELLS + 1)[1:-1]
LEVELS = t4_cdf(2.0 * GRID / np.sqrt(1.0 - GRID * GRID))


def copula():
    y = CHOLESKY @ GENERATOR.standard_normal((FACTORS, DRAWS))
    t = y / np.sqrt(GENERATOR.chisquare(FREEDOM, DRAWS) / FREEDOM)
    u = t4_cdf(t)
    return np.stack([np.interp(u[i], LEVELS, TABLES[i, 1:-1]) for i in range(FACTORS)])


RUNS = {
    "reprice": reprice,
    "assess": lambda: assess(BOOK, MATRIX),
    "assess-f32": lambda: assess(BOOK_SINGLE, SINGLE),
    "copula": copula,
}
seen = set()
for line in sys.stdin:
    name, times = line.split()
    p99 = 0.0
    if name == "trade":
        out, ms, p99 = trade()
    elif name in RUNS:
        took = []
        for _ in range(int(times)):
            start = time.thread_time()
            out = RUNS[name]()
            took.append((time.thread_time() - start) * 1e3)
        ms = sorted(took)[len(took) // 2]
    else:
        out, ms = None, 0.0
    if out is not None and name not in seen:
        seen.add(name)
        np.ascontiguousarray(out, dtype="f8").tofile(f"{FOLDER}/numpy-{name}.f64")
    print(name, ms, p99, flush=True)
