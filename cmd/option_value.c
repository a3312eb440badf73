/* Option tables: arguments to values. */
#include "option_parts.h"

#include "base/checked.h"
#include "base/decimal.h"
#include "base/element.h"
#include "linear/precision.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const struct option_choice option_elements[] = {
    {"u8", ELEMENT_U8}, {"f32", ELEMENT_F32}, {"f64", ELEMENT_F64}, {0}};
const struct option_choice option_precisions[] = {
    {"f32", PRECISION_F32}, {"bf16", PRECISION_BF16}, {0}};

uint64_t option_count(const char *option, const char *arg, uint64_t min, uint64_t max)
{
	uint64_t value;
	if (!decimal_parse_u64(arg, min, max, &value))
		cli_usage("%s: '%s' is not an integer from %" PRIu64 " to %" PRIu64, option, arg,
		          min, max);
	return value;
}

double option_real(const char *option, const char *arg, double low, double high)
{
	double value;
	if (!decimal_parse_double(arg, strlen(arg), &value) || !isfinite(value))
		cli_usage("%s: '%s' is not a finite number", option, arg);
	if (value < low || value > high)
		cli_usage("%s: '%s' is not a number from %g to %g", option, arg, low, high);
	return value;
}

void option_dims(const char *option, const char *arg, unsigned max_rank, struct dims *dims)
{
	char copy[3000]; /* 255 sizes of up to 10 digits */
	uint64_t size, product = 1;
	char *part = copy;
	if (strlen(arg) >= sizeof(copy))
		cli_usage("%s: '%s' is too long", option, arg);
	strcpy(copy, arg);
	dims->rank = 0;
	for (char *next = copy; next; part = next) {
		next = strchr(part, 'x');
		if (next)
			*next++ = '\0';
		if (dims->rank == max_rank || !decimal_parse_u64(part, 1, UINT32_MAX, &size) ||
		    !checked_mul(product, size, &product) || product > SIZE_MAX / 16)
			cli_usage("%s: '%s' is not a size such as 28x28 (at most %u dimensions)",
			          option, arg, max_rank);
		dims->sizes[dims->rank++] = (uint32_t)size;
	}
	dims->nelements = (size_t)product;
}

int option_choose(const char *option, const char *arg, const struct option_choice *choices)
{
	char list[200] = "";
	for (const struct option_choice *c = choices; c->name; c++) {
		if (strcmp(arg, c->name) == 0)
			return c->value;
		size_t used = strlen(list);
		snprintf(list + used, sizeof(list) - used, "%s%s", used ? ", " : "", c->name);
	}
	cli_usage("%s: '%s' is not one of %s", option, arg, list);
}

void option_store(const struct option_spec *s, const char *option, const char *arg, void *options)
{
	void *field = (char *)options + s->offset;
	switch (s->kind) {
	case OPTION_FLAG:
		*(bool *)field = true;
		break;
	case OPTION_INPUT:
	case OPTION_OUTPUT:
	case OPTION_TEXT:
		*(const char **)field = arg;
		break;
	case OPTION_COUNT:
		*(uint64_t *)field = option_count(option, arg, s->min, s->max);
		break;
	case OPTION_SIZE:
		*(size_t *)field = (size_t)option_count(option, arg, s->min, s->max);
		break;
	case OPTION_REAL:
		*(double *)field = option_real(option, arg, s->low, s->high);
		break;
	case OPTION_DIMS:
		option_dims(option, arg, (unsigned)s->max, field);
		if (((const struct dims *)field)->rank < s->min)
			cli_usage("%s: '%s' is not %s", option, arg, s->argument);
		break;
	case OPTION_SHARD:
		if (!shard_parse(arg, field))
			cli_usage("%s: '%s' is not a shard such as 1/4: I/N, I from 1 to N", option,
			          arg);
		break;
	case OPTION_CHOICE:
		*(int *)field = option_choose(option, arg, s->choices);
		break;
	case OPTION_SET:
		*(int *)field = s->value;
		break;
	case OPTION_CUSTOM:
		s->parse(option, arg, options);
		break;
	}
}
