/* Signals that stay pending until the program asks for them. */
#include "system/signals.h"

#include <errno.h>

static sigset_t only(int number)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, number);
	return set;
}

enum status signals_hold(struct signals *s, int number, struct error *e)
{
	struct sigaction now;
	sigset_t set = only(number);
	if (sigaction(number, NULL, &now) != 0)
		return error_system(e, "cannot block signal %d", number);
	if (now.sa_handler == SIG_IGN)
		return STATUS_OK;
	errno = pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (errno != 0)
		return error_system(e, "cannot block signal %d", number);
	sigaddset(&s->held, number);
	return STATUS_OK;
}

bool signals_came(const struct signals *s, int number)
{
	sigset_t waiting;
	return sigismember(&s->held, number) == 1 && sigpending(&waiting) == 0 &&
	       sigismember(&waiting, number) == 1;
}

bool signals_take(const struct signals *s, int number)
{
	sigset_t set = only(number);
	int taken;
	return signals_came(s, number) && sigwait(&set, &taken) == 0;
}

void signals_release(struct signals *s, int number)
{
	sigset_t set = only(number);
	if (sigismember(&s->held, number) != 1)
		return;
	sigdelset(&s->held, number);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
