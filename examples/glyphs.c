/*
 * glyphs: handwriting-like characters, 28 x 28 grey levels, drawn from strokes. A data set that
 * needs no download: ten digits by pen, and ten kana by brush, which fill their frame as those of
 * Kuzushiji-MNIST do.
 *
 *     glyphs digits|kana N SEED            N raw u8 records of 784 bytes
 *     glyphs digits|kana N SEED labels     their classes instead, N bytes
 *
 * Character number i depends on (SEED, i) alone. Strokes are smooth curves (Catmull and Rom's
 * splines) through points on a grid of 100 x 100; a stroke that ends where the next one begins is
 * a corner. Every character has its own slant, turn, size, place, pen and wobble.
 */
#include "base/decimal.h"
#include "base/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS, KANA };
enum { SIDE = 28, MAX_POINTS = 24, MAX_STROKES = 6, PIECES = 8 };

/* Strokes are separated by '|', points by spaces. */
static const char *const shapes[2][10] = {
    [DIGITS] =
	{
	    "50,8 28,20 20,50 28,82 50,94 72,82 80,50 72,20 48,7",
	    "36,24 47,15 54,6 | 54,6 53,50 52,95",
	    "24,28 34,10 60,8 74,26 62,52 38,76 20,92 | 20,92 50,90 82,92",
	    "24,16 48,7 70,18 66,38 44,47 | 44,47 72,55 78,76 58,94 22,87",
	    "60,8 40,36 18,64 | 18,64 50,63 84,62 | 62,34 60,64 58,96",
	    "76,10 50,11 32,12 | 32,12 30,28 28,44 | 28,44 54,40 76,56 72,82 46,94 20,86",
	    "66,7 40,28 24,60 30,86 52,94 74,82 72,60 50,53 28,70",
	    "20,12 50,12 80,10 | 80,10 58,46 42,95",
	    "50,49 28,34 34,12 56,7 72,22 66,38 50,49 28,66 26,86 50,95 74,86 72,66 49,49",
	    "74,30 58,48 34,44 28,24 44,8 66,10 75,28 72,60 60,95",
	},
    [KANA] = {
	/* i */ "20,22 18,52 26,78 40,66 | 70,28 80,46 84,66",
	/* ko */ "26,22 52,20 76,22 66,30 | 22,68 34,84 58,88 84,82",
	/* to */ "34,10 41,30 47,45 | 78,28 47,45 28,64 36,84 58,91 84,86",
	/* no */ "52,22 46,54 28,80 13,64 20,34 46,17 76,24 90,52 78,80 54,93",
	/* ha */
	"20,12 16,46 20,90 27,76 | 42,34 62,34 88,30 | 66,10 66,50 66,76 52,92 42,82 54,72 70,78 "
	"88,92",
	/* ma */
	"20,24 50,25 82,22 | 24,45 50,46 78,43 | 52,8 52,50 50,80 34,92 22,82 34,72 56,77 82,92",
	/* me */ "26,22 32,50 48,80 | 62,12 52,48 34,78 18,82 16,62 36,40 64,36 84,52 80,76 60,92",
	/* mo */ "52,8 46,40 44,72 58,92 80,80 82,60 | 24,34 50,36 74,33 | 22,58 48,60 72,56",
	/* ri */ "32,14 28,40 35,52 44,38 | 68,10 73,46 63,78 42,95",
	/* ro */ "26,14 52,14 72,12 | 72,12 46,40 18,68 | 18,68 48,48 78,54 82,76 62,93 38,92",
    },
};

struct point {
	double x, y;
};

struct stroke {
	struct point points[MAX_POINTS];
	int npoints;
};

/* One character's hand. Lengths in units of the grid, but for the pen's, in pixels. */
struct hand {
	double slant, turn, width, height, x, y, pen, ink;
	double box; /* side, pixels */
	double wobble_size, wobble_x, wobble_y;
};

static double between(struct rng *r, double low, double high)
{
	return low + (high - low) * rng_uniform(r);
}

static int parse_strokes(const char *text, struct stroke *strokes)
{
	int n = 0;
	strokes[0].npoints = 0;
	for (const char *p = text; *p;) {
		char *end;
		if (*p == '|') {
			strokes[++n].npoints = 0;
			p++;
		} else if (*p == ' ') {
			p++;
		} else {
			double x = strtod(p, &end);
			double y = strtod(end + 1, &end);
			strokes[n].points[strokes[n].npoints++] = (struct point){x, y};
			p = end;
		}
	}
	return n + 1;
}

static struct hand draw_hand(int kind, struct rng *r)
{
	return (struct hand){
	    .slant = between(r, -0.10, 0.42),
	    .turn = between(r, -0.12, 0.12),
	    .width = between(r, 0.72, 1.05),
	    .height = between(r, 0.90, 1.04),
	    .x = between(r, -4, 4),
	    .y = between(r, -4, 4),
	    .pen = kind == DIGITS ? between(r, 0.75, 1.45) : between(r, 0.9, 1.8),
	    .box = kind == DIGITS ? 20 : 25,
	    .ink = between(r, 235, 265),
	    .wobble_size = between(r, 0, 2.4),
	    .wobble_x = between(r, 0, 6.3),
	    .wobble_y = between(r, 0, 6.3),
	};
}

/* From the grid to pixels: the character's box stands in the middle. */
static struct point place(const struct hand *h, struct point p)
{
	double x = p.x - 50 + h->wobble_size * sin(p.y / 13 + h->wobble_x);
	double y = p.y - 50 + h->wobble_size * sin(p.x / 13 + h->wobble_y);
	x = h->width * x - h->slant * y;
	y = h->height * y;
	double turned_x = x * cos(h->turn) - y * sin(h->turn) + h->x;
	double turned_y = x * sin(h->turn) + y * cos(h->turn) + h->y;
	return (struct point){SIDE / 2.0 + h->box / 100 * turned_x,
	                      SIDE / 2.0 + h->box / 100 * turned_y};
}

/* Catmull and Rom: through b and c, with the slopes of their neighbours. */
static struct point spline(struct point a, struct point b, struct point c, struct point d, double t)
{
	double w[4] = {((2 - t) * t - 1) * t / 2, ((3 * t - 5) * t * t + 2) / 2,
	               ((4 - 3 * t) * t + 1) * t / 2, (t - 1) * t * t / 2};
	return (struct point){w[0] * a.x + w[1] * b.x + w[2] * c.x + w[3] * d.x,
	                      w[0] * a.y + w[1] * b.y + w[2] * c.y + w[3] * d.y};
}

static double distance(struct point p, struct point a, struct point b)
{
	double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
	double t = length2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2 : 0;
	t = fmin(fmax(t, 0), 1);
	return hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/* Lowers the distances to the pen's way where the piece from a to b is nearer. */
static void draw_piece(double nearest[SIDE][SIDE], struct point a, struct point b)
{
	int top = (int)fmax(fmin(a.y, b.y) - 3, 0), left = (int)fmax(fmin(a.x, b.x) - 3, 0);
	int bottom = (int)fmin(fmax(a.y, b.y) + 4, SIDE),
	    right = (int)fmin(fmax(a.x, b.x) + 4, SIDE);
	for (int i = top; i < bottom; i++) {
		for (int j = left; j < right; j++) {
			struct point centre = {j + 0.5, i + 0.5};
			nearest[i][j] = fmin(nearest[i][j], distance(centre, a, b));
		}
	}
}

static void draw_stroke(double nearest[SIDE][SIDE], const struct hand *h, const struct stroke *s)
{
	const struct point *p = s->points;
	int last = s->npoints - 1;
	struct point from = place(h, p[0]);
	for (int i = 0; i < last; i++) {
		for (int k = 1; k <= PIECES; k++) {
			struct point to =
			    place(h, spline(p[i > 0 ? i - 1 : 0], p[i], p[i + 1],
			                    p[i + 2 <= last ? i + 2 : last], (double)k / PIECES));
			draw_piece(nearest, from, to);
			from = to;
		}
	}
}

/* Corners stay corners: a point that begins a stroke moves with the one that ended the last. */
static void move_points(struct stroke *strokes, int nstrokes, struct rng *r)
{
	struct point old = {-1, -1}, moved = old;
	for (int s = 0; s < nstrokes; s++) {
		for (int i = 0; i < strokes[s].npoints; i++) {
			struct point *p = &strokes[s].points[i];
			struct point was = *p;
			if (i == 0 && was.x == old.x && was.y == old.y)
				*p = moved;
			else
				*p = (struct point){was.x + 1.7 * rng_logistic(r) / 1.8,
				                    was.y + 1.7 * rng_logistic(r) / 1.8};
			old = was;
			moved = *p;
		}
	}
}

static void draw(int kind, uint64_t class, struct rng *r, unsigned char image[SIDE * SIDE])
{
	struct stroke strokes[MAX_STROKES];
	double nearest[SIDE][SIDE];
	int nstrokes = parse_strokes(shapes[kind][class], strokes);
	struct hand h = draw_hand(kind, r);
	move_points(strokes, nstrokes, r);
	for (int i = 0; i < SIDE * SIDE; i++)
		nearest[i / SIDE][i % SIDE] = SIDE;
	for (int s = 0; s < nstrokes; s++)
		draw_stroke(nearest, &h, &strokes[s]);
	for (int i = 0; i < SIDE * SIDE; i++) {
		/* A pixel's share of ink falls from 1 to 0 over 1.4 pixels across the edge. */
		double share = 0.5 + (h.pen - nearest[i / SIDE][i % SIDE]) / 1.4;
		double grey = fmin(fmax(share, 0), 1) * h.ink;
		image[i] = (unsigned char)fmin(grey, 255);
	}
}

static int parse_kind(const char *text)
{
	return strcmp(text, "digits") == 0 ? DIGITS : strcmp(text, "kana") == 0 ? KANA : -1;
}

int main(int argc, char **argv)
{
	uint64_t n, seed;
	int kind = argc > 3 ? parse_kind(argv[1]) : -1;
	int labels = argc == 5 && strcmp(argv[4], "labels") == 0;
	if (kind < 0 || argc > 4 + labels || !decimal_parse_u64(argv[2], 0, UINT32_MAX, &n) ||
	    !decimal_parse_u64(argv[3], 0, UINT32_MAX, &seed)) {
		fputs("usage: glyphs digits|kana N SEED [labels]\n", stderr);
		return 2;
	}
	for (uint64_t i = 0; i < n; i++) {
		unsigned char image[SIDE * SIDE];
		struct rng rng;
		rng_init(&rng, seed, RNG_SAMPLES, i * 2 + (uint64_t)kind);
		uint64_t class = rng_below(&rng, 10);
		if (labels) {
			putchar((int)class);
		} else {
			draw(kind, class, &rng, image);
			fwrite(image, 1, sizeof(image), stdout);
		}
	}
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("glyphs: standard output");
		return 1;
	}
	return 0;
}
