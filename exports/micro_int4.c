/* micro_int4: a classifier of 28 x 28 images in C99, int4, made by edgemnist.
 *
 * made from  micro.keras, SHA-256 597764ee45d199ce70152349d165ce4d31d6342c4d4195e789941b1c8067dec9
 * input      28 x 28 raw pixel bytes, row by row: 0 is black, 255 is white ink
 * output     one int8 logit a class: real logit = (logit - zero point) * scale
 * kernels    sparse, zeros of the input are skipped by dense layers
 * rounding   as LiteRT's reference kernels
 * weights    packed in 4 layers, unpacked where they are used
 * rows       micro_int4_push_row takes the image a row at a time: it need not lie in RAM
 * flash      11,903 bytes of tables, and the code: 1 to 10 kB, by its layers and the compiler's -O
 * RAM        724 bytes of working memory, the caller's; less than 1 kB of stack, 12 kB on a PC
 * needs      <stdint.h> and <stddef.h>
 *
 * contract: {"input": {"dtype": "uint8", "name": "pixels", "range": [0.0, 255.0], "scale": null, "shape": [784], "zero_point": null}, "labels": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], "output": {"dtype": "int8", "kind": "logits", "name": "logits", "scale": 0.22461442649364471, "zero_point": 44}, "precision": "int4", "rounding": "reference", "schema": 1, "source": {"name": "micro.keras", "sha256": "597764ee45d199ce70152349d165ce4d31d6342c4d4195e789941b1c8067dec9"}}
 */
#include "micro_int4.h"

/* A window that slides over an image of rows x columns x channels. */
typedef struct {
  int rows, columns, channels;
  int window_rows, window_columns;
  int row_stride, column_stride;
  int top, left; /* padding */
  int output_rows, output_columns, output_channels;
} geometry;

/* ------------------------------------------------------------------ kernels
 *
 * Activations are kept as bytes 0 to 255: TFLite's int8 value + 128. So a raw pixel needs no conversion.
 *
 *   real value = (byte - zero) * scale
 *   sum        = bias + weights * (byte - zero)            int32, exact
 *   byte       = zero + round(sum * multiplier / 2^shift)  clamped to [low, high]
 */

typedef struct {
  const int32_t *bias;
  const int32_t *multipliers;
  const uint8_t *shifts; /* of the 64-bit product to the right, 1 to 62 */
  uint8_t zero;
  uint8_t low;
  uint8_t high;
  uint8_t twice; /* 1 if the product is rounded twice */
} quantizer;

/* What the processor has to compute several values at a time. */
#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)
#define EDGE_MVE
#include <arm_mve.h>
#elif defined(__ARM_FEATURE_SIMD32) && defined(__ARM_FEATURE_UNALIGNED) && defined(__GNUC__) && !defined(__ARM_BIG_ENDIAN)
#define EDGE_PAIRS
#elif defined(__SSE2__)
#if defined(__AVX2__) /* which MSVC says without the other, and then gets neither */
#include <immintrin.h>
#define EDGE_AVX2
#else
#include <emmintrin.h> /* read in a tenth of the time */
#endif
#define EDGE_INLINE static inline __attribute__((always_inline)) /* where a constant argument unrolls a loop */
#elif defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB == 1
#define EDGE_HALVES /* products of 32 bits at most */
#endif

/* A model needs some of the functions below. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wunused-function"
#endif

#if defined(EDGE_PAIRS)
typedef struct {
  uint32_t word;
} __attribute__((packed, may_alias)) four_bytes;

static inline uint32_t load_four(const void *bytes) { return ((const four_bytes *)bytes)->word; }

static inline void store_four(void *bytes, uint32_t word) { ((four_bytes *)bytes)->word = word; }

/* Instructions of cores with two products at a time: the DSP extension. Of four bytes, the first and the third,
 * or the second and the fourth, become a pair of 16 bits. */
#define EDGE_UNARY(name, instruction)                              \
  static inline uint32_t name(uint32_t bytes) {                    \
    uint32_t pair;                                                 \
    __asm__(instruction : "=r"(pair) : "r"(bytes));                \
    return pair;                                                   \
  }
#define EDGE_PRODUCT(name, instruction)                                                    \
  static inline int32_t name(int32_t sum, uint32_t first, uint32_t second) {               \
    __asm__(instruction " %0, %1, %2, %0" : "+r"(sum) : "r"(first), "r"(second));          \
    return sum;                                                                            \
  }
EDGE_UNARY(split_even, "uxtb16 %0, %1")
EDGE_UNARY(split_odd, "uxtb16 %0, %1, ror #8")
EDGE_UNARY(split_signed_even, "sxtb16 %0, %1")
EDGE_UNARY(split_signed_odd, "sxtb16 %0, %1, ror #8")
EDGE_PRODUCT(add_both, "smlad")
EDGE_PRODUCT(add_low, "smlabb")
EDGE_PRODUCT(add_high, "smlatt")

/* sum + four weights * the bytes that were split */
static inline int32_t add_four_products(int32_t sum, const int8_t *weights, uint32_t even, uint32_t odd) {
  const uint32_t word = load_four(weights);
  return add_both(add_both(sum, split_signed_even(word), even), split_signed_odd(word), odd);
}

/* The larger of each two bytes. */
static inline uint32_t find_larger(uint32_t first, uint32_t second) {
  uint32_t larger;
  __asm__("usub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(larger) : "r"(first), "r"(second) : "cc");
  return larger;
}
#endif

#if defined(__SSE2__)
static inline __m128i widen_signed(const int8_t *bytes) {
  const __m128i values = _mm_loadl_epi64((const __m128i *)bytes);
  return _mm_srai_epi16(_mm_unpacklo_epi8(values, values), 8);
}

static inline __m128i widen(const uint8_t *bytes) {
  return _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)bytes), _mm_setzero_si128());
}

/* Four sums += those that a vector holds. */
static inline void add_quarter(int32_t *sums, __m128i more) {
  _mm_storeu_si128((__m128i *)sums, _mm_add_epi32(_mm_loadu_si128((const __m128i *)sums), more));
}

/* Eight sums, one in each lane. */
#if defined(EDGE_AVX2)
typedef __m256i eight_sums;

static inline eight_sums load_sums(const int32_t *sums) { return _mm256_loadu_si256((const __m256i *)sums); }

static inline eight_sums find_larger_sums(eight_sums first, eight_sums second) {
  return _mm256_max_epi32(first, second);
}
#else
typedef struct {
  __m128i low, high;
} eight_sums;

static inline eight_sums load_sums(const int32_t *sums) {
  const __m128i *halves = (const __m128i *)sums;
  const eight_sums loaded = {_mm_loadu_si128(halves), _mm_loadu_si128(halves + 1)};
  return loaded;
}

static inline __m128i find_larger_four(__m128i first, __m128i second) {
  const __m128i which = _mm_cmpgt_epi32(first, second);
  return _mm_or_si128(_mm_and_si128(which, first), _mm_andnot_si128(which, second));
}

static inline eight_sums find_larger_sums(eight_sums first, eight_sums second) {
  const eight_sums larger = {find_larger_four(first.low, second.low), find_larger_four(first.high, second.high)};
  return larger;
}
#endif
#endif

/* GCC moves loads so far ahead of their products that the sums no longer fit into registers: not so here. */
#if defined(__GNUC__) && !defined(__clang__) && !defined(__SSE2__) && !defined(EDGE_HALVES) && !defined(EDGE_MVE)
#define EDGE_IN_ORDER __attribute__((noinline, optimize("no-schedule-insns")))
#else
#define EDGE_IN_ORDER
#endif

/* The product in 64 bits. Where the processor multiplies 32 bits at most, of halves. */
static inline int64_t multiply_long(int32_t first, int32_t second) {
#if defined(EDGE_HALVES)
  const int32_t a = first >> 16, b = second >> 16;
  const uint32_t c = (uint32_t)first & 0xffff, d = (uint32_t)second & 0xffff;
  const uint32_t low = c * d;
  const int32_t one = a * (int32_t)d + (int32_t)(low >> 16);
  const int32_t two = b * (int32_t)c + (int32_t)((uint32_t)one & 0xffff);
  const int32_t high = a * b + (one >> 16) + (two >> 16);
  return (int64_t)((uint64_t)(uint32_t)high << 32 | (uint32_t)two << 16 | (low & 0xffff));
#else
  return (int64_t)first * second;
#endif
}

/* sum * multiplier / 2^shift, rounded once, half away from zero: as LiteRT's reference kernels do for dense layers. */
static inline int32_t rescale_once(int32_t sum, int32_t multiplier, uint8_t shift) {
  const int64_t product = multiply_long(sum, multiplier) - (sum < 0);
  return (int32_t)((product + ((int64_t)1 << (shift - 1))) >> shift);
}

/* The same of shifts above 32, for which the high word of the product is enough: of a negative one, less 1, that is the
 * complement of the positive one's. */
static inline int32_t rescale_once_high(int32_t sum, int32_t multiplier, uint8_t shift) {
  const int32_t sign = sum >> 31;
  const int32_t high = (int32_t)(multiply_long((sum ^ sign) - sign, multiplier) >> 32) ^ sign;
  return (high + ((int32_t)1 << (shift - 33))) >> (shift - 32);
}

static inline int32_t rescale(const quantizer *q, int32_t sum, int channel) {
  return q->zero + rescale_once(sum, q->multipliers[channel], q->shifts[channel]);
}

/* The same of shifts above 32. */
static inline int32_t rescale_high(const quantizer *q, int32_t sum, int channel) {
  return q->zero + rescale_once_high(sum, q->multipliers[channel], q->shifts[channel]);
}

static inline uint8_t clamp(const quantizer *q, int32_t value) {
  return (uint8_t)(value < q->low ? q->low : value > q->high ? q->high : value);
}

static inline uint8_t quantize(const quantizer *q, int32_t sum, int channel) {
  return clamp(q, rescale(q, sum, channel));
}

/* The part of a window that lies inside the image, along rows or columns. */
typedef struct {
  int first, count;
} span;

static inline span clip(int start, int window, int size) {
  const int first = start < 0 ? 0 : start, stop = start + window > size ? size : start + window;
  const span inside = {first, stop - first};
  return inside;
}

/* Functions that are kept apart, so that less is on the stack. Where a core has few registers, that takes more: one
 * function of which the others are parts, without values that are computed ahead and kept. */
#if defined(__GNUC__) && !defined(__clang__)
#define EDGE_ALONE __attribute__((noinline, noclone))
#else
#define EDGE_ALONE
#endif
#if defined(__GNUC__) && !defined(__clang__) && defined(EDGE_HALVES)
#define EDGE_NARROW EDGE_ALONE __attribute__((optimize("no-tree-loop-im", "no-tree-pre", "no-move-loop-invariants")))
#define EDGE_PART __attribute__((always_inline)) inline
#else
#define EDGE_NARROW EDGE_ALONE
#define EDGE_PART
#endif

/* Weights of few levels: each is low + step * digit. A word holds some digits as a fraction, the first one first: what
 * the word times the number of levels exceeds 16 bits by is a digit, and the rest of it is a word for the next one. */
typedef struct {
  const int16_t *bias; /* NULL where the quantizer has biases of 32 bits */
  const uint16_t *multipliers; /* NULL where the quantizer has them; else 16 of their 31 bits */
  uint16_t levels;
  uint8_t digits; /* in a word */
  int8_t low;
  uint8_t step;
  uint8_t each; /* 1 if each output has a multiplier and a shift of its own, 0 if all have the same */
} packing;

static inline void clear_bytes(uint8_t *bytes, int count) {
  for (int i = 0; i < count; i++) {
    bytes[i] = 0;
  }
}

/* Where the next weight is read. */
typedef struct {
  const uint16_t *next;
  uint32_t word;
  int left; /* digits in the word */
} weight_reader;

static inline int32_t get_bias(const packing *p, const quantizer *q, int output) {
  return p->bias != NULL ? p->bias[output] : q->bias[output];
}

/* The first of 31 bits is always 1, and of short ones, the last 14 are 0. */
static inline int32_t get_multiplier(const packing *p, const quantizer *q, int output) {
  return p->multipliers != NULL ? 0x40000000 + ((int32_t)p->multipliers[output] << 14) : q->multipliers[output];
}
/* Of shifts above 32. What a sum below 0 gives is clamped, whatever the multiplier is, where no output lies below
 * real 0. */
static EDGE_PART uint8_t quantize_packed(const packing *p, const quantizer *q, int32_t sum, int channel) {
  if (sum < 1 && q->low >= q->zero) return q->low;
  const int32_t multiplier = get_multiplier(p, q, channel);
  const quantizer one = {NULL, &multiplier, q->shifts + channel, q->zero, q->low, q->high, q->twice};
  return clamp(&one, rescale_high(&one, sum, 0));
}

/* One row of the means of the int8 values that each window sees inside the image, half away from zero. */
static void run_average_pool_row(const geometry *g, uint8_t low, uint8_t high, const uint8_t *input, const int32_t *rows,
                                 uint8_t *output) {
  for (int column = 0; column < g->output_columns; column++) {
    const span x = clip(column * g->column_stride - g->left, g->window_columns, g->columns);
    for (int channel = 0; channel < g->channels; channel++) {
      int32_t sum = 0, count = 0;
      for (int row = 0; row < g->window_rows; row++) {
        if (rows[row] < 0) continue;
        const uint8_t *value = input + rows[row] + x.first * g->channels + channel;
        for (int i = 0; i < x.count; i++, value += g->channels) {
          sum += *value - 128;
        }
        count += x.count;
      }
      const int32_t mean = 128 + (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
      *output++ = (uint8_t)(mean < low ? low : mean > high ? high : mean);
    }
  }
}

typedef struct {
  int sizes[4]; /* of what is copied, along up to four axes */
  int from_steps[4], to_steps[4];
  int from, to; /* where it begins */
  int filled; /* values of the output that are set before, or 0 */
  uint8_t value;
} move_layer;

/* Copies values to other places. */
static void run_move(const move_layer *m, const uint8_t *input, uint8_t *output) {
  for (int i = 0; i < m->filled; i++) {
    output[i] = m->value;
  }
  for (int a = 0; a < m->sizes[0]; a++) {
    for (int b = 0; b < m->sizes[1]; b++) {
      for (int c = 0; c < m->sizes[2]; c++) {
        const uint8_t *from = input + m->from + a * m->from_steps[0] + b * m->from_steps[1] + c * m->from_steps[2];
        uint8_t *to = output + m->to + a * m->to_steps[0] + b * m->to_steps[1] + c * m->to_steps[2];
        for (int d = 0; d < m->sizes[3]; d++) {
          to[d * m->to_steps[3]] = from[d * m->from_steps[3]];
        }
      }
    }
  }
}

typedef struct {
  const uint16_t *weights; /* inputs x outputs, without a gap */
  int inputs;
  int outputs;
  uint8_t zero; /* of the inputs */
  quantizer output;
  packing packed;
  int words, rest; /* the outputs by the digits of a word, and what remains */
} packed_dense_layer;

/* sums[j] += digit j * factor, of the digits that follow some others in a word */
static void add_digits(const packing *p, const uint16_t *words, int before, int32_t factor, int32_t *sums, int count) {
  uint32_t word = *words++;
  int some = p->digits - before;
  for (; before > 0; before--) {
    word = (word * p->levels) & 0xffff;
  }
  for (int32_t *end = sums + count; ; word = *words++, some = p->digits) {
    if (some > end - sums) some = (int)(end - sums);
    for (; some > 0; some--) {
      const uint32_t product = word * p->levels;
      word = product & 0xffff;
      *sums++ += (int32_t)(product >> 16) * factor;
    }
    if (sums == end) return;
  }
}

/* The weights of an input that is 0 are skipped. */
static void run_packed_dense(const packed_dense_layer *layer, const uint8_t *input, uint8_t *output, int32_t *sums) {
  const packing *p = &layer->packed;
  const uint16_t *words = layer->weights;
  int32_t total = 0;
  for (int j = 0; j < layer->outputs; j++) {
    sums[j] = get_bias(p, &layer->output, j);
  }
  for (int i = 0, before = 0; i < layer->inputs; i++) {
    const int32_t value = input[i] - layer->zero;
    if (value != 0) {
      total += value;
      add_digits(p, words, before, value * p->step, sums, layer->outputs);
    }
    words += layer->words;
    before += layer->rest;
    if (before >= p->digits) {
      before -= p->digits;
      words++;
    }
  }
  for (int j = 0; j < layer->outputs; j++) { /* each byte is written after the sum that it may lie upon is read */
    output[j] = quantize_packed(p, &layer->output, sums[j] + total * p->low, p->each ? j : 0);
  }
}

/* Layers with windows, one after the other, from the first row of pixels on. Of what a layer reads only as many rows
 * are kept as its window has: the last ones, in a ring. */
typedef struct {
  uint16_t place;     /* of the ring of rows that it reads, in bytes of the working memory */
  uint16_t row_bytes; /* of a row that it reads */
  uint8_t slots;      /* rows in the ring */
  uint8_t rows;       /* that it reads in all */
  uint8_t window, stride, top;
  uint8_t together;   /* rows that it computes for one row of its output: those of a pooling that is part of it */
  uint8_t outputs;    /* rows of its output */
} stage;

typedef struct {
  const stage *stages;
  uint8_t count;    /* of stages; one more follows them */
  uint16_t state;   /* where the states lie in the working memory, in bytes: before them lies what a stage works with */
} stream;

/* How far the rows that a stage reads have been made. */
typedef struct {
  uint8_t done; /* rows */
  uint8_t part; /* of the next one */
  uint8_t slot; /* of the next one in the ring */
} state;

/* Computes one row of a stage: see below. */
static void run_stage(int number, const uint8_t *input, int32_t *rows, uint8_t *output);

static inline state *get_states(const stream *layer, int32_t *words) {
  return (state *)((uint8_t *)words + layer->state);
}

static void start_stream(const stream *layer, int32_t *words) {
  state *states = get_states(layer, words);
  for (int i = 0; i <= layer->count; i++) {
    states[i].done = states[i].part = states[i].slot = 0;
  }
}

/* Where the next row of pixels belongs. */
static inline uint8_t *find_next_row(const stream *layer, int32_t *words) {
  const stage *first = layer->stages;
  return (uint8_t *)words + first->place + get_states(layer, words)->slot * first->row_bytes;
}

static inline int has_all_rows(const stream *layer, int32_t *words) {
  return get_states(layer, words)->done == layer->stages->rows;
}

static inline void end_row(const stage *reader, state *rows) {
  rows->done++;
  rows->part = 0;
  if (++rows->slot == reader->slots) rows->slot = 0;
}

/* Finds the rows that a window sees for the next row of a stage. Returns 0 where one is still lacking. */
static EDGE_ALONE int find_ring_rows(const stage *s, const state *from, int32_t *rows) {
  const state *to = from + 1;
  const int top = (to->done * s->together + to->part) * s->stride - s->top, bottom = top + s->window;
  if (to->done == s->outputs || from->done < (bottom > s->rows ? s->rows : bottom)) return 0;
  for (int i = 0; i < s->window; i++) {
    const int row = top + i, slot = from->slot - (from->done - row);
    rows[i] = row < 0 || row >= s->rows ? -1 : (slot < 0 ? slot + s->slots : slot) * s->row_bytes;
  }
  return 1;
}

/* The place of the next row that a stage reads, where it begins: of several that are made one, the largest is kept. */
static EDGE_ALONE uint8_t *find_place(const stage *reader, const state *next, uint8_t *ring) {
  uint8_t *place = ring + next->slot * reader->row_bytes;
  if (next->part == 0) clear_bytes(place, reader->row_bytes);
  return place;
}

/* Takes the row of pixels that was put where it belongs. The last stage that has its rows always runs first, so that
 * no row is overwritten that is still to be read. */
static void run_stream(const stream *layer, uint8_t *output, int32_t *words) {
  state *states = get_states(layer, words);
  end_row(layer->stages, states);
  for (int number = layer->count - 1; number >= 0; number--) {
    const stage *s = layer->stages + number;
    if (!find_ring_rows(s, states + number, words)) continue;
    uint8_t *ring = number + 1 == layer->count ? output : (uint8_t *)words + s[1].place;
    run_stage(number, (uint8_t *)words + s->place, words, find_place(s + 1, states + number + 1, ring));
    if (++states[number + 1].part == s->together) end_row(s + 1, states + number + 1);
    number = layer->count;
  }
}

static int find_largest(const int8_t *values, int count) {
  int best = 0;
  for (int j = 1; j < count; j++) {
    if (values[j] > values[best]) best = j;
  }
  return best;
}


/* --------------------------------------------------------------- parameters */

static const geometry layer_1_halved = {28, 28, 1, 2, 2, 2, 2, 0, 0, 14, 14, 1};

static const stage layer_1_halved_stream_stages[2] = {
  {14, 28, 2, 28, 2, 2, 0, 1, 14},
  {0, 14, 14, 14, 0, 0, 0, 0, 0}
};
static const stream layer_1_halved_stream = {layer_1_halved_stream_stages, 1, 8};

static void run_stage(int number, const uint8_t *input, int32_t *rows, uint8_t *output) {
  if (number == 0) run_average_pool_row(&layer_1_halved, 0, 255, input, rows, output);
}

static const move_layer layer_2_inner = {{1, 1, 12, 12}, {0, 0, 14, 1}, {0, 0, 12, 1}, 15, 0, 0, 0};

static const uint16_t layer_3_hidden_1_weights[3456] = {
30376,26250,46952,25753,30536,34647,38535,30358,31079,38485,26230,38488,43126,42856,42600,34666,39016,26792,35208,
33657,30535,35204,31107,43655,38790,34168,49782,26216,43078,38998,25974,26232,33591,30854,30583,30804,31127,38167,
38518,33880,6552,22918,30089,26486,34103,30069,14950,30887,42823,30377,46439,22119,30551,30565,22376,22376,29015,
35204,30585,22870,18838,38966,30069,33880,10599,34135,26472,18293,34169,38406,9835,26965,38693,30089,42887,22647,
22151,34423,18553,30840,32888,34912,30329,22135,14230,30807,30342,34665,42854,33111,18025,17682,33658,38917,25991,
26710,34613,30328,30583,27031,1911,34168,14200,30584,28774,35187,26226,26214,30598,34680,30839,38795,55139,34423,
26729,21636,26248,26404,9588,30855,50998,30583,26487,27254,10103,34935,14183,26200,29300,10646,30288,25944,34423,
34935,31368,34714,10080,35192,26746,25814,27032,31095,1653,30825,46856,30311,30567,30855,34694,34663,34679,26473,
33910,2951,30563,26473,30311,34679,22645,26520,1907,38791,22650,25671,26505,24953,2153,26747,14087,30071,38774,26519,
30567,38774,34424,30568,29558,2855,30330,26745,30327,38519,26469,26503,1899,26759,22135,34314,34440,28807,22137,26711,
5895,30583,38775,26535,22391,38519,38520,26456,29831,10758,26233,30822,22135,30583,38486,26504,46984,18327,29815,
30219,30856,34151,30568,26727,14120,30583,34680,26264,26486,42615,38775,30550,26200,18760,30853,30564,30840,30600,
38726,30617,43127,2167,34167,22153,26760,30326,30583,26740,18247,30839,22407,34473,34679,39032,35192,30807,26215,
26744,26469,26196,30342,34425,30536,26744,30856,30615,34166,26006,26503,34662,34678,22373,30551,34407,30871,30631,
42631,34919,26744,26743,26249,22120,26472,34918,30584,30327,38792,22407,26247,43128,34437,30582,25989,43109,30823,
26470,34632,30631,34439,30311,34694,34647,30311,30084,25990,26742,26246,42344,30838,38263,34952,30853,42871,29832,
35191,30614,34456,30872,18833,22932,38695,30388,33927,21863,34935,38985,30581,26502,29814,26729,26249,38792,18327,
34568,34936,34407,10104,25974,30600,30598,30324,30325,17796,30854,34568,34454,30583,24951,22391,34679,26502,30583,
29303,34915,30332,34407,26775,30504,29816,34680,18296,29272,34951,30581,34180,38407,26234,30551,30471,30601,26503,
25239,14200,34422,26502,30583,29031,38528,30601,30550,30870,30631,34393,30343,51048,21096,30326,26150,29318,38664,
42872,26439,38662,30601,26487,30342,1895,34678,22391,30584,28790,42612,26480,30566,30871,30614,30569,34440,59238,
30582,26487,21909,30088,26486,1909,34678,47175,34680,26488,30839,26472,35192,22391,30583,28791,33944,30320,30312,
34439,30583,22377,34697,1891,39031,30856,21733,27274,21143,1654,34710,26456,34663,26487,26519,38774,42871,34438,30583,
29814,8857,34666,30825,30566,30567,30874,26506,1904,38775,26488,22021,26505,28808,10105,34923,14136,30840,30582,30375,
22391,46967,34678,30823,30567,519,34427,31081,34695,30567,38777,26265,42857,34935,30583,22024,30344,29560,42617,30570,
10040,34679,30567,25736,30839,42870,38791,35206,30583,535,30581,26742,26487,34679,38729,26504,51080,1911,34438,26524,
26504,30312,34695,34695,10055,30328,30583,29080,26487,34695,34679,31110,30584,17318,26726,30834,34695,30599,38696,
26247,30582,2167,26486,34250,30840,26232,38773,30580,1864,30567,10103,29335,34678,34920,34439,35479,30585,25976,30839,
30324,39014,34680,30217,30088,22375,46952,30565,30392,22377,22134,34676,30851,10040,34423,10358,29590,39031,30568,
26488,27254,30839,30055,30840,34681,34663,30598,26425,26231,14486,42840,30340,34678,26215,26487,30822,26499,34870,
30597,34919,30582,39031,35160,22356,30565,34678,30841,26741,42359,26488,30518,26727,34933,38775,29832,30871,30582,
34183,30343,46756,30854,30470,30597,26214,21880,46984,34650,22374,30582,30584,26489,30583,25991,26519,26118,30582,
30311,18296,29817,34952,30598,30064,34613,34417,34952,38664,30854,26487,25991,22423,30313,26484,26503,26487,26977,
34684,26231,26247,30246,30089,34695,1656,29576,34710,26263,30576,42759,30583,30822,38663,30601,34679,29079,1911,34152,
26486,30599,34679,34944,30332,26487,26519,30886,30587,34693,42857,24935,30599,26167,29040,42520,18297,26727,50980,
30361,30598,24999,1927,26232,22389,26775,25735,30581,30576,30582,38806,30647,34669,30597,59259,26487,30600,25991,
25472,22727,2166,30598,26138,30599,26247,25750,34695,18808,18310,30631,29814,43164,26480,34662,38839,30007,34446,
30597,10101,39287,22391,26327,27522,25002,1656,30626,18231,30838,18311,30327,42870,1911,38775,30936,29559,35191,30588,
30825,34695,30823,30590,26518,14448,50824,30584,17924,30600,28778,34683,30616,26439,30823,30599,30040,30582,1911,
46967,31703,30071,14855,30567,34925,26503,30854,22670,26505,51064,14455,30583,22086,22153,34424,42869,30605,34647,
30583,38775,25176,30583,2167,38775,31670,34679,2150,30582,30579,30584,30583,38795,30344,30584,1911,30596,26332,26760,
22648,34677,30842,30567,34679,22407,28983,34680,5751,30582,31383,30840,2471,34681,26736,30583,30584,38713,26264,18294,
34679,30597,34476,30584,22135,34677,30597,26487,30840,1911,25383,30584,13926,30598,26758,26745,2408,34695,30582,30584,
30599,26375,30344,26743,51047,34693,34680,30583,30840,30582,30609,14439,35176,6023,28952,34679,18073,26775,30087,
26486,30856,38775,34666,34407,30598,14088,26231,30599,38743,30865,30566,30583,30839,30579,26753,34648,22612,43142,
30840,34936,30840,22388,26470,30328,30326,26469,30584,30504,30775,34647,38742,42872,30328,39062,26231,34678,30294,
38755,30873,39015,30835,34952,30855,46759,34921,30581,30584,30839,26488,26487,26231,26630,30213,38247,30053,38793,
30072,38789,30071,30293,34615,30560,34696,38777,30579,30599,31126,38808,30585,26485,30583,31094,22385,30586,30328,
26631,30519,42888,30342,14199,29561,34933,26009,34420,46616,10359,30854,43096,34679,30598,30614,6055,30313,30326,
30327,31607,30848,30846,30310,22279,30646,43128,30871,22392,28793,38776,25944,29297,46680,1657,30854,34608,30587,
26471,30055,1944,33912,26740,30551,32375,35208,30326,34647,22535,30647,34664,26518,51051,25975,30585,21863,24689,
18154,14199,26742,18503,30347,30599,29224,30615,39033,6006,26407,32392,43662,30577,30565,34582,29959,18041,34420,
18299,35205,14473,21926,34960,32921,26491,26790,26507,34951,30855,28711,55174,39288,46967,30215,35958,44372,26490,
34941,42840,34439,26507,30584,30576,55158,26746,17957,30865,24647,38774,30882,38837,35192,42631,28695,22647,39031,
50824,29447,30580,32262,38791,39019,38759,30583,54906,22120,38774,1399,30835,18081,26263,35205,30581,38829,51095,
30583,18327,28950,30584,38792,34679,28712,30070,32423,51064,38736,34663,30823,55145,30599,22390,18023,26480,26045,
30344,30582,26486,30606,51079,30584,1911,29447,26487,34423,38774,32871,34664,10871,46967,39008,34679,34935,30313,
26472,30583,59238,26480,30062,25992,26744,30597,26500,38791,30839,1911,38407,26487,34678,34661,32871,30600,2680,46982,
34939,30838,34663,18183,26471,34664,38759,30850,31049,25992,30839,30582,26512,18328,35192,18552,33847,26488,30855,
26726,36983,30581,2697,38550,26491,34422,30822,13576,30583,38790,26711,30850,26661,30615,30855,22389,30321,34666,
18531,38792,22392,34616,34419,26485,26469,26712,34676,30612,34663,30790,25975,42583,30806,30839,34436,30326,22134,
42904,34632,18563,27047,34922,18528,38778,22663,34855,26225,18278,26455,34935,34406,30837,25943,25862,30295,46951,
30582,34661,34182,38534,22149,26508,42600,1650,30614,34683,26480,34444,22423,38920,26467,14213,30552,31095,30311,
30581,30343,22279,30263,34677,26503,30566,29304,34935,26245,30621,51049,9847,34695,30366,34400,38540,26455,30471,
30819,22148,26471,31095,25968,30329,38518,22599,30647,18036,26502,22646,29035,42616,22151,30349,46988,26475,30856,
21921,38260,30856,31000,2055,31591,18307,34679,31352,21867,31082,34679,18567,30935,18548,26485,34665,28796,55177,
17799,32923,13797,34425,34952,22208,30570,34437,30758,50969,34173,14194,30616,27252,17309,30805,38261,22694,30487,
26496,30854,30587,35210,21900,13960,24998,33120,42613,30918,26554,22121,38791,26743,42822,42083,59506,22440,31105,
37154,22087,25724,26502,34455,59265,34963,30566,35447,1928,9317,22165,39476,30595,26833,34695,31127,22663,26760,22119,
50792,55158,30358,31099,37001,1911,26244,43129,29559,54901,18592,26503,5495,22400,17552,26471,31094,22376,18109,42888,
31095,1927,31080,34920,59255,38791,42390,26509,37526,1927,34688,43384,30582,22135,22417,30583,51063,22400,13675,34167,
26740,30585,18061,38791,30071,6007,34919,30583,51335,34678,46199,26508,34183,1910,42618,34935,31351,1639,30324,34680,
39031,34640,18508,26231,30341,30842,26482,47016,30055,26455,39029,34935,42887,34933,41863,30840,18056,1911,34684,
34935,30839,5639,34119,34678,23143,34416,23098,25944,30294,34442,34930,34711,26471,34679,22422,30584,42903,22373,
41847,34419,1927,1928,34666,30313,31094,9480,34646,34951,10853,34368,26663,30295,26488,22393,30585,22425,22117,35190,
26743,30727,21873,22393,30839,9591,38262,31094,34438,26518,26217,30839,14727,30821,26737,34423,17799,38761,38762,
13973,26773,27018,5734,34678,30840,26632,22659,26491,30567,9864,38520,31606,22134,30647,26521,17797,26742,30341,31345,
38006,26215,26761,38539,26227,22391,27785,1923,30322,26471,34840,26724,30825,30583,13701,34680,27783,34167,30695,
30807,22390,30838,30565,30833,33656,18055,27031,46744,26761,26502,27774,9840,29824,26422,26456,27256,26746,30582,
34182,30581,32134,30071,26327,26759,30326,34408,30566,30323,38279,17766,23463,51081,38780,30343,19339,26240,30080,
22598,21655,25966,30057,26229,41861,26475,30567,29527,34983,26551,30328,25976,30614,28789,58999,26230,19319,1904,
34681,26503,6240,46896,30599,18549,50871,24696,22647,34678,29828,26503,29318,42053,31112,31031,43110,33718,30552,
30297,59497,16999,13878,23156,25970,30870,30583,33110,38808,19094,26534,22674,30581,26486,30062,34934,38983,42873,
2162,34952,43155,37571,26423,24184,22375,355,22567,39275,25973,30421,34648,31352,6022,18824,26502,14216,34694,2439,
30846,30840,38743,22150,18292,28791,13940,29345,30583,30871,26759,14691,26440,30583,30584,42892,30583,31590,18071,
23177,30328,14183,18311,3431,30844,34934,18295,13912,39035,29815,5526,16945,30583,30807,26485,19066,34375,26742,30839,
51334,30599,30326,34711,10121,30328,22103,26743,11639,30325,34695,1656,22635,35178,26759,18054,29443,26487,22631,
30325,19322,29783,30325,26759,55154,38807,25958,38758,1930,30343,26727,26231,15207,26209,38262,1399,22360,39034,31113,
30214,34310,26488,22903,34404,15001,30535,30582,34936,47448,38789,30292,30566,2472,30582,34953,26213,18822,34930,
13671,1398,34149,31097,31352,26119,35078,26489,31848,30725,22933,26935,30852,31079,39258,25223,46713,27008,34647,
21110,26999,34956,30343,22341,34167,30823,25734,34712,30822,18296,34679,30854,27011,29320,25977,38998,38521,14181,
34390,24695,42618,32128,34615,25496,30857,38508,34934,5959,30582,30566,25719,31128,30839,22119,39016,34695,30848,
25222,30073,26694,38809,38500,30535,21128,26508,36480,30550,30151,26745,30572,30327,1894,26487,34150,21095,31336,
34919,30566,38535,30631,31088,30072,21879,22583,47238,34664,30296,21609,1916,35714,34663,23991,30860,26492,30584,1895,
26471,28759,29543,27463,30599,34663,34697,30647,34928,22664,25975,22791,46951,34682,30328,18299,1899,38779,34919,
35990,28796,22396,30582,38758,26471,28807,29511,26470,26502,30823,18841,30551,25200,31336,33910,22024,10338,26749,
30582,31333,22344,42635,38519,30840,33890,18299,30582,46713,26503,27031,39431,29803,31303,30839,26790,30728,33872,
54919,25207,30726,22647,34405,42886,30837,37494,34950,26244,26486,31607,26442,51077,30588,30583,30583,35591,13944,
26760,18583,47223,30855,26759,34903,19590,22838,30328,33396,59336,22359,27271,14200,22388,26486,34677,34665,42630,
30598,34663,46951,30759,18032,24694,22390,43801,30311,34455,26471,27767,18503,30326,29814,59241,30582,32119,30599,
6022,30583,30581,22425,13942,30322,34422,59255,14407,34400,30310,34454,23575,30584,30087,26484,23179,31558,22117,
26487,51573,26486,30599,34695,1694,26486,26454,30601,6005,30819,34679,55159,14454,34677,27239,34903,31797,30567,34183,
30838,22903,31591,22390,31095,42857,30565,30343,30600,6044,30567,30486,26486,2164,30566,30328,38775,18071,38756,34934,
34822,27206,30567,34200,34823,30838,27238,30837,34935,34410,30565,26214,30600,1944,30343,18457,34934,2405,31111,26471,
30854,10136,26741,38499,22278,27238,30567,34184,30727,34947,35704,34437,34679,30552,17558,38504,33427,34886,29574,
27226,42364,30326,43111,34421,29287,21895,34150,38775,26471,46455,30600,34664,25448,34680,30535,34184,26963,30855,
16502,47224,41828,34662,32886,30826,38249,26245,46966,26487,24680,30072,30055,30343,30295,30105,30854,34410,26742,
26231,34647,38792,30580,26487,16501,59512,38759,30583,32887,35177,38506,30581,22391,30583,28743,25751,29558,26487,
30327,30600,27031,30585,30838,29814,26951,34697,30579,34631,24710,55415,35708,30822,28760,34169,34410,30582,2184,
30584,28759,21143,24711,30599,30086,22425,31255,30858,31863,30326,22631,42874,34950,30551,20615,26727,35737,30806,
30824,28805,18810,30327,1671,26744,31159,35015,24694,34950,22135,14744,27400,30043,27000,30069,13416,30566,26747,
25959,33127,9335,43158,42615,31368,27011,14203,22392,34441,30327,35479,36486,41079,31079,22135,44372,31079,29978,
33397,21879,26742,22402,31064,34727,38758,25799,26535,42632,30823,26709,26170,26487,34694,30581,26439,43623,13182,
29288,30600,52762,30616,30630,31366,15734,18806,30597,33685,18583,30583,36247,18071,47232,30580,26741,30825,55415,
30565,38775,18295,22359,5240,33638,26487,23591,30582,26551,26535,22905,22598,22644,28789,10341,22374,31383,34743,
59802,30582,34757,26536,55159,30567,34678,30822,9831,34416,36196,26741,23399,30327,26232,34967,22888,34631,22390,
28790,10359,26455,29878,30615,55438,30582,34711,34695,38773,30839,34678,34662,18280,38256,26979,30790,31110,34424,
30343,26424,30839,34887,30583,28790,22648,26471,30072,22376,47226,34679,29960,34678,22390,26488,30311,38743,22135,
38256,30562,30981,30581,34678,33911,26632,38792,30567,26503,32901,30343,22406,30328,34407,42904,26231,18186,30585,
14217,30838,26215,34919,14439,22132,34642,31046,34437,30583,30103,30473,39047,34935,34694,24695,34664,26504,22648,
29015,34933,31111,30585,30585,26982,42856,30583,28983,25990,25959,30326,35190,25960,29815,30584,30854,34934,35176,
34423,26742,30855,22904,22903,28728,34934,30326,30808,34680,30599,47256,34663,29015,30103,29559,30327,30838,21863,
25160,26488,31607,34950,39287,30311,26743,34678,22903,22647,28712,34678,33399,34918,34681,30583,59544,34679,29800,
17814,28792,30327,30567,18040,28680,26505,31623,30582,38791,34696,26535,30807,27511,34423,32822,34950,24712,30583,
43641,30327,50872,30583,31399,17031,28775,34423,22150,18554,28680,31079,24198,30839,38294,34681,34710,26471,27527,
42103,33334,30853,24696,29832,39577,30326,22711,34407,31463,26790,29560,34679,30055,47691,33351,30551,21126,18278,
26247,30586,30759,14199,31367,38535,42823,34966,29562,26231,17032,34679,14231,30326,30534,40679,42612,38500,29815,
59942,25030,34311,25462,18295,6023,22392,31400,6583,34423,23206,30503,39047,34440,34631,22280,18293,30583,26487,34614,
51656,25977,34154,30855,22359,29831,30424,27030,27254,5494,26486,31638,18838,34663,31655,22295,46726,34678,30647,
26952,22130,34665,30839,34679,6296,1406,31357,31606,30342,30342,30886,26296,35190,25976,26470,29749,26759,30567,30423,
38679,46958,34679,26551,26040,38773,30584,30583,26472,1927,21883,35178,27238,30102,30614,30359,22359,39542,38039,
26231,20613,26487,30854,25543,30487,51053,34679,26424,38536,42871,30328,34679,26471,26487,30325,30586,31031,22150,
30582,26503,22023,34679,25975,30342,28822,22134,26487,33702,30534,51305,34678,30473,31111,38520,30568,34678,30567,
18039,30579,34952,31238,30582,26503,25959,26632,34679,25975,26503,28775,26503,22391,29816,30263,46968,30565,30503,
26729,18043,30839,30567,34679,18294,5748,30569,27142,34918,30600,34182,30522,39016,30325,30342,33110,33927,38775,
30327,30776,39030,27000,30327,30327,26458,22632,34439,34391,25989,29561,18039,35702,22889,25398,34423,23157,30840,
43400,34168,30902,27015,31095,25959,34615,30582,31607,26742,34950,30568,26727,30327,31095,30326,33159,26231,31863,
26488,29206,30855,31334,30583,43111,38791,30661,31094,27015,25703,34375,30838,27767,26759,35207,30582,26438,38791,
31094,34167,29815,30327,27511,25977,28710,30584,27511,26744,38535,30583,30871,30855,22647,21367,34615,30854,31862,
31095,35959,34679,30486,34679,30871,25479,26743,34663,27255,37464,28775,30824,31334,22391,42631,26503,34839,30616,
22135,26519,31304,30854,31351,30824,33687,30580,43014,34935,30695,21654,31096,34696,31367,49770,28823,30775,28775,
18296,46743,30839,34583,34487,30568,35191,38952,26756,26747,30023,32871,34932,34823,30583,30551,26759,38775,34947,
31350,33383,30087,30534,25975,22134,50793,26744,34793,33719,30583,30247,38695,26500,30332,30103,31753,34677,26407,
34678,30519,26790,42612,34930,31624,17527,30855,30679,31366,26999,42903,30840,31624,32935,34678,30487,22311,22395,
30588,30695,31545,26487,26469,30583,30567,2215,13943,26491,31095,46453,30600,30391,30583,35448,30854,30584,31781,
28823,30599,31239,26375,26476,34681,30888,29881,26490,30822,30823,30583,6295,13962,34668,35192,34165,30599,30631,
26118,35190,30855,26471,34918,24711,34679,30487,30472,30587,30583,30471,29577,34443,30584,34695,30567,26774,13945,
38763,26999,22150,30583,26503,30471,35192,26503,26744,29366,24695,26470,30006,26375,34952,22390,30471,26762,42604,
26504,34934,26743,22663,10102,34683,31046,17782,30582,25431,26152,35192,26517,34408,25511,24711,14199,33815,30488,
30632,30580,30535,31132,34428,34677,38758,34679,22151,1668,22891,30473,13912,30312,30263,30331,39016,30102,34695,
37749,28806,51575,30022,43384,26743,30581,22120,34709,30315,22600,38774,30568,35175,33911,5735,31112,30296,29989,
34376,34679,34679,38806,30584,34744,26774,34951,30327,35191,30598,30837,26487,31366,30587,22295,30326,30839,38759,
30327,1911,31367,26728,30821,34680,31079,30584,30343,26231,34695,26486,26486,30326,34936,26502,30582,26487,32102,
30572,30471,30327,30599,38263,30839,6007,27783,35177,31367,30311,31350,26487,34183,26487,30983,26487,30327,31095,
31335,34934,30582,30583,34919,30587,30470,30598,26503,34167,35191,6263,31862,47704,31350,30567,31094,26488,38519,
30582,34840,30087,26487,35191,26471,30839,30582,30839,32934,30331,30471,34423,30903,25975,30583,1914,27767,43368,
32119,30519,30103,26486,42870,26471,34952,33671,22391,30599,30551,34676,26486,30599,33350,26476,30551,30327,30632,
26743,34680,1909,27239,26983,31639,30839,29319,22390,46951,30599,30647,29574,22392,29831,38759,30599,30584,26534,
35591,30574,34967,30327,30567,22918,38520,1904,26759,22375,30872,30615,30822,18296,55143,30839,35001,29078,30599,
30007,26487,30601,30583,30374,39785,30590,30583,30583,30519,14999,30582,2163,29831,26231,30583,30647,30998,31110,
42871,30583,31016,28823,22391,30215,22407,26489,30583,30535,30649,30590,30311,30327,30551,10375,13943,1655,29831,
38519,30855,31111,30471,35190,38759,30599,31495,29303,26487,30983,26487,13944,34694,26375,33178,30589,30567,26488,
30567,14727,10105,1674,29832,34151,30599,26503,26376,39303,38775,26455,22662,25446,22392,26888,26455,14215,34678,
26119,33419,30573,30343,34663,22374,30584,10361,5994,29782,26231,30853,25671,26472,31095,34420,26967,29862,25942,
13959,34567,22345,18072,38548,34406,38556,34171,34710,30313,30568,34934,5766,2442,29721,22424,26776,25640,30071,31367,
46951,30854,29830,30084,38807,29767,38535,22921,22356,26198,35463,30074,34393,38519,34614,30855,31365,30327,30311,
22120,27253,25719,26264,30568,34696,30344,30312,29815,34166,30343,34407,31336,26483,30310,31591,34428,38519,38774,
30791,34966,35446,18055,29799,26454,27510,30278,27050,26488,30086,26245,30474,29817,42870,34935,30838,27000,30320,
34919,26710,30330,30598,34678,30551,34967,30823,6247,29303,43110,31383,30262,31111,26487,30087,22392,34568,29800,
42888,31062,26487,30583,30576,34663,24726,34683,30359,30583,30599,34456,30327,1910,33143,38982,31350,30503,31367,
30584,30072,30856,30823,26248,30599,30550,25959,30821,34672,34711,24694,30588,30663,34935,30614,30343,30327,1915,
29047,30808,31111,34646,30855,26503,38263,34678,30871,30839,26503,30311,30551,30839,30576,30647,29463,30604,30646,
34935,30631,22151,30326,1912,29302,22631,30599,30615,29559,26742,34663,30583,30903,31351,26503,29830,26471,30843,
30576,30648,30982,30604,30599,30582,30359,18566,30583,6272,28790,18519,30615,30855,25415,26759,38520,30855,31175,
31879,30599,29815,34663,26219,30576,30583,31813,26490,30838,30567,30551,14487,26231,1904,24694,14695,30616,30631,
29959,22647,38521,30855,35160,31878,26503,29735,26487,26507,34672,30727,27318,30346,30839,30840,30551,2423,18039,1921,
28838,30823,30599,26535,30471,30838,42600,34935,35337,31639,30618,26376,34695,18295,34656,34566,26296,30328,26487,
30824,22359,14982,1672,6275,32934,38743,26262,30327,26439,39526,46935,34696,31763,27303,34473,31239,30583,22920,30593,
34599,29593,30568,30582,34920,26216,34967,10104,2164,28806,42873,26759,25686,30855,35447,46662,31112,27238,26789,
22166,30759,26471,22918,38531,38504,33948,34136,38552,30298,22153,39255,18024,2182,20536,42888,30616,21813,34948,
35462,59189,26759,23413,26261
};
static const int16_t layer_3_hidden_1_bias[96] = {
3033,-115,772,326,49,-144,-108,197,495,-231,1256,59,100,1287,1309,953,-203,-23,-145,-160,91,538,-508,-59,525,150,1227,
-493,382,280,-471,882,-45,-617,692,-351,336,-121,678,-190,186,74,781,141,2012,-696,608,-186,1552,3551,29,-183,1058,
162,146,394,-241,-204,991,1218,-488,-571,439,2494,237,112,214,-32,-138,988,-616,106,974,98,512,2829,12578,859,-290,
784,1866,896,1672,906,87,953,-602,1119,718,898,28,158,-436,232,-8351,-28
};
static const uint16_t layer_3_hidden_1_multipliers[96] = {
48846,17609,24249,29324,14488,7070,22295,14877,15655,7459,26981,23082,36742,37909,19563,4727,41817,15655,10978,25416,
34399,51967,4727,27759,3162,27370,22684,59385,9413,58607,50013,1018,8237,24249,62895,13710,11756,26592,7070,38307,
12534,15266,34399,9802,2583,10589,35177,32445,48059,31667,9802,11367,38298,36742,49226,50402,22684,4338,1606,1995,
12923,17609,28537,11756,57431,57820,240,10969,48059,32056,62506,12145,25027,11367,11756,65238,43373,17220,50791,5505,
8237,48059,34399,49226,33621,61719,11756,25805,35177,3162,22684,5903,35177,40650,58209,7459
};
static const uint8_t layer_3_hidden_1_shifts[96] = {
37,35,36,36,35,36,36,35,36,35,36,35,36,36,36,36,36,35,35,36,36,36,36,36,36,36,36,37,35,36,36,36,35,36,36,36,36,36,35,
36,35,35,36,35,36,36,36,36,36,36,35,35,36,36,36,36,36,36,36,36,36,36,36,36,36,36,35,35,36,36,37,35,36,36,36,37,37,36,
36,36,36,36,36,36,36,36,36,36,36,35,36,36,36,36,37,36
};
static const packed_dense_layer layer_3_hidden_1 = {layer_3_hidden_1_weights, 144, 96, 0, {NULL, NULL, layer_3_hidden_1_shifts, 0, 0, 255, 0}, {layer_3_hidden_1_bias, layer_3_hidden_1_multipliers, 16, 4, -7, 1, 1}, 24, 0};

static const uint16_t layer_4_hidden_2_weights[1344] = {
26951,26566,26487,38757,46422,35988,34662,40026,34233,43350,29814,26231,19581,25156,16521,29988,15750,34726,33639,
35143,30857,46471,21505,30614,46455,22359,26803,35414,38441,26406,47128,34679,35450,42807,36021,42650,35433,6293,
43410,43673,5238,17289,22182,38724,17176,18071,34968,39130,30343,39045,30562,26711,34406,24679,14008,30596,21080,
29988,15993,30917,34664,39014,30312,46453,17731,34963,46982,21592,30901,26454,38855,34904,39288,33624,50435,34939,
35495,43095,30583,29523,27287,33426,38311,42855,46505,27510,43129,30269,35097,34952,34423,31863,22711,33412,19111,
23177,39082,34934,30374,22278,22356,18439,29273,26311,26966,34439,27170,14488,18152,13671,23173,30084,42539,27573,
33928,31112,45974,18552,18552,1370,24983,27239,38520,18826,51559,38790,16761,30275,27256,59558,33928,38918,30378,
38518,13367,26274,42342,30839,34982,31061,25496,19621,22374,30811,46381,34921,35175,29784,31367,33650,26504,23722,
39356,35446,38247,26985,38535,43272,35191,14025,34950,30078,31092,26535,26232,18790,26897,26758,29755,27256,2167,
30566,34184,17978,26455,42424,33142,616,17544,14442,26741,35719,21573,6281,35368,34422,39047,18026,43109,35464,31146,
43365,6279,22423,32376,21928,46434,43369,27271,34696,34693,22358,34750,42619,30345,34136,30532,26213,14408,26184,
30615,24952,26999,34161,38230,38503,41844,35495,43398,26743,43877,29792,30039,2218,38740,21656,38441,33878,35256,
29069,42970,44692,34952,33572,30875,26759,14199,27302,20571,29778,19849,59302,34408,38663,34458,38247,17671,30899,
34421,31094,30870,35432,33895,26984,35303,35335,31623,26487,38756,21112,30054,34472,26214,10584,26881,25962,39575,
26755,31351,39028,6042,33687,35994,18327,14006,25720,34935,30762,26265,39025,12634,26756,39059,30549,38584,14984,
42889,30630,35222,50807,26548,42615,22361,4683,34917,18329,51529,38407,25911,26488,26505,18524,35963,26453,34425,
31911,34361,27303,22646,17256,39561,38754,34979,42886,36999,31159,43896,22903,47958,33892,26214,1932,38791,14456,
46487,42246,35176,18344,30630,18825,35738,25668,26424,22934,43060,18807,39365,26247,39596,18197,30503,29833,22392,
22150,27018,29845,39318,36504,39577,50822,26246,31365,38024,33915,54885,22889,31126,55671,30310,30338,25944,34278,
39556,42839,22387,10360,39031,33914,47251,27002,28810,39048,34360,26241,18249,33746,31078,46680,25716,18089,29832,
18090,38248,34616,31015,38513,24887,24652,35961,30084,18295,40074,38970,9560,2440,30344,16536,1669,29304,30424,35160,
10364,37766,30296,35174,14200,30364,22421,18568,32887,34217,5525,42139,34695,34967,42890,27526,34954,39544,14489,
18328,38724,22417,35688,34744,19318,34711,18054,22646,38278,42834,42615,14183,16905,39269,42067,30838,43120,2200,
30342,31415,25735,26806,26473,38517,26630,25719,34145,25161,29761,28041,59351,31111,38694,34216,46711,13923,35253,
38789,30343,26791,35128,34119,27143,38547,34935,39512,43849,43654,34698,31112,18856,31088,38520,19014,20856,33109,
29781,35190,18265,26222,38775,26234,34424,59671,42627,31080,26723,31064,42619,29286,47249,30891,48280,33878,26772,
14086,5400,34920,26793,37510,35465,26985,38005,39747,38986,34951,35206,31048,44100,14448,35704,29849,22168,30294,
34675,35704,33414,13706,30547,26770,30840,34744,14713,39079,30598,35207,54935,43120,42887,10087,8458,34440,18599,
31099,24724,30599,25178,26490,18550,26744,31142,30586,3223,51557,31175,30565,39046,26378,22118,27062,38538,39354,
40057,31095,29750,30618,38279,5306,35721,43406,13687,10616,29559,25751,1669,33688,38600,30359,26219,38774,34681,39304,
14730,49797,31319,42053,26712,34423,10169,39303,39004,42864,22953,38056,18262,26242,26769,47498,40102,41609,26276,
31155,26469,26980,25719,13764,26422,18504,31371,31602,22356,26439,18583,34138,34087,30856,20905,34490,23160,35445,
30853,26270,9831,18790,30904,30613,22377,39049,46440,52386,34711,25241,27048,22868,30130,31113,41636,27060,21865,
44122,14519,45928,30837,26760,30595,51798,13977,34712,18808,14728,48025,19205,30311,17835,18569,10650,26727,31354,
34343,30774,42901,37723,17751,1944,26264,31080,23669,34170,47479,30926,26279,34373,33628,10071,22632,34424,18344,
30584,11112,55654,35494,27283,9860,39045,31334,32139,23172,30632,35718,39000,30582,1686,21863,27720,29988,38326,25905,
30852,58743,42873,34711,26775,43481,30289,29604,34394,35158,23252,30579,33624,18728,39396,31047,30855,26679,30597,
18339,30104,34455,22164,18519,35616,18043,30999,13385,10888,26489,9658,1670,17240,34760,35111,2667,37766,30280,35444,
22119,42881,34678,35191,26951,2170,25016,38794,17799,1928,33927,34985,18965,26694,38758,22438,51851,46694,33669,42839,
34873,35942,34885,26247,38501,10362,35523,31158,30070,26519,35174,30217,22360,27334,35754,39063,31882,31350,25636,
21914,21879,9112,35161,34936,35206,17780,18314,21832,25959,39817,43079,20597,34454,1946,26265,22359,42597,34441,46739,
30922,43398,38022,31111,22581,17529,35448,30646,34164,31638,59253,25748,42608,45959,30840,43366,2727,30086,30615,
29575,26774,26745,38503,18179,26215,34149,39286,21399,39059,31383,35108,51286,26452,34630,38009,35034,31673,43125,
26473,33945,38198,35383,47219,38276,31050,44116,31382,42633,31111,6792,31104,34167,34631,20743,42405,42836,45961,
32904,37984,23178,27318,51813,34453,38485,38473,30407,27013,42343,33369,6755,1672,39321,31897,21816,33031,30073,41323,
9911,21913,31112,26504,26727,34883,18768,21334,39576,30363,23444,35142,5416,42615,27019,34903,43145,26521,42598,39302,
35448,39046,37685,27579,47479,27204,39076,30793,17979,34951,35463,35146,22971,26201,22456,30553,29542,30616,24953,
34476,23432,35190,34950,31118,6248,18294,35752,33350,37413,30856,46697,22650,30023,30362,38536,58903,29652,38775,
31056,31381,39036,57990,35443,37462,13670,30097,14747,39333,34393,38051,28038,33159,31046,30081,34192,38725,2358,
34955,30566,27256,30568,22435,23413,34950,22357,22122,1669,43845,38552,34155,34983,26797,25734,30310,33627,10105,
18311,30840,22934,26762,2682,51030,35224,35217,26181,23161,26914,31129,33989,34728,38820,18224,18504,46410,38246,
27559,21109,46748,22917,38774,37498,38946,30586,34206,39065,29317,29888,14696,29864,27031,38534,29894,30213,22643,
13912,37448,31145,30807,42628,29968,22428,34503,13639,26513,30097,35203,18002,9782,22887,30826,26538,25975,43408,
30754,30328,26662,30327,34984,26804,30614,43912,50296,18308,18310,17782,22932,26215,10371,26153,34395,18807,30832,
26739,26536,17528,47753,38770,38775,34678,41830,36006,52087,30566,40310,38521,30569,2473,60310,13974,38513,38264,
28999,34679,30360,1927,30345,34215,39541,34948,43651,46998,54358,22949,47533,39064,38523,38986,48297,40169,43143,9895,
38776,39591,27223,34697,37893,26774,38539,39032,33332,26036,18233,30730,25703,35447,37544,34423,6475,33606,30299,
22982,30328,29300,26005,29015,34219,14727,30823,31109,26780,10345,34662,39578,26470,51562,46245,31385,39207,38748,
2145,26921,29528,17798,21894,38227,30328,38743,38310,30872,27272,26134,25930,34664,39800,34696,1658,28757,30902,30854,
31113,31369,26998,31078,30071,26696,26984,12669,34952,31079,34405,28010,17499,6486,14934,38280,42136,30789,19316,
13061,39063,22919,31113,33956,31066,33432,9940,26743,42632,42896,30071,31012,42938,35384,27191,31083,26518,26757,
27013,34981,22628,22901,32052,12937,18070,18052,29976,21896,39591,40058,46245,23704,39320,25347,30537,18069,17017,
31320,42307,29368,39241,29316,35446,12364,46732,39074,30827,31076,26760,43398,10101,31192,30563,38264,21767,22407,
35206,34409,34969,47241,30586,25865,34951,38775,4777,30808,34649,30599,39734,22615,31352,26121,27322,34971,30588,
25734,26499,43657,22122,31770,35171,41896,34361,23223,31350,33849,42890,42394,25964,35400,35220,51064,1194,35193,
34326,25945,14986,30888,1724,18038,18554,42376,33558,3192,1158,25944,23410,38021,34201,35461,38008,29323,55121,26985,
27029,55431,29829,26225,30281,35049,35475,38487,35702,21686,26729,30903,30871,30984,38314,31653,30617,42824,22918,
35176,30601,26953,28934,19011,5750,43127,39848,30836,29221,21865,33671,13448,34201,34905,30888,18326,55442,50597,
39541,55399,14715,30870,39289,14967,2198,41094,30613,23302,34712,18225,42581,22627,42873,26712,30313,13941,26264,
34934,22117,21635,24122,27513,22581,37827,30551,43833,34457,27289,30742,38492,1876,26730,25479,14007,25991,22390,
46678,43128
};
static const int16_t layer_4_hidden_2_bias[56] = {
-1370,913,10,493,1026,-318,102,1025,-899,-672,-334,-892,-894,426,353,192,-702,-360,310,-761,-33,122,258,-958,-263,
-680,-829,-400,-771,-1008,-1333,-783,-341,633,221,38,1167,736,-308,442,80,-240,-753,-55,-13,-654,-180,402,588,-1530,
-55,340,89,586,-242,320
};
static const uint16_t layer_4_hidden_2_multipliers[56] = {
28500,38135,42668,30427,7597,33712,26463,43457,40172,27821,50706,41530,16039,20003,16039,29638,25784,30317,7542,44136,
51954,9414,41420,40062,44026,39603,33602,48100,29638,32923,42099,50706,1137,8331,23178,44705,49348,20003,2440,10937,
17287,11396,25784,47990,50706,44136,45953,42099,3743,44136,37456,32354,41420,6184,32354,16149
};
static const uint8_t layer_4_hidden_2_shifts[56] = {
34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,33,34,34,34,34,34,34,
34,34,34,34,34,34,34,34,34,33,34,34,34,34,34,34,34
};
static const packed_dense_layer layer_4_hidden_2 = {layer_4_hidden_2_weights, 96, 56, 0, {NULL, NULL, layer_4_hidden_2_shifts, 0, 0, 255, 0}, {layer_4_hidden_2_bias, layer_4_hidden_2_multipliers, 16, 4, -7, 1, 1}, 14, 0};

static const uint16_t layer_5_hidden_3_weights[560] = {
25142,35700,38792,21888,34579,30853,13414,25943,50742,25639,41059,18056,10341,27189,18325,13706,23160,22857,27700,
54068,26791,23418,30505,38807,41399,47764,18342,37704,13417,10404,39019,31559,27539,26711,30121,34345,38008,43945,
13716,19046,17609,26121,38546,30582,30837,30621,51592,25447,47977,41575,26971,41317,26774,27015,38183,13932,30580,
30560,34197,14421,32929,39783,9784,25895,14198,14951,22650,23173,55381,55173,18343,33639,38761,25227,40311,10132,
26443,6304,30055,30409,37973,17511,10052,26452,13704,16953,30265,46648,15942,45078,1686,6740,36948,26521,33430,38292,
43384,43366,33596,31111,21831,43104,38282,29269,39303,21077,43012,31385,25929,22360,56657,26774,26152,27289,14194,
43364,14457,14167,46970,39061,14490,42902,41305,22375,50057,51859,35194,34408,21623,18568,28807,22680,30315,41829,
31109,45992,21792,21866,26473,26740,42853,18266,19300,26709,8805,43130,1410,30361,14246,30103,22168,30295,45384,20585,
27447,18313,29833,9859,41571,35211,30565,25655,21571,17430,26381,22792,25704,48070,22089,38778,34682,9403,23683,43161,
22678,37795,27047,25927,14248,30279,34885,30647,18331,40085,13733,35114,18136,43559,34186,31075,26505,26215,30299,
30567,22880,33720,26008,25638,47670,29011,17784,4155,22336,17304,34408,13718,26248,26163,31364,37768,22700,38566,5735,
30307,39035,35189,33947,21350,10368,9066,46952,22875,26728,30887,22296,43339,17283,38488,27303,21943,39477,22116,
38520,29576,26441,18310,34837,28038,22922,6234,26476,34903,5702,6552,38996,26995,34232,12898,18004,30312,17990,41862,
37989,30027,35621,17321,34375,10609,37221,26502,15015,22339,25460,19335,42596,25417,55639,34437,34904,25144,26961,
18277,18790,14407,34149,29960,17815,51877,29834,17268,30840,21655,22401,38839,17207,22082,24696,22149,59012,26509,
38007,34373,26262,8727,22313,9013,42007,34917,14443,38740,17510,26517,25865,5461,26757,38979,30088,45941,30730,37988,
13703,43154,46490,25168,38808,21398,47652,22666,25929,21817,14969,38852,36968,26436,49514,50834,31318,43384,17781,
27289,35401,31336,14873,26742,22967,29577,42858,30777,11605,13618,21578,51237,34917,22166,15251,17574,33897,22597,
43850,26153,25687,21915,19270,34824,14730,27527,6086,6055,25990,38295,17797,44102,27242,34421,43382,27188,32938,39030,
34150,30281,46168,22696,27512,43879,31398,41080,26505,35098,19335,22341,24883,22376,30344,17701,25721,25928,19025,
52119,21595,38997,26023,47975,15002,39077,31601,26502,24728,21541,34406,13383,34439,28248,22649,43110,34456,55429,
14487,46633,10122,30596,26197,18244,9047,18231,21877,42052,34680,25190,14392,45861,2454,23155,30104,34164,54423,29832,
38744,34648,37656,17495,46592,42549,46695,34937,6503,23429,27205,14982,38571,43654,17301,22423,10359,38736,30790,
22661,30902,16502,30632,28825,25942,25955,17541,27464,27492,1177,26282,30561,42326,33880,27029,17798,21073,6228,36902,
38949,27008,47285,27255,34710,35204,21894,34469,26025,37643,18967,29812,27828,29607,27529,28811,26732,47211,25446,
31094,42409,34560,38506,26746,18597,6248,21395,29556,34658,25737,20616,30073,33846,38660,25912,23158,38039,33290,8792,
43129,34679,8776,26723,31074,22454,21353,31321,22887,25670,30904,22388,31371,34967,25945,59716,21412,28809,25682,
38533,25640,18810,14419,29829,43383,29623,39216,43413,38729,42798,27035,26971,39496,14458,29814,38755,21592,30576,
31081,9027,43421,13159,42329,27001,13669,26954,23480,51302,29481,29590,42874,23155,26235,21891,34418,21707
};
static const int16_t layer_5_hidden_3_bias[40] = {
881,985,395,1441,336,126,171,579,1089,596,1308,465,610,778,805,758,400,238,717,323,672,612,813,430,655,666,524,179,
790,181,477,617,423,279,757,35,476,836,728,531
};
static const uint16_t layer_5_hidden_3_multipliers[40] = {
8197,15547,20319,40888,60336,38550,54275,7004,13137,25235,56613,57830,39671,44515,32489,9510,48238,5787,21512,5859,
15547,52986,4666,57926,2244,4666,16764,36116,19102,2244,14330,53082,61553,46949,50600,15547,55420,33706,43394,10631
};
static const uint8_t layer_5_hidden_3_shifts[40] = {
34,34,34,35,35,34,34,34,34,34,35,35,34,35,34,34,35,34,34,34,34,35,34,35,34,34,34,35,35,34,34,34,35,35,34,34,35,34,34,
34
};
static const packed_dense_layer layer_5_hidden_3 = {layer_5_hidden_3_weights, 56, 40, 0, {NULL, NULL, layer_5_hidden_3_shifts, 0, 0, 255, 0}, {layer_5_hidden_3_bias, layer_5_hidden_3_multipliers, 16, 4, -7, 1, 1}, 10, 0};

static const uint16_t layer_6_probs_weights[100] = {
26706,34164,42037,25995,14437,34231,9848,26768,30503,19064,8599,31398,17474,14648,41845,1114,22948,30592,25731,33418,
22936,33623,13666,33861,37811,10614,21337,38165,38984,33937,29593,21607,33929,21338,29586,25511,18500,38802,29879,
29299,6775,18488,2212,33635,33673,36937,10368,26197,10131,14681,4921,26899,31027,9112,37450,38297,26177,30569,33170,
10105,38279,38505,21129,10376,10072,34098,22914,34961,12889,39480,6679,30489,22616,25495,35156,5698,29079,31062,18757,
17829,14755,22181,25226,21317,19334,13142,33367,46954,22855,30054,39496,29571,14420,18056,35684,13702,38723,26950,
42608,2167
};
static const int16_t layer_6_probs_bias[10] = {
14,281,62,26,-52,-73,8,84,-213,-53
};
static const uint16_t layer_6_probs_multipliers[1] = {
2247
};
static const uint8_t layer_6_probs_shifts[1] = {
35
};
static const packed_dense_layer layer_6_probs = {layer_6_probs_weights, 40, 10, 0, {NULL, NULL, layer_6_probs_shifts, 172, 0, 255, 0}, {layer_6_probs_bias, layer_6_probs_multipliers, 16, 4, -7, 1, 0}, 2, 2};

/* -------------------------------------------------------------------- model */

/* What follows the last row of pixels. */
static int finish_image(micro_int4_arena *arena, int8_t logits[MICRO_INT4_CLASSES]);

void micro_int4_start(micro_int4_arena *arena) {
  start_stream(&layer_1_halved_stream, arena->words + 49);
}

EDGE_NARROW int micro_int4_push_row(micro_int4_arena *arena, const uint8_t row[MICRO_INT4_COLUMNS],
                        int8_t logits[MICRO_INT4_CLASSES]) {
  uint8_t *values = find_next_row(&layer_1_halved_stream, arena->words + 49);
  for (int i = 0; i < 28; i++) values[i] = row[i];
  run_stream(&layer_1_halved_stream, (uint8_t *)(arena->words + 0), arena->words + 49);
  if (!has_all_rows(&layer_1_halved_stream, arena->words + 49)) return -1;
  const int found = finish_image(arena, logits);
  micro_int4_start(arena);
  return found;
}

static EDGE_ALONE int finish_image(micro_int4_arena *arena, int8_t logits[MICRO_INT4_CLASSES]) {
  run_move(&layer_2_inner, (uint8_t *)(arena->words + 0), (uint8_t *)(arena->words + 49));
  run_packed_dense(&layer_3_hidden_1, (uint8_t *)(arena->words + 49), (uint8_t *)(arena->words + 85), arena->words + 85);
  run_packed_dense(&layer_4_hidden_2, (uint8_t *)(arena->words + 85), (uint8_t *)(arena->words + 0), arena->words + 0);
  run_packed_dense(&layer_5_hidden_3, (uint8_t *)(arena->words + 0), (uint8_t *)(arena->words + 14), arena->words + 14);
  run_packed_dense(&layer_6_probs, (uint8_t *)(arena->words + 14), (uint8_t *)(arena->words + 0), arena->words + 0);
  const uint8_t *outputs = (uint8_t *)(arena->words + 0);
  for (int j = 0; j < MICRO_INT4_CLASSES; j++) logits[j] = (int8_t)(outputs[j] - 128);
  return find_largest(logits, MICRO_INT4_CLASSES);
}

int micro_int4_classify(const uint8_t pixels[MICRO_INT4_PIXELS], int8_t logits[MICRO_INT4_CLASSES],
                        micro_int4_arena *arena) {
  int found = -1;
  micro_int4_start(arena);
  for (int row = 0; row < MICRO_INT4_ROWS; row++) {
    found = micro_int4_push_row(arena, pixels + row * MICRO_INT4_COLUMNS, logits);
  }
  return found;
}

