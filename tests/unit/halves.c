/* Records of even and odd size come back from their halves. */
#include "density/halves.h"
#include "tap.h"

#include <string.h>

enum { D_MAX = 9 };

static void there_and_back(size_t d)
{
	double x[D_MAX], even[D_MAX] = {0}, odd[D_MAX] = {0}, back[D_MAX] = {0}, wide[D_MAX] = {0};
	float narrow[D_MAX], even_floats[D_MAX], odd_floats[D_MAX];
	bool placed = true;
	for (size_t j = 0; j < d; j++) {
		x[j] = (double)j + 1;
		narrow[j] = (float)x[j];
	}
	halves_split(d, x, even, odd);
	halves_join(d, even, odd, back);
	halves_split_floats(d, narrow, even_floats, odd_floats);
	halves_join_floats(d, even_floats, odd_floats, wide);
	for (size_t j = 0; j < d; j++)
		placed = placed && (j % 2 == 0 ? even : odd)[j / 2] == x[j];
	size_t neven = halves_size(d, HALF_EVEN), nodd = halves_size(d, HALF_ODD);
	ok(neven + nodd == d && neven - nodd == d % 2 && even[neven] == 0 && odd[nodd] == 0,
	   "%zu elements: %zu and %zu", d, neven, nodd);
	ok(placed, "element j is number j / 2 of half j %% 2");
	ok(memcmp(x, back, d * sizeof(*x)) == 0 && memcmp(x, wide, d * sizeof(*x)) == 0,
	   "the halves make the record");
}

int main(void)
{
	for (size_t d = 1; d <= D_MAX - 1; d++)
		there_and_back(d);
	ok(halves_moved(1, 0) == HALF_EVEN && halves_moved(1, 1) == HALF_ODD &&
	       halves_moved(0, 0) == HALF_ODD && halves_moved(0, 3) == HALF_EVEN,
	   "coupling i moves the even half if mask_config + i is odd");
	return tap_end();
}
