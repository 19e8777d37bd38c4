// The native peer of the kernels: the same algorithms at the machine's own vector width with fused multiply-add, one thread.
// Build: g++ -O3 -march=native -o peer peer.cpp. Run: peer FOLDER; reads the inputs that bench/kernels.ts wrote there, then one
// "workload repetitions" a line from standard input, and answers each with the median CPU milliseconds of a repetition.
// Results of each workload are left in FOLDER/native-<workload>.f64 after its first run.
#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#ifdef __AVX512F__
constexpr int WIDTH = 64;
#else
constexpr int WIDTH = 32;
#endif
typedef double vd __attribute__((vector_size(WIDTH)));
typedef float vf __attribute__((vector_size(WIDTH)));
typedef int64_t vl __attribute__((vector_size(WIDTH)));
typedef double vdu __attribute__((vector_size(WIDTH), aligned(8)));
typedef float vfu __attribute__((vector_size(WIDTH), aligned(4)));
typedef int64_t vlu __attribute__((vector_size(WIDTH), aligned(8)));
constexpr int ND = WIDTH / 8, NF = WIDTH / 4;

template <class V, class T> static inline V splat(T x) { V v; for (unsigned i = 0; i < WIDTH / sizeof(T); i++) v[i] = x; return v; }
static inline vd load(const double *p) { return *(const vdu *)p; }
static inline vf load(const float *p) { return *(const vfu *)p; }
static inline void store(double *p, vd v) { *(vdu *)p = v; }
static inline void store(float *p, vf v) { *(vfu *)p = v; }
static inline vd larger(vd a, vd b) { return a < b ? b : a; }
static inline vd size_of(vd a) { return (vd)((vl)a & INT64_MAX); }

static std::string folder;
template <class T> static std::vector<T> read(const std::string &name) {
  std::ifstream in(folder + "/" + name, std::ios::binary | std::ios::ate);
  if (!in) { std::fprintf(stderr, "missing %s\n", name.c_str()); std::exit(2); }
  std::vector<T> v(in.tellg() / sizeof(T) + 64 / sizeof(T));
  v.resize(in.tellg() / sizeof(T));
  in.seekg(0);
  in.read((char *)v.data(), v.size() * sizeof(T));
  return v;
}
static void write(const std::string &name, const std::vector<double> &v) {
  std::ofstream(folder + "/native-" + name + ".f64", std::ios::binary).write((const char *)v.data(), v.size() * 8);
}
static double cpu_ms() { timespec t; clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); return t.tv_sec * 1e3 + t.tv_nsec * 1e-6; }
static double wall_us() { timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1e6 + t.tv_nsec * 1e-3; }

static std::map<std::string, double> meta;
static int M(const char *name) { return (int)meta.at(name); }

// ---- repricing ----
static const double EXP2[] = {1.0000000000000127, 0.693147180559871, 0.24022650695649664, 0.05550410866868546, 0.009618129192066154, 0.00133335576176315, 0.00015403434948436855, 1.5252984824027742e-5, 1.3259405583746954e-6, 1.0150339103814158e-7};
static const double MILLS[] = {-0.00012719075361486128, 0.11398636704068829, 0.09306179052689638, 0.19440934102216104, -0.21387405533345868, 0.7457580076921784, -1.0769427315714613, 1.278520869612329, -0.9806441046999168, 0.44518549224921034, -0.11132742342779023, 0.011993637642785885};
struct Records { std::vector<double> records, vectors, out; int count, stride, scenarios; };
static void reprice(Records &r) {
  const vl sign = splat<vl>(INT64_MIN);
  for (int i = 0; i < r.count; i++) {
    const double *q = &r.records[i * 14];
    auto row = [&](int f) { return &r.vectors[(size_t)q[f] * r.stride]; };
    const double *x = row(8), *lg = row(9), *vg = row(10), *sk = row(11), *cv = row(12);
    double *o = &r.out[(size_t)q[13] * r.stride];
    const vd L0 = splat<vd>(q[0]), vr = splat<vd>(q[1]), sr = splat<vd>(q[2]), F = splat<vd>(q[3]), K = splat<vd>(q[4]);
    const vd sc = splat<vd>(q[5]), base = splat<vd>(q[6]), om = splat<vd>(q[7]);
    const vl put = q[7] < 0 ? splat<vl>((int64_t)-1) : splat<vl>((int64_t)0);
    for (int s = 0; s < r.stride; s += ND) {
      vd w = larger(vr * load(vg + s) + sr * load(sk + s), splat<vd>(1e-16)), L = L0 + load(lg + s), w2 = w * w;
      vd A = L + w2 * 0.5, B = L - w2 * 0.5, U = w + 0.28 * size_of(A), V = w + 0.28 * size_of(B), UV = U * V;
      vd d = splat<vd>(1.0) / (UV * w), wd = w2 * d, d1 = A * (UV * d), t1 = wd * V, t2 = wd * U;
      vd y = larger(d1 * d1 * -0.7213475204444817, splat<vd>(-1022.0)), z = y + 6755399441056767.0, f = y - (z - 6755399441056767.0);
      vd e = splat<vd>(EXP2[9]), Ra = splat<vd>(MILLS[11]), Rb = Ra;
      for (int j = 8; j >= 0; j--) e = e * f + EXP2[j];
      for (int j = 10; j >= 0; j--) { Ra = Ra * t1 + MILLS[j]; Rb = Rb * t2 + MILLS[j]; }
      e = e * (vd)((vl)z << 52);
      Ra = (vd)((vl)Ra ^ ((vl)A & sign));
      Rb = (vd)((vl)Rb ^ ((vl)B & sign));
      vd Fs = F * load(x + s);
      vl Ha = (vl)(A >= 0.0) ^ put, Hb = (vl)(B >= 0.0) ^ put;
      vd in = (vd)((vl)Fs & Ha) - (vd)((vl)K & Hb);
      store(o + s, (in * om + Fs * e * (Rb - Ra)) * sc * load(cv + s) - base);
    }
  }
}

// ---- accounts ----
constexpr int MOST = 4096;  // scenarios of a shortlist: all of them where every loss is the same
struct Tail { int rank, whole, need; double part, size; };
template <class T> struct Vec;
template <> struct Vec<double> { typedef vd type; };
template <> struct Vec<float> { typedef vf type; };

template <class T, int N> static void chunk(bool first, const uint32_t *rows, const double *q, const T *m, size_t stride, int n, T *out) {
  typedef typename Vec<T>::type V;
  constexpr int W = WIDTH / sizeof(T);
  const T *r[N];
  V k[N];
  for (int j = 0; j < N; j++) { r[j] = m + rows[j] * stride; k[j] = splat<V>((T)q[j]); }
  for (int s = 0; s < n; s += 4 * W)
    for (int u = 0; u < 4; u++) {
      const int at = s + u * W;
      if (at >= n) break;
      V sum = first ? k[0] * load(r[0] + at) : load(out + at) + k[0] * load(r[0] + at);
      for (int j = 1; j < N; j++) sum += k[j] * load(r[j] + at);
      store(out + at, sum);
    }
}
template <class T> static void chunks(bool first, int c, const uint32_t *rows, const double *q, const T *m, size_t stride, int n, T *out) {
  switch (c) {
    case 1: return chunk<T, 1>(first, rows, q, m, stride, n, out);
    case 2: return chunk<T, 2>(first, rows, q, m, stride, n, out);
    case 3: return chunk<T, 3>(first, rows, q, m, stride, n, out);
    case 4: return chunk<T, 4>(first, rows, q, m, stride, n, out);
    case 5: return chunk<T, 5>(first, rows, q, m, stride, n, out);
    case 6: return chunk<T, 6>(first, rows, q, m, stride, n, out);
    case 7: return chunk<T, 7>(first, rows, q, m, stride, n, out);
    default: return chunk<T, 8>(first, rows, q, m, stride, n, out);
  }
}
template <class T> static inline unsigned reach(const T *p, T limit);
template <> inline unsigned reach<double>(const double *p, double limit) {
#ifdef __AVX512F__
  return _mm512_cmp_pd_mask(_mm512_loadu_pd(p), _mm512_set1_pd(limit), _CMP_LE_OQ) | _mm512_cmp_pd_mask(_mm512_loadu_pd(p + 8), _mm512_set1_pd(limit), _CMP_LE_OQ) << 8;
#else
  unsigned m = 0;
  for (int u = 0; u < 4; u++) m |= (unsigned)_mm256_movemask_pd(_mm256_cmp_pd(_mm256_loadu_pd(p + 4 * u), _mm256_set1_pd(limit), _CMP_LE_OQ)) << (4 * u);
  return m;
#endif
}
template <> inline unsigned reach<float>(const float *p, float limit) {
#ifdef __AVX512F__
  return _mm512_cmp_ps_mask(_mm512_loadu_ps(p), _mm512_set1_ps(limit), _CMP_LE_OQ);
#else
  return (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(_mm256_loadu_ps(p), _mm256_set1_ps(limit), _CMP_LE_OQ)) |
         (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(_mm256_loadu_ps(p + 8), _mm256_set1_ps(limit), _CMP_LE_OQ)) << 8;
#endif
}
// Values not above the limit, in index order; gives how many.
template <class T> static int gather(const T *v, int n, T limit, T *to, int most) {
  int count = 0;
  for (int base = 0; base < n; base += 64) {
    uint64_t word = 0;
    for (int u = 0; u < 4 && base + 16 * u < n; u++) {
      uint64_t bits = reach<T>(v + base + 16 * u, limit);
      if (n - base - 16 * u < 16) bits &= (1u << (n - base - 16 * u)) - 1;
      word |= bits << (16 * u);
    }
    while (word) {
      if (count < most) to[count] = v[base + __builtin_ctzll(word)];
      count++;
      word &= word - 1;
    }
  }
  return count;
}
template <class T> static T cold(const T *v, int n, int k) {
  int groups = 64;
  while (groups < 2 * k) groups += 64;
  groups = std::min(groups, n);
  static thread_local std::vector<T> least;
  least.assign(v, v + groups);
  for (int from = groups; from < n; from += groups) {
    const int len = std::min(groups, n - from);
    for (int g = 0; g < len; g++) least[g] = std::min(least[g], v[from + g]);
  }
  std::nth_element(least.begin(), least.begin() + k - 1, least.end());
  return least[k - 1];
}
// Ranks by counting at full width, then the sums worst first; the warm threshold lets two more than needed through.
template <class T> static void finish(T *c, int count, const Tail &t, double *out, T *warm) {
  typedef typename Vec<T>::type V;
  constexpr int W = WIDTH / sizeof(T);
  T sorted[MOST];
  for (int i = count; i < count + W; i++) c[i] = INFINITY;
  if (count <= 96) {
    std::fill(sorted, sorted + count, (T)NAN);
    for (int i = 0; i < count; i++) {
      const V own = splat<V>(c[i]);
      auto below = own < own;
      for (int j = 0; j < count; j += W) below += load(c + j) < own;
      int rank = 0;
      for (int j = 0; j < W; j++) rank -= (int)below[j];
      while (sorted[rank] == sorted[rank]) rank++;
      sorted[rank] = c[i];
    }
  } else {
    std::copy(c, c + count, sorted);
    std::sort(sorted, sorted + count);
  }
  double sum = 0;
  for (int i = 0; i < t.whole; i++) sum += sorted[i];
  if (t.part > 0) sum += t.part * sorted[t.whole];
  out[0] = -(double)sorted[t.rank - 1];
  out[1] = -sum / t.size;
  *warm = sorted[std::min(count - 1, t.need + 2)];
}
template <class T> static void tail(const T *v, int n, const Tail &t, double *out, T *warm) {
  T few[MOST + 64];
  int count = *warm == *warm ? gather<T>(v, n, *warm, few, MOST) : 0;
  if (count < t.need || count > 3 * t.need) count = gather<T>(v, n, cold(v, n, t.need), few, MOST);
  finish<T>(few, count, t, out, warm);
}
template <class T> struct Book {
  std::vector<T> matrix, blocks, vectors, warm;
  std::vector<int> starts;
  std::vector<uint32_t> rows;
  std::vector<double> quantities, out;
  Tail t;
  int stride, scenarios, count, big, matrix_rows;
  static constexpr int BLOCK = 192 / sizeof(T), CHUNK = 128, BIG = 60;

  void prepare(const std::vector<double> &exact) {
    matrix.assign(exact.begin(), exact.end());
    stride = M("stride"), scenarios = M("scenarios"), matrix_rows = M("rows");
    starts = read<int>("starts.i32"), rows = read<uint32_t>("positions.u32"), quantities = read<double>("quantities.f64");
    count = (int)starts.size() - 1;
    t = {M("varRank"), M("whole"), M("needed"), meta["part"], meta["size"]};
    warm.assign(count, NAN);
    out.assign(2 * count, 0);
    for (big = 0; big < count && starts[big + 1] - starts[big] <= BIG; big++) {}
    const int nb = (scenarios + BLOCK - 1) / BLOCK;
    blocks.assign((size_t)nb * matrix_rows * BLOCK, 0);
    for (int b = 0; b < nb; b++)
      for (int r = 0; r < matrix_rows; r++)
        for (int s = 0; s < BLOCK && b * BLOCK + s < stride; s++) blocks[((size_t)b * matrix_rows + r) * BLOCK + s] = matrix[(size_t)r * stride + b * BLOCK + s];
    vectors.assign((size_t)CHUNK * (nb * BLOCK + 16), 0);
  }
  void small(int a) {
    if (starts[a] == starts[a + 1]) { out[2 * a] = out[2 * a + 1] = 0; return; }
    const int n = (scenarios + 15) & ~15;
    T *v = vectors.data();
    for (int p = starts[a]; p < starts[a + 1]; p += 8) chunks<T>(p == starts[a], std::min(8, starts[a + 1] - p), &rows[p], &quantities[p], matrix.data(), stride, n, v);
    tail<T>(v, scenarios, t, &out[2 * a], &warm[a]);
  }
  // Scenario-blocked accounts: one block of all rows stays in the second-level cache, the sums of the block in registers.
  void large(int from, int to) {
    typedef typename Vec<T>::type V;
    constexpr int W = WIDTH / sizeof(T), R = BLOCK / W;
    const int nb = (scenarios + BLOCK - 1) / BLOCK;
    const size_t len = nb * BLOCK + 16;
    for (int b = 0; b < nb; b++) {
      const T *block = &blocks[(size_t)b * matrix_rows * BLOCK];
      for (int a = from; a < to; a++) {
        V sum[R];
        for (int u = 0; u < R; u++) sum[u] = splat<V>((T)0);
        for (int p = starts[a]; p < starts[a + 1]; p++) {
          const T *x = block + rows[p] * BLOCK;
          const V q = splat<V>((T)quantities[p]);
          for (int u = 0; u < R; u++) sum[u] += q * load(x + u * W);
        }
        for (int u = 0; u < R; u++) store(&vectors[(a - from) * len + b * BLOCK + u * W], sum[u]);
      }
    }
    for (int a = from; a < to; a++) tail<T>(&vectors[(a - from) * len], scenarios, t, &out[2 * a], &warm[a]);
  }
  void run() {
    for (int a = 0; a < big; a++) small(a);
    for (int a = big; a < count; a += CHUNK) large(a, std::min(count, a + CHUNK));
  }
};

// ---- pre-trade ----
struct Desk {
  std::vector<double> matrix, vectors, warm, quantities, out;
  std::vector<int> slots, rows;
  Tail t;
  int stride, scenarios;
  void prepare(const std::vector<double> &exact) {
    matrix = exact, stride = M("stride"), scenarios = M("scenarios");
    vectors = read<double>("vectors.f64");
    slots = read<int>("tradeSlots.i32"), rows = read<int>("tradeRows.i32"), quantities = read<double>("tradeQuantities.f64");
    t = {M("varRank"), M("whole"), M("needed"), meta["part"], meta["size"]};
    out.assign(2 * slots.size(), 0);
    for (size_t s = 0; s * stride < vectors.size(); s++) {
      double o[2], w = NAN;
      tail<double>(&vectors[s * stride], scenarios, t, o, &w);
      warm.push_back(w);
    }
  }
  void ask(int i) {
    static double v[16384];
    const double *x = &vectors[(size_t)slots[i] * stride], *r = &matrix[(size_t)rows[i] * stride];
    const vd q = splat<vd>(quantities[i]);
    for (int s = 0; s < stride; s += ND) store(v + s, load(x + s) + q * load(r + s));
    double w = warm[slots[i]];
    tail<double>(v, scenarios, t, &out[2 * i], &w);
  }
};

// ---- Monte Carlo ----
struct Copula {
  std::vector<double> chol, tables, out;
  int d, cells, n, freedom;
  uint32_t key0, key1, stream;
  static constexpr int L = ND;
  typedef uint32_t vu __attribute__((vector_size(4 * L)));
  typedef uint64_t vu64 __attribute__((vector_size(8 * L)));

  void prepare() { chol = read<double>("cholesky.f64"), tables = read<double>("tables.f64"), d = M("factors"), cells = M("cells"), n = M("draws"), freedom = M("freedom"), key0 = (uint32_t)meta["key0"], key1 = (uint32_t)meta["key1"], stream = (uint32_t)meta["streamId"], out.assign((size_t)d * n, 0); }
  static inline vu64 wide(vu a) { return __builtin_convertvector(a, vu64); }
  static inline vu narrow(vu64 a) { return __builtin_convertvector(a, vu); }
  static inline vd uniform(vu64 hi, vu64 lo) { return (vd)((((hi << 32) | lo) >> 12) | 0x3ff0000000000000ull) - 0.9999999999999999; }
  inline void uniforms(uint32_t s, uint32_t block, vd &u, vd &v) const {
    vu64 a, b = {}, c, e;
    for (int i = 0; i < L; i++) a[i] = s + i, c[i] = block, e[i] = stream;
    uint32_t k0 = key0, k1 = key1;
    const vu64 low = wide(~(vu){});
    for (int r = 0; r < 10; r++) {
      vu64 p, q;
#ifdef __AVX512F__
      p = (vu64)_mm512_mul_epu32((__m512i)a, _mm512_set1_epi64(0xd2511f53)), q = (vu64)_mm512_mul_epu32((__m512i)c, _mm512_set1_epi64(0xcd9e8d57));
#else
      p = (vu64)_mm256_mul_epu32((__m256i)a, _mm256_set1_epi64x(0xd2511f53)), q = (vu64)_mm256_mul_epu32((__m256i)c, _mm256_set1_epi64x(0xcd9e8d57));
#endif
      a = (q >> 32) ^ b ^ (uint64_t)k0, b = q & low, c = (p >> 32) ^ e ^ (uint64_t)k1, e = p & low;
      k0 += 0x9e3779b9, k1 += 0xbb67ae85;
    }
    u = uniform(a, b), v = uniform(c, e);
  }
  static inline vd root(vd x) {
#ifdef __AVX512F__
    return (vd)_mm512_sqrt_pd((__m512d)x);
#else
    return (vd)_mm256_sqrt_pd((__m256d)x);
#endif
  }
  static inline vd log(vd x) {
    static const double C[] = {0.6666666666658706, 0.40000000052358725, 0.28571417114849135, 0.22223372815223574, 0.1812360402692939, 0.16820306063896806};
    vu64 e = ((vu64)x + (0x3ff0000000000000ull - 0x3fe6a09e667f3bcdull)) >> 52;
    vd k = (vd)(e | 0x4330000000000000ull) - 4503599627371519.0, m = (vd)((vu64)x - (e << 52) + 0x3ff0000000000000ull);
    vd s = (m - 1.0) / (m + 1.0), u = s * s, p = splat<vd>(C[5]);
    for (int i = 4; i >= 0; i--) p = p * u + C[i];
    return k * 0.6931471805599453 + (s + s + s * u * p);
  }
  static inline void normals(vd u, vd v, vd &c, vd &s) {
    static const double S[] = {1.5707963267948966, -0.6459640975062443, 0.07969262624604308, -0.004681754132342262, 0.0001604411507521089, -3.598643388244672e-6, 5.63393848300936e-8};
    static const double C[] = {1.0, -1.2337005501361513, 0.25366950789986553, -0.02086348073496047, 0.0009192599501488973, -2.5200135645550167e-5, 4.655301270811425e-7};
    vd r = root(-2.0 * log(u)), turn = v * 4.0, z = turn + 6755399441055744.0, g = turn - (z - 6755399441055744.0), w = g * g;
    vd si = splat<vd>(S[6]), co = splat<vd>(C[6]);
    for (int i = 5; i >= 0; i--) si = si * w + S[i], co = co * w + C[i];
    si = si * g;
    vl swap = -((vl)z & 1);
    vl a = ((vl)si & swap) | ((vl)co & ~swap), b = ((vl)co & swap) | ((vl)si & ~swap);
    c = r * (vd)(a ^ ((((vl)z + 1) << 62) & INT64_MIN)), s = r * (vd)(b ^ (((vl)z << 62) & INT64_MIN));
  }
  void run() {
    std::vector<vd> z(d + 1);
    const int blocks = (d + 1) / 2;
    for (int s = 0; s < n; s += L) {
      vd u, v;
      for (int b = 0; b < blocks; b++) uniforms(s, b, u, v), normals(u, v, z[2 * b], z[2 * b + 1]);
      vd chi = splat<vd>(0.0);
      for (int b = 0; b < freedom / 4; b++) uniforms(s, blocks + b, u, v), chi += -2.0 * log(u * v);
      for (int i = 0; i < d; i++) {
        vd y = splat<vd>(0.0);
        for (int j = 0; j <= i; j++) y += chol[i * d + j] * z[j];
        vd a = y / root(chi + y * y), p = (a + 1.0) * (cells * 0.5), x;
        for (int l = 0; l < L; l++) {
          const int c = std::min(cells - 1, (int)p[l]);
          const double *t = &tables[(size_t)i * (cells + 1) + c];
          x[l] = t[0] + (p[l] - c) * (t[1] - t[0]);
        }
        store(&out[(size_t)i * n + s], x);
      }
    }
  }
};

static double median(std::vector<double> v) { std::sort(v.begin(), v.end()); return v[v.size() / 2]; }
template <class F> static double timed(int times, F f) {
  std::vector<double> ms;
  for (int i = 0; i < times; i++) { const double t = cpu_ms(); f(); ms.push_back(cpu_ms() - t); }
  return median(ms);
}

int main(int, char **argv) {
  folder = argv[1];
  std::ifstream in(folder + "/meta.txt");
  for (std::string k; in >> k;) in >> meta[k];
  Records records{read<double>("records.f64"), read<double>("shocks.f64"), {}, M("options"), M("optionStride"), M("scenarios")};
  records.out.assign((size_t)records.count * records.stride, 0);
  const auto exact = read<double>("matrix.f64");
  Book<double> book;
  Book<float> single;
  Desk desk;
  Copula copula;
  book.prepare(exact), single.prepare(exact), desk.prepare(exact), copula.prepare();
  std::set<std::string> seen;
  for (std::string name; std::cin >> name;) {
    int times;
    std::cin >> times;
    double ms = 0, p99 = 0;
    const std::vector<double> *out = nullptr;
    if (name == "reprice") ms = timed(times, [&] { reprice(records); }), out = &records.out;
    else if (name == "assess") ms = timed(times, [&] { book.run(); }), out = &book.out;
    else if (name == "assess-f32") ms = timed(times, [&] { single.run(); }), out = &single.out;
    else if (name == "copula") ms = timed(times, [&] { copula.run(); }), out = &copula.out;
    else if (name == "trade") {
      std::vector<double> us;
      for (size_t i = 0; i < desk.slots.size(); i++) { const double t = wall_us(); desk.ask((int)i); us.push_back(wall_us() - t); }
      std::sort(us.begin(), us.end());
      ms = us[us.size() / 2] / 1e3, p99 = us[us.size() * 99 / 100] / 1e3, out = &desk.out;
    }
    if (out && seen.insert(name).second) write(name, *out);
    std::cout << name << " " << ms << " " << p99 << std::endl;
  }
}
